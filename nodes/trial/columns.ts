import { meanScore } from "../../policies/scores.ts";
import {
  mainObjective,
  memberOf,
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

/** Scores of the same tasks as columns, an objective that the verifier gave for any of them each. */
export function columnOf(scores: ReadonlyArray<Score | null>): Column {
  const others = new Set(scores.flatMap((score) => Object.keys(score?.objectives ?? {})));
  const values = (of: (score: Score) => number | undefined) =>
    scores.map((score) => (score === null ? null : (of(score) ?? null)));
  return {
    ...Object.fromEntries([...others].toSorted().map((name) => [name, values(({ objectives }) => objectives[name])])),
    [mainObjective]: values(({ value }) => value),
  };
}

/** The means over the first places of a column, by default all. */
export function meansOf(column: Column, places = Infinity): Means {
  const meanOf = (values: Values) => meanScore(values.slice(0, places));
  return Object.fromEntries(Object.entries(column).map(([objective, values]) => [objective, meanOf(values)]));
}
