import type { Objectives } from "../../policies/objectives.ts";
import { lacksResults } from "../../policies/scores.ts";
import type { Stage } from "../../policies/trial.ts";
import {
  mainObjective,
  memberOf,
  samplesIn,
  type ArchiveView,
  type Column,
  type MeasuredColumn,
  type OpenMember,
  type Values,
} from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import type { Hash } from "../../state/json.ts";
import { recordOf } from "../../stores/payload/opened.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Asking, Result } from "./asking.ts";
import { columnOf, meansOf } from "./columns.ts";

interface Needs {
  objectives: Objectives;
  payload: Pick<Payload, "json" | "putJson" | "program">;
}

interface Measuring {
  state: RunState;
  archive: ArchiveView;
  validation: readonly number[];
  asking: Asking;
  needs: Needs;
}

/**
 * The columns that the stages compare with and that the archive lacks: the head's, or, where candidates are measured for the archive, those of
 * all members. Not whole where the budget does not hold all of one. What is missing in one stays missing, as candidates were
 * decided about on it, unless the last one was left undecided for missing results.
 */
export async function neededColumns(
  stages: readonly Stage[],
  measuring: Measuring,
): Promise<{ columns: MeasuredColumn[]; isWhole: boolean }> {
  const { state, archive, validation, asking, needs } = measuring;
  const columns: MeasuredColumn[] = [];
  if (stages.length === 0) return { columns, isWhole: true };
  const onValidation = stages.filter((stage) => !("suite" in stage && stage.suite === "train"));
  const isOfAll = onValidation.some(({ against }) => against === "none" || against === "parents");
  const isOfHead = onValidation.some(({ against }) => against === "head");
  const isNeeded = ({ program }: OpenMember) => isOfAll || (isOfHead && program === state.head);
  const record = await recordOf(state, needs.payload);
  const isAskedAgain = record !== null && lacksResults(record.verdict, record.evidence);
  for (const { program, values } of archive.members.filter(isNeeded)) {
    const before = comparable(values, measuring);
    const lacking = [...before.keys()].filter((place) => isAskedAgain && before[place] === null);
    const more = [...validation.keys()].slice(before.length);
    const places = [...lacking, ...more];
    if (places.length === 0) continue;
    if (more.length > 0 && asking.affords(places.length) < places.length) return { columns, isWhole: false };
    const taskAt = (place: number) => validation[place] as number;
    const question = { program, suite: "validation" as const, indices: places.map(taskAt) };
    const found = columnOf(await asking.roll({ ...question, missedBefore: lacking.map(taskAt) }));
    const column = before.length === 0 ? found : filled(values, found, places);
    columns.push({ program, ...(await keep(column, program, needs)) });
  }
  return { columns, isWhole: true };
}

/**
 * The column of a member, longer by what an audit has just found of it: the next validation tasks, up to the first that has no result. None where
 * nothing was found of them.
 */
export async function extendedColumn(
  program: Hash,
  found: ReadonlyMap<number, Result>,
  measuring: Omit<Measuring, "asking">,
): Promise<MeasuredColumn[]> {
  const { archive, validation, needs } = measuring;
  const member = memberOf(archive.members, program);
  if (member === undefined) return [];
  const before = comparable(member.values, measuring);
  const more = firstResults(validation.slice(before.length), (task) => found.get(task));
  if (more.length === 0) return [];
  const places = more.map((_, row) => before.length + row);
  const column = before.length === 0 ? columnOf(more) : filled(member.values, columnOf(more), places);
  return [{ program, ...(await keep(column, program, needs)) }];
}

/** The results of the first of these tasks, up to the first that has none. */
export function firstResults(tasks: readonly number[], resultOf: (task: number) => Result | undefined): Result[] {
  const results = tasks.map(resultOf);
  const end = results.findIndex((result) => (result?.score ?? null) === null);
  return results.slice(0, end === -1 ? results.length : end) as Result[];
}

/** The scores of a column on validation tasks in use; none where these are fewer by now, or each was run another number of times. */
function comparable(values: Column, { state, validation }: Pick<Measuring, "state" | "validation">): Values {
  const isSampledAlike = Math.max(1, samplesIn(values).length) === state.settings.samples;
  const known = isSampledAlike ? (values[mainObjective] ?? []) : [];
  return known.length > validation.length ? [] : known;
}

/** A column with what was found at some places, also behind its end. */
function filled(
  column: Record<string, Values>,
  found: Record<string, Values>,
  places: readonly number[],
): Record<string, Values> {
  const foundAt = new Map(places.map((place, row) => [place, row]));
  const size = Math.max(column[mainObjective]?.length ?? 0, ...places.map((place) => place + 1));
  const valueAt = (objective: string, place: number) =>
    column[objective]?.[place] ?? found[objective]?.[foundAt.get(place) ?? -1] ?? null;
  const objectives = [...new Set([...Object.keys(column), ...Object.keys(found)])];
  return Object.fromEntries(
    objectives.map((objective) => [objective, Array.from({ length: size }, (_, place) => valueAt(objective, place))]),
  );
}

/** The column in the payload, and its means with what the program has by itself. */
export async function keep(column: Record<string, Values>, program: Hash, { payload, objectives }: Needs) {
  const own = objectives.of(await payload.program(program));
  return { column: await payload.putJson(column), means: { ...meansOf(column), ...own } };
}
