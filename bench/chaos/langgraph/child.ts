// The loop in a process of its own, once a line comes in: child.ts DATABASE WITNESS DURABILITY DIE_AFTER_MS, 0 for never.
// Prints what a resuming client sees, then the digest.
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { config, createLoop, createWitnessedCall, generations, goOn, openSaver, type Durability } from "./loop.ts";

const [database, witness, durability, dieAfter] = process.argv.slice(2) as [string, string, Durability, string];
const loop = createLoop(openSaver(database), createWitnessedCall(witness));
const { next, values } = await loop.getState(config);
const { generation } = values as { generation?: number };
appendFileSync(witness, "life\n");
const looksFinished = generation !== undefined && next.length === 0;
process.stdout.write(`${JSON.stringify({ isFalseFinish: looksFinished && generation < generations })}\n`);
await once(process.stdin, "data");
if (dieAfter !== "0") setTimeout(() => process.kill(process.pid, "SIGKILL"), Number(dieAfter));
try {
  process.stdout.write(`${await goOn(loop, durability)}\n`);
} catch (error) {
  process.stdout.write(`error: ${(error as Error).message}\n`);
}
process.exit();
