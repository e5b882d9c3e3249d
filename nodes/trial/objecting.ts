import type { TextStage } from "../../policies/trial.ts";
import type { Evidence } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";

interface Needs {
  maxMissing: number;
  payload: Pick<Payload, "program" | "tokens" | "putJson">;
}

/** Compares the texts of candidates with those of their parents, without a rollout; those without an objection go on. */
export async function objectTo(stage: TextStage, arms: readonly Arm[], { maxMissing, payload }: Needs): Promise<Arm[]> {
  for (const arm of arms) {
    const { program, parents } = arm.candidate;
    const [parent] = parents as [Hash];
    const objection = stage.objection(await payload.program(parent), await payload.program(program));
    const reason = objection ?? `passed ${stage.name}`;
    arm.verdict = { accepted: objection === null, decided: true, reason, delta: 0 };
    const evidence: Evidence = {
      suite: "validation",
      against: "parents",
      order: stage.name,
      columns: { task: [], candidate: [], other: [] },
      decidedAt: 0,
      maxMissing,
      tokens: { candidate: await payload.tokens(program), other: await payload.tokens(parent) },
      means: { candidate: {}, other: {} },
      gain: null,
    };
    const counts = { asked: 0, planned: 0, fixed: 0, broken: 0, missing: 0 };
    const hash = await payload.putJson(evidence);
    arm.results.push({ stage: stage.name, evidence: hash, counts, verdict: arm.verdict });
  }
  return arms.filter(({ verdict }) => verdict.accepted);
}
