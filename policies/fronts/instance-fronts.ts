import { StateError } from "../../state/errors.ts";

/** One member's results, higher is better: on tasks, or as means of objectives; null where there is none. */
export type Results = readonly (number | null)[];

/** A member of an archive, as fronts are made of it. */
export interface FrontMember {
  /** Scores on the validation tasks, in one order for all members. */
  scores: Results;
  /** Means of the objectives, in one order for all members. */
  objectives: Results;
}

/**
 * What members are compared on: each task, each mean of an objective, or both (GEPA's `frontier_type`, arXiv 2507.19457 and
 * gepa 0.1.4 [C]).
 */
export type FrontKind = "instance" | "objective" | "hybrid";

/**
 * Who is best at what: for each task, each objective or both (the tasks first) the members whose result equals the best one
 * exactly, as ascending indices; empty where nobody has a result. Throws a `StateError` where members do not have equally
 * many results.
 */
export function frontsOf(kind: FrontKind, members: readonly FrontMember[]): number[][] {
  const instance = () => bestAtEach(members.map(({ scores }) => scores));
  const objective = () => bestAtEach(members.map(({ objectives }) => objectives));
  if (kind === "instance") return instance();
  return kind === "objective" ? objective() : [...instance(), ...objective()];
}

function bestAtEach(rows: readonly Results[]): number[][] {
  const size = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== size);
  if (odd !== -1)
    throw new StateError(`Member ${odd} has ${rows[odd]?.length} results and member 0 has ${size}; all need the same.`);
  return Array.from({ length: size }, (_, at) => {
    const best = Math.max(...rows.map((row) => row[at] ?? -Infinity));
    return [...rows.keys()].filter((member) => rows[member]?.[at] === best);
  });
}
