import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { meanAndInterval } from "./interval.ts";
import { groupRows, type RunRow } from "./results.ts";

export const looksFile = fileURLToPath(new URL("../docs/test-looks.csv", import.meta.url));

const head = "date,commit,command,set,arm,seeds,rollouts,evaluations,mean,half";

/** A line of the log: an arm of a command on a test split. `evaluations` counts the programs that were run on it. */
interface Look {
  date: string;
  commit: string;
  command: string;
  set: string;
  arm: string;
  seeds: string;
  rollouts: number;
  evaluations: number;
  mean: number;
  half: number;
}

/** Adds the looks of runs on the test split that are not in the log yet, one line for each set, arm, budget and commit. */
export function logLooks(command: string, rows: readonly RunRow[], file = looksFile): void {
  const open = rows.filter(({ job, logged }) => job.split === "test" && !logged);
  const groups = groupRows(open, ({ job, commit }) =>
    JSON.stringify([job.set, job.arm, job.settings.budgetRollouts, commit]),
  );
  if (!existsSync(file)) writeFileSync(file, `${head}\n`);
  for (const group of groups.values()) {
    appendFileSync(file, `${lineOf(lookOf(command, group))}\n`);
    for (const row of group) row.logged = true;
  }
}

function lookOf(command: string, group: readonly RunRow[]): Look {
  const { job, commit } = group[0] as RunRow;
  const ends = group.flatMap(({ figures }) => figures.points.slice(-1));
  return {
    date: new Date().toISOString().slice(0, 10),
    commit,
    command,
    set: job.set,
    arm: job.arm,
    seeds: seedsIn(group.map((row) => row.job.settings.seed)),
    rollouts: job.settings.budgetRollouts,
    evaluations: group.reduce((sum, { figures }) => sum + figures.evaluations, 0),
    ...meanAndInterval(ends.map(({ score }) => score)),
  };
}

/** Neighbours as a span: 1-3 5. */
export function seedsIn(seeds: readonly number[]): string {
  const spans: Array<[number, number]> = [];
  for (const seed of seeds.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && seed === last[1] + 1) last[1] = seed;
    else spans.push([seed, seed]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(" ");
}

function lineOf({ mean, half, ...look }: Look): string {
  const cells = [...Object.values(look), mean.toFixed(3), half.toFixed(3)];
  return cells.map((cell) => String(cell).replaceAll(",", ";")).join(",");
}

/** How often a set's test split was looked at so far: lines of the log, and programs run on it. */
export function looksAt(set: string, file = looksFile): { looks: number; evaluations: number } {
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  const cells = lines.map((line) => line.split(",")).filter((line) => line[3] === set);
  return { looks: cells.length, evaluations: cells.reduce((sum, line) => sum + Number(line[7]), 0) };
}
