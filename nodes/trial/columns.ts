import { meanScore } from "../../policies/scores.ts";
import {
  mainObjective,
  memberOf,
  objectivesIn,
  sampleName,
  type ArchiveView,
  type Column,
  type MeasuredColumn,
  type Means,
  type Member,
  type OpenMember,
  type Values,
} from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import type { Score } from "../../state/task.ts";
import { membersOf, openColumn } from "../../stores/payload/members.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Result } from "./asking.ts";

/** The archive as policies see it, with columns that were measured of its members in this generation. */
export async function openArchive(
  state: Pick<RunState, "archive" | "start" | "head">,
  payload: Pick<Payload, "json">,
  columns: readonly MeasuredColumn[] = [],
): Promise<ArchiveView> {
  const open = async (member: Member): Promise<OpenMember> => {
    const { column, means } = memberOf(columns, member.program) ?? member;
    return { ...member, column, means, values: await openColumn(column, payload) };
  };
  return { head: state.head, members: await Promise.all((await membersOf(state, payload)).map(open)) };
}

/** Results as columns: one for each objective that the verifier gave for any of them, and for each sample where there are several. */
export function columnOf(results: readonly Result[]): Column {
  const scores = results.map(({ score }) => score);
  const others = new Set(scores.flatMap((score) => Object.keys(score?.objectives ?? {})));
  const values = (of: (score: Score) => number | undefined) =>
    scores.map((score) => (score === null ? null : (of(score) ?? null)));
  return {
    ...Object.fromEntries([...others].toSorted().map((name) => [name, values(({ objectives }) => objectives[name])])),
    [mainObjective]: values(({ value }) => value),
    ...Object.fromEntries(sampleColumns(results).map((column, sample) => [sampleName(sample), column])),
  };
}

/** A column for each sample; none where each task was run once. */
export function sampleColumns(results: readonly Result[]): Values[] {
  const most = Math.max(0, ...results.map(({ samples }) => samples.length));
  if (most < 2) return [];
  return Array.from({ length: most }, (_, sample) => results.map(({ samples }) => samples[sample] ?? null));
}

/** The means by objective over the first places of a column, by default all. */
export function meansOf(column: Column, places = Infinity): Means {
  const meanOf = (values: Values) => meanScore(values.slice(0, places));
  return Object.fromEntries(
    Object.entries(objectivesIn(column)).map(([objective, values]) => [objective, meanOf(values)]),
  );
}
