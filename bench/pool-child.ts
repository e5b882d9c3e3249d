import { learn, type LearnJob } from "./learn.ts";
import type { Reply } from "./pool.ts";

async function replyTo(job: LearnJob): Promise<Reply> {
  try {
    return { figures: await learn(job) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", (job) => {
  void replyTo(job as LearnJob).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit());
