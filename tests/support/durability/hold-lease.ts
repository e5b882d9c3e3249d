import { createLeases } from "../../../stores/lease/lease.ts";
import { openStore } from "../../../stores/open.ts";
import { createRegistry } from "../../../stores/registry.ts";

/** hold-lease.ts URL THREAD: takes the lease, says so with its pid, and then holds it until it is killed. */
const [url = "", thread = ""] = process.argv.slice(2);
const store = await openStore(url);
await createLeases({ store, registry: createRegistry(store) }).acquire(thread);
console.log(process.pid);
process.stdin.resume();
