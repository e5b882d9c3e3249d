import { PartError } from "../../state/errors.ts";

/** What a part asked in one piece of work came to; `missing` says why there is no reply. */
type Outcome = object | { missing: string };

/**
 * Counts the calls of a part that came to nothing since the last one that did not. At the end of a piece of work in which every
 * call did, and at least two since then, it throws a PartError: it is the model that fails and not what it was asked, so the
 * run stops before it spends more, as it does for an agent that answers nothing.
 */
export function createSilence(part: string, model: string): (outcomes: readonly Outcome[]) => void {
  let unanswered = 0;
  return (outcomes) => {
    if (outcomes.length === 0) return;
    const reasons = outcomes.flatMap((each) => ("missing" in each ? [String(each.missing)] : []));
    unanswered = reasons.length === outcomes.length ? unanswered + reasons.length : 0;
    if (unanswered < 2) return;
    const count = unanswered;
    unanswered = 0;
    throw new PartError(
      `The ${part}'s model ${model} gave no usable reply in its last ${count} calls; the first of the latest failed with: ` +
        `${reasons[0]?.replace(/\.$/, "")}. Find out what it takes with skillgraph doctor --call, correct its server or the ` +
        "settings of the model, then resume the run: calls that failed are made again. Another model needs a new run.",
    );
  };
}
