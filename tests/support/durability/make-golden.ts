// Writes a store with a run that was paused half-way: node --import tsx tests/support/durability/make-golden.ts format-4.
// The digest it ends in goes into digests.json.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { openStore } from "../../../stores/open.ts";
import { goldenOptions, goldenRun } from "./golden.ts";

const [name] = process.argv.slice(2) as [string];
const path = fileURLToPath(new URL(`../../fixtures/golden/${name}.db`, import.meta.url));
rmSync(path, { force: true });
const store = await openStore(`file:${path}`);
const run = await optimize({ ...goldenOptions(), store });
for await (const event of run.events()) if (event.type === "generation-end" && event.generation === 2) run.pause();
await run.result();
await store.close();
const copy = join(path, "..", "copy.db");
copyFileSync(path, copy);
const { agent, analyst, verifier } = goldenOptions();
const { digest } = await (await resume(goldenRun, { agent, analyst, verifier, store: `file:${copy}` })).result();
const list = join(path, "..", "digests.json");
const digests = JSON.parse(readFileSync(list, "utf8")) as Record<string, string>;
writeFileSync(list, `${JSON.stringify({ ...digests, [name]: digest }, null, 2)}\n`);
process.stdout.write(`${name} ${digest}\n`);
for (const suffix of ["", "-wal", "-shm"]) rmSync(`${copy}${suffix}`, { force: true });
