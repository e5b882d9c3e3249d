import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import build from "../../tests/support/build.ts";
import { commitNow } from "../results.ts";
import { printTable } from "../table.ts";
import { clock, corruption, disk, simulation } from "./adversity.ts";
import { poison, secrets } from "./agents.ts";
import { bytes, replacedStore } from "./attacks.ts";
import { certificates } from "./certificates.ts";
import { deaths, deathsInRecipes, kills, killsOnRedis } from "./deaths.ts";
import { foreignText } from "./foreign.ts";
import { hostFaults } from "./host.ts";
import { modelFaults } from "./model.ts";
import { power, redisPower } from "./power.ts";
import { rivals, zombies } from "./processes.ts";
import { queue } from "./queue.ts";
import { failover, network, redisKills } from "./redis.ts";
import { keepTrial, ownSubject, readTrials, tableOf, type TrialRow } from "./results.ts";
import { state } from "./state.ts";
import { storm } from "./storm.ts";
import type { Finding, Trial, TrialOptions } from "./trial.ts";

const trials: Trial[] = [
  deaths,
  deathsInRecipes,
  certificates,
  kills,
  killsOnRedis,
  power,
  redisKills,
  redisPower,
  failover,
  queue,
  rivals,
  zombies,
  network,
  disk,
  hostFaults,
  clock,
  corruption,
  modelFaults,
  storm,
  replacedStore,
  bytes,
  foreignText,
  poison,
  secrets,
  state,
  simulation,
];

/**
 * `npm run chaos [-- names] [--share 0.1] [--langgraph] [--table]`: the long versions of the durability tests, a table
 * each, kept in bench/results/chaos.json; with `--langgraph` those of LangGraph's own savers. `--table` prints what is
 * kept and runs nothing. Exits 1 on a broken promise.
 */
const { values, positionals: chosen } = parseArgs({
  options: {
    share: { type: "string", default: "1" },
    langgraph: { type: "boolean", default: false },
    table: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const share = Number(values.share);
const names = trials.map(({ name }) => name);
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`There is no trial "${unknown}". Trials: ${names.join(", ")}\n`);
  process.exitCode = 2;
} else if (!(share > 0 && share <= 1)) {
  process.stderr.write(`--share needs a number above 0, at most 1, not "${values.share}".\n`);
  process.exitCode = 2;
} else {
  const wanted = trials.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  if (values.table) {
    const found = tableOf(
      wanted.map(({ name }) => name),
      readTrials(),
    );
    printTable(...found);
  } else {
    build();
    for (const trial of wanted) await (values.langgraph ? runLangGraph(trial) : runOwn(trial));
  }
}

async function runOwn(trial: Trial): Promise<void> {
  const { id, name, what } = trial;
  process.stderr.write(`${id} ${name}: ${what}\n`);
  const { value, seconds } = await inFolder(name, (options) => trial.run(options));
  const { figures, problems } = value;
  report(trial, { subject: ownSubject, figures, problems: problems.length, seconds });
  for (const problem of problems.slice(0, 10)) process.stderr.write(`  ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

async function runLangGraph(trial: Trial): Promise<void> {
  for (const [subject, run] of Object.entries(trial.langgraph ?? {})) {
    process.stderr.write(`${trial.id} ${trial.name}, ${subject}: ${trial.what}\n`);
    const { value, seconds } = await inFolder(trial.name, run);
    report(trial, { subject, figures: value, problems: null, seconds });
  }
}

async function inFolder<Value>(name: string, run: (options: TrialOptions) => Promise<Value>) {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-chaos-"));
  const begun = performance.now();
  try {
    const value = await run({ share, folder, progress: createProgress(name) });
    return { value, seconds: Math.round((performance.now() - begun) / 1000) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(
  { id, name, what }: Trial,
  found: Pick<TrialRow, "subject" | "problems" | "seconds"> & { figures: Finding["figures"] },
): void {
  const { subject, figures, problems } = found;
  process.stdout.write(`${id} ${name}, ${subject}: ${what}\n\n`);
  printTable([...Object.keys(figures), "promises broken"], [[...Object.values(figures), String(problems ?? "-")]]);
  const row = { trial: name, share, date: new Date().toISOString().slice(0, 10), commit: commitNow(), ...found };
  if (figures["skipped"] !== undefined) return;
  if (!keepTrial(row)) process.stderr.write("  A larger share of this trial is kept already; this one is not.\n");
}

/** A line on stderr every few seconds, with the time left. */
function createProgress(name: string): TrialOptions["progress"] {
  const from = performance.now();
  let told = from;
  return (done, total) => {
    const now = performance.now();
    if (now - told < 5000) return;
    told = now;
    const left = ((now - from) / Math.max(1, done)) * (total - done);
    process.stderr.write(`  ${name} ${done}/${total}, about ${Math.ceil(left / 60_000)} min left\n`);
  };
}
