import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EvolFigures, EvolJob } from "./evolbench/measure.ts";
import type { WorldFigures, WorldJob } from "./gym/worlds.ts";
import type { LearnFigures, LearnJob } from "./learn.ts";

const child = fileURLToPath(new URL("pool-child.ts", import.meta.url));

/** What a child can be asked to do, as plain JSON. */
export type Job = LearnJob | WorldJob | EvolJob;

export type FiguresOf<One extends Job> = One extends WorldJob
  ? WorldFigures
  : One extends EvolJob
    ? EvolFigures
    : LearnFigures;

/** A child's answer to a job. */
export type Reply<One extends Job = Job> = { figures: FiguresOf<One> } | { error: string };

/**
 * Runs jobs in child processes, `workers` at a time and one at a time in each, so that a child's CPU time is its job's.
 * `onDone` is called in the order they end. Stops at the first that fails.
 */
export async function runJobs<One extends Job>(
  jobs: readonly One[],
  {
    workers,
    nameOf,
    onDone,
  }: { workers: number; nameOf(job: One): string; onDone(job: One, figures: FiguresOf<One>): void },
): Promise<void> {
  const queue = [...jobs];
  const children = Array.from({ length: Math.min(workers, jobs.length) }, () =>
    fork(child, [], { execArgv: ["--import", import.meta.resolve("tsx")] }),
  );
  try {
    await Promise.all(
      children.map(async (process) => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
          const reply = await ask(process, job);
          if ("error" in reply) throw new Error(`${nameOf(job)}: ${reply.error}`);
          onDone(job, reply.figures);
        }
      }),
    );
  } finally {
    for (const process of children) process.kill();
  }
}

function ask<One extends Job>(process: ChildProcess, job: One): Promise<Reply<One>> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null) =>
      resolve({ error: `the process ended (${signal ?? code})` });
    process.once("exit", onExit);
    process.once("message", (reply) => {
      process.off("exit", onExit);
      resolve(reply as Reply<One>);
    });
    process.send(job);
  });
}
