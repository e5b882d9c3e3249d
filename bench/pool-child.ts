import { learn, type LearnJob } from "./learn.ts";
import { drive } from "./peers/drive.ts";
import type { Reply } from "./pool.ts";

async function replyTo(job: LearnJob): Promise<Reply> {
  try {
    const { client } = job;
    return { figures: await (client === undefined ? learn(job) : drive({ ...job, client })) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", (job) => {
  void replyTo(job as LearnJob).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit());
