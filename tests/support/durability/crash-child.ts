// A run in a process of its own that kills itself at a write: node --import tsx crash-child.ts STORE WITNESS COMMIT WHEN
import { openStore } from "../../../stores/open.ts";
import { runUntilDeath } from "./crashes.ts";

const [url, witness, atCommit, when] = process.argv.slice(2) as [string, string, string, "before" | "after"];
const store = await openStore(url);
const die = () => process.kill(process.pid, "SIGKILL");
const { result, commits } = await runUntilDeath(store, witness, { death: { atCommit: Number(atCommit), when, die } });
process.stdout.write(`${JSON.stringify({ digest: result?.digest, status: result?.status, commits })}\n`);
await store.close();
