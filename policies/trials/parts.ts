import type { Acceptance, MovingAcceptance } from "../acceptance.ts";
import type { Candidate } from "../../state/program.ts";
import { headStage, type Splitting, type Stage, type Trial } from "../trial.ts";

/** What a candidate is called that is a part of another one. */
export const partOperator = "part";

export function isPart({ origin }: Pick<Candidate, "origin">): boolean {
  return origin.operator === partOperator;
}

interface Parts {
  parts: Splitting["parts"];
  /** Parts measured in a generation. */
  most: number;
  acceptance: Acceptance | MovingAcceptance;
  /** Whether parts go on only where they do better on the tasks that the whole one changed. */
  screens: boolean;
}

/**
 * A trial that looks for the good edits in rejected candidates, so that one bad edit does not sink the others (ours [R]): their edits are split
 * in halves, and rejected halves again down to single edits, or each is left out once; the parts are compared with the head as candidates of their own.
 */
export function withParts(trial: Trial, { parts, most, acceptance, screens }: Parts): Trial {
  return {
    ...trial,
    name: `${trial.name} ${parts} ${most}${screens ? " screened" : ""}`,
    stages(of, memory, draw) {
      const { validation: tasks, settings } = of;
      const now = "at" in acceptance ? acceptance.at(of, draw) : acceptance;
      const levels = parts === "halves" ? Math.ceil(Math.log2(Math.max(2, settings.edits))) : 1;
      const split = Array.from({ length: levels }, (_, at): Stage[] => [
        { name: `parts ${at + 1}`, against: "itself", parts, level: at + 1, most, screens },
        headStage({ name: `validation of parts ${at + 1}`, acceptance: now, tasks, keep: 1, only: "parts" }),
      ]);
      return [...trial.stages(of, memory, draw), ...split.flat()];
    },
    cost(of) {
      const cost = trial.cost(of);
      return { ...cost, most: cost.most + most * of.validation };
    },
  };
}
