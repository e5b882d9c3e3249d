import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { LearnJob } from "./learn.ts";
import { logLooks, looksAt } from "./looks.ts";
import { runJobs } from "./pool.ts";
import { codeDigest, commitNow, groupRows, readRows, writeRows, type RunRow } from "./results.ts";
import { printLine, showCount } from "./table.ts";
import type { Split } from "./task-sets.ts";

export interface MeasureOptions {
  seeds: number[];
  split: Split;
  workers: number;
  isPlotting: boolean;
  /** The words that are no options: which sets or parts. */
  names: string[];
  /** Options of one command alone, by name. */
  extra: Readonly<Record<string, string | boolean | undefined>>;
}

/** Child processes that run at a time. */
export const defaultWorkers = Math.min(2, availableParallelism());

type Extra = Readonly<Record<string, "string" | "boolean">>;

/** `--seeds N`, `--held-out`, `--workers N`, `--plots`, names, and the options of one command by their type. */
export function readOptions(words: string[], known: readonly string[], extra: Extra = {}): MeasureOptions {
  const own = Object.entries(extra).map(([name, type]) => [name, { type }] as const);
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      seeds: { type: "string", default: "10" },
      workers: { type: "string", default: String(defaultWorkers) },
      "held-out": { type: "boolean", default: false },
      plots: { type: "boolean", default: false },
      ...Object.fromEntries(own),
    },
    allowPositionals: true,
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}"; choose among ${known.join(", ")}.`);
  return {
    seeds: Array.from({ length: countIn(given, "seeds") }, (_, index) => index + 1),
    split: given["held-out"] === true ? "held-out" : "test",
    workers: countIn(given, "workers"),
    isPlotting: given["plots"] === true,
    names: positionals.length === 0 ? [...known] : positionals,
    extra: Object.fromEntries(Object.keys(extra).map((name) => [name, given[name]])),
  };
}

/** The value of an option that is a count. */
export function countIn(values: MeasureOptions["extra"], name: string): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} needs a whole number above 0, not "${values[name]}".`);
}

const keyOf = ({ job, code }: Pick<RunRow, "job" | "code">) => JSON.stringify([job, code]);

/**
 * Runs the jobs that were not run by this very code before, stores each result as it comes, and gives the rows in the
 * order of the jobs. Rows of the same sets and arms that differ in code or settings are dropped. Looks at a test split are logged.
 */
export async function measure(
  command: string,
  jobs: readonly LearnJob[],
  { split, workers }: Pick<MeasureOptions, "split" | "workers">,
): Promise<RunRow[]> {
  const isBridged = jobs.some(({ client }) => client !== undefined);
  const [code, commit] = [codeDigest(isBridged ? ["bench/peers"] : []), commitNow()];
  const before = readRows(command, split);
  const log = (rows: readonly RunRow[]) => {
    logLooks(command, rows);
    writeRows(command, split, rows);
  };
  // Looks of a command that was broken off.
  if (before.length > 0) log(before);
  const armOf = ({ set, arm }: LearnJob) => `${set}/${arm}`;
  const arms = new Set(jobs.map(armOf));
  const wanted = new Set(jobs.map((job) => keyOf({ job, code })));
  const rows = before.filter((row) => wanted.has(keyOf(row)) || !arms.has(armOf(row.job)));
  const done = new Set(rows.map(keyOf));
  const left = jobs.filter((job) => !done.has(keyOf({ job, code })));
  const progress = createProgress(left.length);
  try {
    const nameOf = ({ set, arm, settings }: LearnJob) => `${set}, ${arm}, seed ${settings.seed}`;
    await runJobs(left, {
      workers,
      nameOf,
      onDone(job, figures) {
        rows.push({ job, figures, commit, code, logged: false });
        writeRows(command, split, rows);
        progress(`${nameOf(job)}: ${figures.points.at(-1)?.score.toFixed(3)}`);
      },
    });
  } finally {
    log(rows);
  }
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return jobs.flatMap((job) => byKey.get(keyOf({ job, code })) ?? []);
}

/** The stored rows of these jobs, whatever code they were measured with, and a line that says which. Runs nothing. */
export function storedRows(command: string, jobs: readonly LearnJob[], split: Split): RunRow[] {
  const byJob = new Map(readRows(command, split).map((row) => [JSON.stringify(row.job), row]));
  const rows = jobs.flatMap((job) => byJob.get(JSON.stringify(job)) ?? []);
  const arms = (of: readonly { job: LearnJob }[]) => [...new Set(of.map(({ job }) => job.arm))].join("; ");
  const missing = jobs.filter((job) => !byJob.has(JSON.stringify(job))).map((job) => ({ job }));
  const commits = groupRows(rows, ({ commit }) => commit);
  for (const [commit, own] of commits) printLine(`Measured at ${commit}: ${arms(own)}`);
  if (missing.length > 0) printLine(`Not measured: ${arms(missing)}`);
  return rows;
}

/** Says on stderr how far a command is. */
export function createProgress(total: number): (text: string) => void {
  const from = performance.now();
  let done = 0;
  return (text) => {
    done += 1;
    const left = ((performance.now() - from) / done) * (total - done);
    process.stderr.write(`[${done}/${total}] ${text}; about ${Math.ceil(left / 60_000)} min left\n`);
  };
}

/** Says how often the set's test split was looked at so far; nothing where held-out train tasks are reported on. */
export function printLooks(set: string, split: Split): void {
  if (split !== "test") return;
  const { looks, evaluations } = looksAt(set);
  printLine(
    `Test split of ${set}: ${looks} looks so far, ${showCount(evaluations)} programs run on it (docs/test-looks.csv).`,
  );
}

/** What the tables report on, in words. */
export function splitName(split: Split): string {
  return {
    test: "the test split",
    "held-out": "a held-out third of train (no look at test)",
    validation: "all validation tasks (no look at test)",
  }[split];
}

/** Values of one arm by seed. */
export function bySeed(rows: readonly RunRow[], pick: (row: RunRow) => number | undefined): Map<number, number> {
  return new Map(
    rows.flatMap((row) => {
      const value = pick(row);
      return value === undefined ? [] : [[row.job.settings.seed, value] as const];
    }),
  );
}
