import { listRuns, type RunSummary } from "../../runs/reading/list.ts";
import { exitCodes } from "../terminal/failure.ts";
import { grouped } from "../../runs/words.ts";
import { formatScore } from "../terminal/progress.ts";
import { openStoreFor } from "../parts/store.ts";
import { table } from "../terminal/table.ts";
import { print, printJson } from "../terminal/door.ts";

export interface RunsFlags {
  store: string;
  json?: boolean;
}

/** The runs of a store as a tree: branches under the runs they come from. */
export async function runsCommand({ store: url, json }: RunsFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const summaries = await listRuns({ store }).finally(close);
  if (json === true) printJson(summaries);
  else if (summaries.length === 0) print(`There are no runs in ${url} yet.\n`);
  else print(table(rowsOf(summaries), { left: 2 }));
  return exitCodes.finished;
}

type Row = readonly string[];

function rowsOf(summaries: readonly RunSummary[]): Row[] {
  const names = new Set(summaries.map(({ run }) => run));
  const childrenOf = (run: string | null): RunSummary[] =>
    summaries.filter(({ parent }) => (parent !== null && names.has(parent.run) ? parent.run : null) === run);
  const rows: Row[] = [["run", "status", "generations", "rollouts", "validation", "test", "usd", "seconds"]];
  const add = (summary: RunSummary, depth: number): void => {
    rows.push(rowOf(summary, depth));
    for (const child of childrenOf(summary.run)) add(child, depth + 1);
  };
  for (const root of childrenOf(null)) add(root, 0);
  return rows;
}

function rowOf({ run, parent, isAtWork, result }: RunSummary, depth: number): Row {
  const { generations, rollouts, score, spent } = result;
  const from = parent === null ? "" : ` @${parent.generation}`;
  const name = depth === 0 ? `${run}${from}` : `${"  ".repeat(depth - 1)}└ ${run}${from}`;
  return [
    name,
    isAtWork ? "running" : result.status,
    String(generations),
    grouped(rollouts),
    formatScore(score.validation.best).trim(),
    formatScore(score.test.best).trim(),
    spent.usd === 0 ? "-" : spent.usd.toFixed(2),
    grouped(Math.round(spent.seconds)),
  ];
}
