import { checkSkill } from "../skills/limits.ts";
import type { Candidate, Finding } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";

/** Looks at candidates before a rollout is paid for: is anything changed, does every skill keep to the specification? */
export function createGuard({ payload }: { payload: Payload }): RunNode {
  return async function guard({ candidates, generation }, runtime) {
    const findings = (await Promise.all(candidates.map((candidate) => inspect(payload, candidate)))).flat();
    for (const { program, rule, message } of findings.filter(({ severity }) => severity === "block")) {
      emit(runtime, { type: "candidate-blocked", generation, program, rule, message });
    }
    return { findings };
  };
}

async function inspect(payload: Payload, { program, parents }: Candidate): Promise<Finding[]> {
  if (parents.includes(program)) {
    return [{ program, rule: "no-change", severity: "block", message: "The edits leave the program as it was." }];
  }
  const skills = await payload.program(program);
  return skills.flatMap(checkSkill).map(({ rule, severity, message }) => ({
    program,
    rule,
    severity: severity === "error" ? ("block" as const) : ("warn" as const),
    message,
  }));
}
