import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TaskAgent } from "../../../agents/agent.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { draw } from "../../../state/draw.ts";
import type { Pace } from "../../../stores/lease/held-lease.ts";
import { openStore } from "../../../stores/open.ts";
import { startChild } from "../started/child.ts";
import { houseOn } from "./crashes.ts";
import { executionsIn } from "../world.ts";

/** Short, so that a zombie is made quickly. */
export const zombiePace: Pace = { every: 50, ttl: 400 };

/** Calls take a while, so that a process is stopped in the middle of some. */
export function withDelay(agent: TaskAgent): TaskAgent {
  return {
    fingerprint: agent.fingerprint,
    async answer(question, skills, options) {
      await sleep(15);
      return agent.answer(question, skills, options);
    },
  };
}

export interface ZombieTrial {
  /** What the zombie ended with once it was let go on: `fenced`, or that it was stopped too late. */
  end: string;
  digest: string;
  /** Calls the zombie made after it was let go on. */
  extraCalls: number;
  concurrency: number;
}

/** A process at work is stopped for longer than its lease lasts; another finishes the run; then the first goes on. */
export async function makeZombie(
  trial: number,
  { url, folder }: { url: string; folder: string },
): Promise<ZombieTrial> {
  const [witness, other] = [join(folder, `zombie-${trial}`), join(folder, `other-${trial}`)];
  writeFileSync(witness, "");
  writeFileSync(other, "");
  const child = startChild("durability/run-child.ts", url, witness);
  await child.line();
  child.process.stdin?.write("go\n");
  await child.line();
  await sleep(draw(17, trial, "stop", 0) * 500);
  await stopBetweenWrites(child.process);
  const store = await openStore(url);
  const options = houseOn(store, other);
  const run = await optimize({ ...options, pace: zombiePace });
  const { digest } = await run.result();
  const before = executionsIn(witness).length;
  child.process.kill("SIGCONT");
  const [end = ""] = (await child.line()).split(" ");
  await child.ended;
  await store.close();
  return { end, digest, extraCalls: executionsIn(witness).length - before, concurrency: options.concurrency };
}

/** A process that is stopped inside a SQLite transaction keeps the file locked, whatever anyone does: not here. */
async function stopBetweenWrites(child: ChildProcess): Promise<void> {
  for (;;) {
    child.kill("SIGSTOP");
    // On a busy machine the signal is slow: the process stops when its turn to run comes.
    while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, "utf8"))) await sleep(5);
    const locks = readFileSync("/proc/locks", "utf8").split("\n");
    if (!locks.some((lock) => new RegExp(`WRITE +${child.pid} `).test(lock))) return;
    child.kill("SIGCONT");
    await sleep(3);
  }
}

export interface RivalTrial {
  /** How each process ended: its first word. */
  ends: string[];
  digest: string;
  /** Calls made in all, and the different ones among them. */
  calls: number;
  unique: number;
}

/** Several processes take up the same run at the same moment. */
export async function startRivals(
  count: number,
  { url, witness }: { url: string; witness: string },
): Promise<RivalTrial> {
  writeFileSync(witness, "");
  const rivals = Array.from({ length: count }, () => startChild("durability/run-child.ts", url, witness));
  for (const rival of rivals) await rival.line();
  for (const rival of rivals) rival.process.stdin?.write("go\n");
  const lines = await Promise.all(
    rivals.map(async (rival) => {
      const line = await rival.line();
      return line === "working" ? rival.line() : line;
    }),
  );
  await Promise.all(rivals.map(({ ended }) => ended));
  const calls = executionsIn(witness);
  const finished = lines.find((line) => line.startsWith("finished"));
  return {
    ends: lines.map((line) => /^(finished|owned) /.exec(line)?.[1] ?? line),
    digest: finished?.split(" ")[1] ?? "",
    calls: calls.length,
    unique: new Set(calls).size,
  };
}
