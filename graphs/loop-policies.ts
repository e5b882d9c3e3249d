import { alwaysAcceptance, noWorseAcceptance, strictAcceptance } from "../policies/acceptance.ts";
import { constantEdits } from "../policies/edit-budget.ts";
import { rejectedSinceAccepted } from "../policies/rejected-edits.ts";
import { epochSampling, minibatchSampling } from "../policies/sampling.ts";
import { headSelection } from "../policies/selection.ts";
import { firstBound } from "../policies/stopping.ts";
import type { Settings } from "../state/settings.ts";
import type { Policies } from "./parts.ts";

/** The policies of the canonical loop, chosen by the settings that name one. */
export function loopPolicies({ sampling, acceptance }: Settings): Policies {
  return {
    sampling: { epoch: epochSampling, minibatch: minibatchSampling }[sampling],
    selection: headSelection,
    edits: constantEdits,
    rejected: rejectedSinceAccepted,
    acceptance: { strict: strictAcceptance, "no-worse": noWorseAcceptance, always: alwaysAcceptance }[acceptance],
    stopping: firstBound,
  };
}
