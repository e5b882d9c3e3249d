// A run in a process of its own, begun when a line comes in: run-child.ts STORE WITNESS. Prints how it ended.
import { once } from "node:events";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { RunError } from "../../../state/errors.ts";
import { openStore } from "../../../stores/open.ts";
import { houseOn } from "./crashes.ts";
import { withDelay, zombiePace } from "./zombies.ts";

const [url, witness] = process.argv.slice(2) as [string, string];
const store = await openStore(url);
const options = houseOn(store, witness);
process.stdout.write("ready\n");
await once(process.stdin, "data");
try {
  const run = await optimize({ ...options, agent: withDelay(options.agent), pace: zombiePace });
  process.stdout.write("working\n");
  const { digest, status } = await run.result();
  process.stdout.write(`${status} ${digest}\n`);
} catch (error) {
  process.stdout.write(`${error instanceof RunError ? `${error.problem} ${error.message}` : String(error)}\n`);
}
await store.close();
process.stdin.unref();
