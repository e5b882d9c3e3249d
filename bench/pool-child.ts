import { evolve } from "./evolbench/measure.ts";
import { worthsIn } from "./gym/worlds.ts";
import { learn } from "./learn.ts";
import { drive } from "./peers/drive.ts";
import type { FiguresOf, Job, Reply } from "./pool.ts";

async function replyTo(job: Job): Promise<Reply> {
  try {
    return { figures: await figuresOf(job) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function figuresOf(job: Job): Promise<FiguresOf<Job>> {
  if ("world" in job) return worthsIn(job);
  if ("stream" in job) return evolve(job);
  const { client } = job;
  return client === undefined ? learn(job) : drive({ ...job, client });
}

process.on("message", (job) => {
  void replyTo(job as Job).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit());
