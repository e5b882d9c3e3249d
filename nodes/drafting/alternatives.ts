import type { Alternative, Drafting } from "../../policies/drafting.ts";
import { recall } from "../../policies/policy.ts";
import type { Draw } from "../../state/draw.ts";
import { StateError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { operatorsOf, type Draft } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { Made } from "./applying.ts";
import { aboutOf } from "./evidence.ts";

interface Context {
  deficiencies: readonly Deficiency[];
  /** Tasks of the batch, and edits that a draft may have. */
  tasks: number;
  edits: number;
}

/** The draft that the policy chooses of at least one, with what it notes about its choice. */
export function chooseDraft(
  drafting: Drafting,
  made: readonly Made[],
  { memories, draw, ...context }: Context & { memories: Record<string, Json>; draw: Draw },
): Made {
  const alternatives = made.map(({ draft }) => alternativeOf(draft, context));
  const choice = drafting.choose?.(alternatives, recall(drafting, memories), draw);
  const chosen = choice === undefined ? undefined : made[choice.chosen];
  if (choice === undefined || chosen === undefined)
    throw new StateError(`The policy "${drafting.name}" asks for alternatives, but chooses none of ${made.length}.`);
  const { draft, candidate } = chosen;
  return { draft, candidate: { ...candidate, extra: { ...candidate.extra, ...choice.extra } } };
}

/** A draft as a choice sees it. */
function alternativeOf({ edits, origin }: Draft, { deficiencies, tasks, edits: most }: Context): Alternative {
  const about = aboutOf(origin, deficiencies);
  const share = tasks === 0 ? 0 : Math.min(1, new Set(about?.tasks).size / tasks);
  return {
    operators: operatorsOf(origin),
    edits: edits.map(({ op }) => op),
    size: Math.min(1, edits.length / most),
    deficiency: about === undefined ? null : { defect: about.defect, severity: about.severity, share },
  };
}
