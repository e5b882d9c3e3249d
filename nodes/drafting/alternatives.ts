import type { Alternative } from "../../policies/drafting.ts";
import { operatorsOf, type Draft } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";

interface Context {
  deficiencies: readonly Deficiency[];
  /** Tasks of the batch, and edits that a draft may have. */
  tasks: number;
  edits: number;
}

/** A draft as a choice sees it. What it is about is the deficiency at its target, or else the worst. */
export function alternativeOf({ edits, origin }: Draft, { deficiencies, tasks, edits: most }: Context): Alternative {
  const placeOf = ({ place, skill, file }: Deficiency) => place ?? `${skill}/${file}`;
  const about = deficiencies.find((each) => placeOf(each) === origin.target) ?? deficiencies[0];
  return {
    operators: operatorsOf(origin),
    edits: edits.map(({ op }) => op),
    size: Math.min(1, edits.length / most),
    deficiency:
      about === undefined
        ? null
        : {
            defect: about.defect,
            severity: about.severity,
            share: tasks === 0 ? 0 : Math.min(1, new Set(about.tasks).size / tasks),
          },
  };
}
