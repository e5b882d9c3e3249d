import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printTable } from "../table.ts";
import { clock, corruption, disk, simulation } from "./adversity.ts";
import { deaths, kills } from "./deaths.ts";
import { modelFaults } from "./model.ts";
import { power } from "./power.ts";
import { rivals, zombies } from "./processes.ts";
import { network, redisKills } from "./redis.ts";
import { state } from "./state.ts";
import type { Trial } from "./trial.ts";

const trials: Trial[] = [
  deaths,
  kills,
  power,
  redisKills,
  rivals,
  zombies,
  network,
  disk,
  clock,
  corruption,
  modelFaults,
  state,
  simulation,
];

/** `npm run chaos [-- names] [--share 0.1]`: the long versions of the durability tests, a table each. Exits 1 on a broken promise. */
const { values, positionals } = parseArgs({
  options: { share: { type: "string", default: "1" } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !trials.some((trial) => trial.name === name));
if (unknown !== undefined) {
  process.stderr.write(`There is no trial "${unknown}". Trials: ${trials.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}
for (const { id, name, what, run } of trials.filter(
  (trial) => positionals.length === 0 || positionals.includes(trial.name),
)) {
  process.stderr.write(`${id} ${name}: ${what}\n`);
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-chaos-"));
  const { figures, problems } = await run({ share: Number(values.share), folder });
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${id} ${name}: ${what}\n\n`);
  printTable([...Object.keys(figures), "promises broken"], [[...Object.values(figures), String(problems.length)]]);
  for (const problem of problems.slice(0, 10)) process.stderr.write(`  ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
