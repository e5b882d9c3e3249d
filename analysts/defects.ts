import type { Deficiency } from "../state/study.ts";
import type { Dimension } from "./dimensions.ts";

/** What a kind of problem usually says about the skill. */
export interface Cause {
  defect: Deficiency["defect"];
  /** In words, for a plan. */
  means: string;
}

const cause = (defect: Cause["defect"], means: string): Cause => ({ defect, means });

/**
 * From the issue of a finding to the defect of the skill that it usually comes from, by dimension. SkillForge (arXiv 2604.08618, stage 2) gives knowledge missing and not_surfaced, tool
 * missed_call and wrong_params, clarification over_asking, and style verbose, in words [P]; the kinds of defect of those, and all others, are ours [R].
 */
const causes: Readonly<Record<Dimension, Readonly<Record<string, Cause>>>> = {
  knowledge: {
    missing: cause("missing", "nothing covers this scenario"),
    incorrect: cause("incorrect", "what it says is wrong"),
    contradictory: cause("incorrect", "two places disagree"),
    outdated: cause("incorrect", "what it says is out of date"),
    misapplied: cause("insufficient", "it does not say when a rule holds and when not"),
    not_surfaced: cause("insufficient", "it is there, but badly organized"),
  },
  tool: {
    missed_call: cause("missing", "no rule says when to call the tool"),
    wrong_tool: cause("insufficient", "it does not tell the tools apart"),
    wrong_params: cause("insufficient", "parameters are thinly documented"),
    repeated: cause("missing", "no rule says when a result is enough"),
    misinterpreted_result: cause("insufficient", "it does not explain results"),
    underutilised: cause("insufficient", "it does not say what else a result has"),
    tool_missing: cause("missing", "no way is given where there is no tool"),
  },
  clarification: {
    over_asking: cause("incorrect", "the rule for gathering information is too wide"),
    under_asking: cause("missing", "no rule says what must be known first"),
    wrong_focus: cause("incorrect", "it asks for the wrong thing"),
  },
  style: {
    robotic: cause("insufficient", "it gives phrases without saying when to leave them"),
    verbose: cause("missing", "no rule asks for brevity"),
    cold: cause("missing", "no rule asks for regard for the person"),
    tone: cause("incorrect", "the rule on tone or form is wrong"),
  },
};

/** What an issue usually comes from; undefined for one that the dimension does not have. */
export function causeOf(dimension: Dimension, issue: string): Cause | undefined {
  return Object.hasOwn(causes[dimension], issue) ? causes[dimension][issue] : undefined;
}
