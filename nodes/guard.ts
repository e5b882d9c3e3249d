import { checkSkill, type SpecProblem } from "../skills/limits.ts";
import type { Candidate, Finding } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { membersOf } from "./trial/columns.ts";

/**
 * Looks at candidates before a rollout is paid for: is anything changed and new, can every skill be read, and does none break the specification
 * where its parents did not?
 */
export function createGuard({ payload }: { payload: Payload }): RunNode {
  return async function guard(state, runtime) {
    const { candidates, generation } = state;
    const kept = new Set((await membersOf(state, payload)).map(({ program }) => program));
    const findings = await Promise.all(
      candidates.map((candidate, index) => {
        const isTwice = candidates.slice(0, index).some(({ program }) => program === candidate.program);
        return isTwice || (kept.has(candidate.program) && !candidate.parents.includes(candidate.program))
          ? [knownFinding(candidate, isTwice)]
          : inspect(payload, candidate);
      }),
    ).then((all) => all.flat());
    for (const { program, rule, message } of findings.filter(({ severity }) => severity === "block")) {
      emit(runtime, { type: "candidate-blocked", generation, program, rule, message });
    }
    return { findings };
  };
}

/** Measured before, or about to be: nothing can be learned about it. */
function knownFinding({ program }: Candidate, isTwice: boolean): Finding {
  const message = isTwice
    ? "Another candidate of this generation is the same program."
    : "The archive holds this program already.";
  return { program, rule: "known", severity: "block", message };
}

async function inspect(payload: Payload, { program, parents }: Candidate): Promise<Finding[]> {
  if (parents.includes(program)) {
    return [{ program, rule: "no-change", severity: "block", message: "The edits leave the program as it was." }];
  }
  const before = (await Promise.all(parents.map((parent) => payload.program(parent)))).flat();
  const known = new Set(before.flatMap((skill) => checkSkill(skill).map((problem) => keyOf(skill.name, problem))));
  const skills = await payload.program(program);
  return skills.flatMap((skill) =>
    checkSkill(skill).map((problem) => {
      const { rule, severity, message } = problem;
      const isWorse = severity === "unpublishable" && !known.has(keyOf(skill.name, problem));
      return {
        program,
        rule,
        severity: severity === "error" || isWorse ? ("block" as const) : ("warn" as const),
        message,
      };
    }),
  );
}

/** Names a problem wherever its line is, and whatever the numbers in it. */
function keyOf(skill: string, { rule, severity, message }: SpecProblem): string {
  return JSON.stringify([skill, severity, rule, message.replaceAll(/\d+/g, "0")]);
}
