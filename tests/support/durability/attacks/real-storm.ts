import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { draw } from "../../../../state/draw.ts";
import type { Hash } from "../../../../state/json.ts";
import { openStore } from "../../../../stores/open.ts";
import { executionsIn } from "../../world.ts";
import { startChild } from "../../started/child.ts";
import { acknowledged, paidAgain } from "../crashes.ts";

/** What is built must be of these sources. */
export interface RealStorm {
  seed: number;
  url: string;
  witness: string;
  kills: number;
  /** Tasks in flight in the sessions that are killed. */
  concurrency: number;
  /** How long a task takes, in milliseconds. */
  length: number;
  /** How old a session is at most when it is killed, in lengths of a task from when the run is at work. Below 1 none can finish. */
  reach: number;
}

interface SessionEnd {
  digest: string;
  status: string;
  /** Ids of tasks. */
  held: string[];
}

export interface RealStormEnd extends SessionEnd {
  /** Answers that were acknowledged before the last session. */
  answered: number;
  /** Acknowledged calls that were made again. */
  paidAgain: Hash[];
}

/** Tasks in flight in the session that may go on to the end. */
const lastConcurrency = 16;

/** How the run ends in one session. */
export async function endUndisturbed(witness: string): Promise<SessionEnd> {
  const child = await startSession("memory:", witness, 64, 0);
  return JSON.parse(await child.line()) as SessionEnd;
}

/** Kills session after session with SIGKILL, then lets one go on to the end. */
export async function raiseStorm({ seed, url, witness, ...storm }: RealStorm): Promise<RealStormEnd> {
  writeFileSync(witness, "");
  const again: Hash[] = [];
  for (let kill = 0; ; kill += 1) {
    const store = await openStore(url);
    const [calls, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
    await store.close();
    const isLast = kill === storm.kills;
    const child = await startSession(url, witness, isLast ? lastConcurrency : storm.concurrency, storm.length);
    if (!isLast) {
      await sleep(draw(seed, kill, "age", 0) * storm.reach * storm.length);
      child.process.kill("SIGKILL");
    }
    const end = isLast ? await child.line() : undefined;
    await child.ended;
    again.push(...paidAgain(witness, calls, kept));
    if (end !== undefined) return { ...(JSON.parse(end) as SessionEnd), answered: kept.size, paidAgain: again };
  }
}

async function startSession(...[url, witness, concurrency, length]: [string, string, number, number]) {
  const child = startChild("durability/attacks/storm-child.ts", url, witness, `${concurrency}`, `${length}`);
  const begun = await child.line();
  if (begun !== "at work") throw new Error(`A session said: ${begun}`);
  return child;
}
