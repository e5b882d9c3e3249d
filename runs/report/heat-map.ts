import type { RunState } from "../../state/channels.ts";
import { mainObjective, memberOf } from "../../state/archive.ts";
import { Evidence, type GenerationRecord } from "../../state/evidence.ts";
import { RolloutSet, TaskList, type Question, type Task } from "../../state/task.ts";
import { byTask, meanOfSamples } from "../../policies/samples.ts";
import { meanScore } from "../../policies/scores.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { shorten } from "../../skills/shorten.ts";
import { columnsOf, measuredOf } from "../../stores/payload/opened.ts";
import { openColumn } from "../../stores/payload/members.ts";
import { createPayload, type Payload } from "../../stores/payload/payload.ts";
import { createBlotter } from "../../stores/secrets.ts";
import { generationState } from "../reading/generation-state.ts";
import type { RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** A score in 0..1; an answer that failed; or a task that nobody asked in that generation. */
export type Cell = number | "missing" | "not evaluated";

/** Tasks by generations. Rows go from the hardest task to the easiest; a cell stands for each column. */
export interface HeatMap {
  columns: number[];
  /** Of so many generations. */
  generations: number;
  rows: Array<{ task: string; input: string; cells: Cell[] }>;
  /** Of so many tasks with a result in these columns. */
  tasks: number;
}

/** More than these make a file of many megabytes and a picture that nobody can read. */
const mostColumns = 60;
const mostRows = 100;

/** A task's text is only there to know it by. */
const shownInput = 100;

type Results = Map<string, Cell>;

/**
 * What each task came to in each generation: the candidates on validation tasks, with the program the run started from as
 * generation 0, and the parents on the train tasks of their batch.
 */
export async function readHeatMaps(
  runs: Runs,
  record: RunRecord,
  timeline: readonly GenerationRecord[],
): Promise<{ validation: HeatMap; train: HeatMap }> {
  const payload = createPayload({ store: runs.store, family: record.family });
  const { suites, start } = record.input;
  const [validation, train] = await Promise.all(
    [suites.validation, suites.train].map(({ hash }) => payload.json(hash, TaskList)),
  );
  const from = { tasks: validation ?? [], payload };
  const gated = new Map<number, Results>();
  const batches = new Map<number, Results>();
  for (const generation of pickGenerations(timeline)) {
    const found = await generationState(runs, record, generation);
    if (found === undefined) continue;
    const { state } = found;
    if (gated.size === 0) gated.set(0, await startResults(state, start, from));
    gated.set(generation, await candidateResults(state, from));
    batches.set(generation, await batchResults(state, payload));
  }
  const generations = timeline.length;
  return {
    validation: heatMap(gated, validation ?? [], generations),
    train: heatMap(batches, train ?? [], generations),
  };
}

/** All of them, or the first, the last, those that changed the head, and others evenly between, as far as there is room. */
export function pickGenerations(timeline: readonly GenerationRecord[], most = mostColumns): number[] {
  const all = timeline.map(({ generation }) => generation);
  if (all.length <= most) return all;
  const accepted = timeline.filter(({ verdict }) => verdict.accepted).map(({ generation }) => generation);
  const picked = new Set([all[0] as number, all.at(-1) as number]);
  for (const generation of spread(accepted, most - picked.size)) picked.add(generation);
  const others = all.filter((generation) => !picked.has(generation));
  for (const generation of spread(others, most - picked.size)) picked.add(generation);
  return all.filter((generation) => picked.has(generation));
}

/** So many of a list, evenly spaced. */
function spread<Item>(list: readonly Item[], most: number): Item[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, place) => list[Math.floor((place * list.length) / most)] as Item);
}

async function startResults(
  { columns, suites }: RunState,
  start: string,
  { tasks, payload }: { tasks: readonly Task[]; payload: Payload },
): Promise<Results> {
  const hash = memberOf(await columnsOf({ columns }, payload), start)?.column;
  const values = (await openColumn(hash ?? null, payload))[mainObjective] ?? [];
  const order = validationTasks({ validation: null }, suites.validation.size);
  return new Map(values.map((value, place) => [tasks[order[place] as number]?.id ?? "", value ?? "missing"]));
}

/** Of the candidate that the verdict is about. */
async function candidateResults(
  { measured, candidate: about }: RunState,
  { tasks, payload }: { tasks: readonly Task[]; payload: Payload },
): Promise<Results> {
  const all = await measuredOf({ measured }, payload);
  const stages = all.find(({ candidate }) => candidate.program === about?.program)?.stages ?? [];
  const found = await Promise.all(stages.map(({ evidence }) => payload.json(evidence, Evidence)));
  const rows = found
    .filter(({ suite }) => suite === "validation")
    .flatMap(({ columns: { task, candidate } }) =>
      candidate.map((value, row): [string, Cell] => [tasks[task[row] as number]?.id ?? "", value ?? "missing"]),
    );
  return new Map(rows);
}

async function batchResults({ rollouts }: RunState, payload: Payload): Promise<Results> {
  if (rollouts === null) return new Map();
  const { rows } = await payload.json(rollouts, RolloutSet);
  return new Map(
    byTask(rows, ({ task }) => task).map(({ task, rows: own }) => [
      task,
      meanOfSamples(own.map(({ score }) => score))?.value ?? "missing",
    ]),
  );
}

/** The results of some generations as rows of tasks, as many as can be shown. */
export function heatMap(
  results: ReadonlyMap<number, Results>,
  tasks: readonly Question[],
  generations: number,
): HeatMap {
  const columns = [...results.keys()];
  // Before a text is cut: half of a secret is not known as one.
  const blot = createBlotter();
  const rows = tasks
    .map(({ id, input }) => ({
      task: id,
      input: shorten(blot(input), shownInput),
      cells: columns.map((column): Cell => results.get(column)?.get(id) ?? "not evaluated"),
    }))
    .map((row) => ({ row, ...summary(row.cells) }))
    .filter(({ evaluated }) => evaluated > 0);
  const shown = rows
    .toSorted((one, other) => other.evaluated - one.evaluated || one.mean - other.mean)
    .slice(0, mostRows)
    .toSorted((one, other) => one.mean - other.mean)
    .map(({ row }) => row);
  return { columns, generations, rows: shown, tasks: rows.length };
}

/** A task that never had a result stands behind the easiest. */
function summary(cells: readonly Cell[]): { evaluated: number; mean: number } {
  const evaluated = cells.filter((cell) => cell !== "not evaluated");
  const mean = meanScore(evaluated.map((cell) => (cell === "missing" ? null : cell)));
  return { evaluated: evaluated.length, mean: mean ?? 1 };
}
