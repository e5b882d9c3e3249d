import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { TaskAgent } from "../../../../agents/agent.ts";
import { createProcedureAgent } from "../../../../agents/procedure/procedure-agent.ts";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import type { Run } from "../../../../runs/cycle/run.ts";
import { draw } from "../../../../state/draw.ts";
import type { Hash } from "../../../../state/json.ts";
import { openStore } from "../../../../stores/open.ts";
import type { RecordStore } from "../../../../stores/record-store.ts";
import { createWitnessedAgent, executionsIn, houseParts, houseProgram, houseSuites } from "../../world.ts";
import { startChild } from "../child.ts";
import { acknowledged, houseRun, paidAgain } from "../crashes.ts";

/** 64 validation tasks, so that as many can be in flight. */
const tasks = {
  train: houseSuites.test,
  validation: [...houseSuites.train, ...houseSuites.validation],
  sealed: [],
  test: [],
};

interface Session {
  witness: string;
  concurrency: number;
  /** How long a task takes, in milliseconds. */
  length: number;
}

/** A session of the run that the storm is about. What it asks for is noted before each attempt, as its agent may end the process. */
export function startInStorm(store: RecordStore, { witness, concurrency, length }: Session): Promise<Run> {
  const { fingerprint, answer } = createProcedureAgent();
  const slow: TaskAgent = {
    fingerprint,
    async answer(...given) {
      await sleep(length);
      return answer(...given);
    },
  };
  const settings = { generations: 1, batch: 12, wave: 64, edits: 2 };
  const parts = houseParts(createWitnessedAgent(witness, slow));
  return optimize({ ...parts, program: houseProgram, tasks, settings, run: houseRun, store, concurrency });
}

export interface RealStorm {
  seed: number;
  url: string;
  witness: string;
  kills: number;
  concurrency: number;
  length: number;
  /** How old a session is at most when it is killed, in lengths of a task from when the run is at work. Below 1 none can finish. */
  reach: number;
}

export interface RealStormEnd {
  kills: number;
  digest: string;
  status: string;
  held: string[];
  /** Acknowledged calls that were made again. */
  paidAgain: Hash[];
  /** Answers that were acknowledged before the last kill. */
  answered: number;
}

/** Of the session that may go on to the end. */
const lastConcurrency = 16;

/** Kills session after session with SIGKILL, then lets one go on to the end. */
export async function raiseStorm({ seed, url, witness, kills, reach, ...session }: RealStorm): Promise<RealStormEnd> {
  writeFileSync(witness, "");
  const again: Hash[] = [];
  for (let kill = 0; ; kill += 1) {
    const store = await openStore(url);
    const [calls, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
    await store.close();
    const { length } = session;
    const isLast = kill === kills;
    const concurrency = isLast ? lastConcurrency : session.concurrency;
    const child = startChild("attacks/storm-child.ts", url, witness, `${concurrency}`, `${length}`);
    const begun = await child.line();
    if (begun !== "at work") throw new Error(`A session said: ${begun}`);
    if (!isLast) {
      await sleep(draw(seed, kill, "age", 0) * reach * length);
      child.process.kill("SIGKILL");
    }
    const end = isLast ? await child.line() : undefined;
    await child.ended;
    again.push(...paidAgain(witness, calls, kept));
    if (end !== undefined) {
      const found = JSON.parse(end) as Pick<RealStormEnd, "digest" | "status" | "held">;
      return { ...found, kills, answered: kept.size, paidAgain: again };
    }
  }
}
