// A session of the storm in a process of its own: storm-child.ts STORE WITNESS CONCURRENCY LENGTH. Says when it is at work, and how it ended.
import { openStore } from "../../../../stores/open.ts";
import { startInStorm } from "./real-storm.ts";

const [url, witness, concurrency, length] = process.argv.slice(2) as [string, string, string, string];
const store = await openStore(url);
const run = await startInStorm(store, { witness, concurrency: Number(concurrency), length: Number(length) });
process.stdout.write("at work\n");
const { digest, status, held } = await run.result();
process.stdout.write(`${JSON.stringify({ digest, status, held: held.map(({ task }) => task) })}\n`);
await store.close();
