import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LearnFigures, LearnJob } from "./learn.ts";

const child = fileURLToPath(new URL("pool-child.ts", import.meta.url));

/** A child's answer to a job. */
export type Reply = { figures: LearnFigures } | { error: string };

/**
 * Runs jobs in child processes, `workers` at a time and one at a time in each, so that a child's CPU time is its job's.
 * `onDone` is called in the order they end. Stops at the first that fails.
 */
export async function runJobs(
  jobs: readonly LearnJob[],
  { workers, onDone }: { workers: number; onDone(job: LearnJob, figures: LearnFigures): void },
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
          if ("error" in reply) throw new Error(`${job.set}, ${job.arm}, seed ${job.settings.seed}: ${reply.error}`);
          onDone(job, reply.figures);
        }
      }),
    );
  } finally {
    for (const process of children) process.kill();
  }
}

function ask(process: ChildProcess, job: LearnJob): Promise<Reply> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null) =>
      resolve({ error: `the process ended (${signal ?? code})` });
    process.once("exit", onExit);
    process.once("message", (reply) => {
      process.off("exit", onExit);
      resolve(reply as Reply);
    });
    process.send(job);
  });
}
