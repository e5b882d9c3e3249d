import type { Candidate, Finding } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { membersOf } from "../stores/payload/members.ts";
import { inspect } from "./trial/inspect.ts";

/**
 * Looks at candidates before a rollout is paid for: is anything changed and new, can every skill be read, and does none break the specification
 * where its parents did not? Under the setting `asPublished` the last is only a warning.
 */
export function createGuard({ payload }: { payload: Payload }): RunNode {
  return async function guard(state, runtime) {
    const { candidates, generation, settings, episode } = state;
    // What was tuned on other tasks is known on those alone.
    const members = episode?.tuned === true ? [] : await membersOf(state, payload);
    const kept = new Set(members.map(({ program }) => program));
    const findings = await Promise.all(
      candidates.map((candidate) =>
        kept.has(candidate.program) && !candidate.parents.includes(candidate.program)
          ? [knownFinding(candidate)]
          : inspect(payload, candidate, { isStrict: !settings.asPublished }),
      ),
    ).then((all) => all.flat());
    for (const { program, rule, message } of findings.filter(({ severity }) => severity === "block")) {
      emit(runtime, { type: "candidate-blocked", generation, program, rule, message });
    }
    return { findings };
  };
}

/** Measured before: nothing can be learned about it. */
function knownFinding({ program }: Candidate): Finding {
  return { program, rule: "known", severity: "block", message: "The archive holds this program already." };
}
