// A run, or the certificate of one, in a process of its own that kills itself at a write:
// node --import tsx crash-child.ts STORE WITNESS COMMIT WHEN [certify]
import { openStore } from "../../../stores/open.ts";
import { certifyUntilDeath } from "./certify-deaths.ts";
import { runUntilDeath } from "./crashes.ts";

const [url, witness, atCommit, when, what] = process.argv.slice(2) as [
  string,
  string,
  string,
  "before" | "after",
  string?,
];
const store = await openStore(url);
const death = { atCommit: Number(atCommit), when, die: () => process.kill(process.pid, "SIGKILL") };
if (what === "certify") {
  await certifyUntilDeath(store, witness, death);
} else {
  const { result, commits } = await runUntilDeath(store, witness, { death });
  process.stdout.write(`${JSON.stringify({ digest: result?.digest, status: result?.status, commits })}\n`);
}
await store.close();
