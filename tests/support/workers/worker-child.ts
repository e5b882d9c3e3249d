// A worker in a process of its own: node worker-child.ts STORE WITNESS MILLISECONDS SEED LOCK
import { setTimeout as sleep } from "node:timers/promises";
import { startWorker } from "../../../runs/workers/worker.ts";
import { jumpInTime, ShiftedDate } from "./shifted-date.ts";
import { createWitnessedAgent, houseParts } from "../world.ts";

const [store, witness, milliseconds, seed, lock] = process.argv.slice(2) as [string, string, string, string, string];
const { agent: house, verifier } = houseParts();
/** The witness has a call as it begins: one that began before its answer was stored by another worker is not paid again. */
const begun = createWitnessedAgent(witness, {
  ...house,
  answer: async () => ({ text: "", used: [], trace: [], cost: { inputTokens: 0, outputTokens: 0, usd: 0 } }),
});
const agent: typeof house = {
  ...house,
  // Counts as one that may end the process, as agents from outside do.
  isEmbedded: false,
  async answer(...call) {
    await begun.answer(...call);
    const answer = await house.answer(...call);
    await sleep(Number(milliseconds));
    return answer;
  },
};
let steps = 0;
globalThis.Date = ShiftedDate as DateConstructor;
process.on("SIGUSR2", () => jumpInTime(Number(seed), 0, (steps += 1)));
const pace = { lock: Number(lock), look: Number(lock) / 2 };
const worker = await startWorker({ agent, verifier, store, concurrency: 4, pace });
process.on("SIGTERM", () => void worker.close());
process.stdout.write("ready\n");
await worker.ended;
