// A worker of the benchmark `workers`, of ours or bare: worker-child.ts KIND STORE MILLISECONDS CONCURRENCY
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { startWorker } from "../../runs/workers/worker.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createEchoAgent } from "./echo-agent.ts";

const [kind, store, milliseconds, concurrency] = process.argv.slice(2) as [string, string, string, string];

async function startBare(): Promise<{ close(): Promise<unknown> }> {
  const connection = new Redis(store, { maxRetriesPerRequest: null });
  const work = async () => {
    if (Number(milliseconds) > 0) await sleep(Number(milliseconds));
    return "done";
  };
  const worker = new Worker("bare", work, { connection, concurrency: Number(concurrency) });
  await worker.waitUntilReady();
  return { close: async () => worker.close().then(() => connection.disconnect()) };
}

const parts = { agent: createEchoAgent(Number(milliseconds)), verifier: createExact() };
const worker =
  kind === "bare" ? await startBare() : await startWorker({ ...parts, store, concurrency: Number(concurrency) });
let before = process.cpuUsage();
process.send?.("ready");
process.on("message", (word) => {
  if (word === "begin") before = process.cpuUsage();
  if (word === "end") {
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / 1000);
  }
});
process.on("disconnect", () => void worker.close().then(() => process.exit()));
