// A worker in a process of its own: node --import tsx worker-child.ts STORE WITNESS MILLISECONDS
import { setTimeout as sleep } from "node:timers/promises";
import { startWorker } from "../../../runs/workers/worker.ts";
import { createWitnessedAgent, houseParts } from "../world.ts";

const [store, witness, milliseconds] = process.argv.slice(2) as [string, string, string];
const witnessed = createWitnessedAgent(witness);
/** The witness has a call as it begins: one that began before its answer was stored by another worker is not paid again. */
const agent: typeof witnessed = {
  ...witnessed,
  async answer(...call) {
    const answer = await witnessed.answer(...call);
    await sleep(Number(milliseconds));
    return answer;
  },
};
const worker = await startWorker({ agent, verifier: houseParts().verifier, store, concurrency: 4 });
process.on("SIGTERM", () => void worker.close());
process.stdout.write("ready\n");
await worker.ended;
