import type { Fusing } from "../../policies/trial.ts";
import { applyEdits } from "../../skills/edits.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import type { Hash } from "../../state/json.ts";
import { EditList, keptOut, type Candidate, type Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";

interface Needs {
  payload: Pick<Payload, "program" | "putProgram" | "json" | "putJson">;
  createArm(candidate: Candidate): Arm;
  inspect(candidate: Candidate): Promise<Finding[]>;
}

/**
 * The arms, and one more of the edits of all of them that go together, best first; without one where fewer than two do, or where the
 * guard would keep it out.
 */
export async function fuse(
  { name }: Fusing,
  arms: readonly Arm[],
  { payload, createArm, inspect }: Needs,
): Promise<Arm[]> {
  const [first] = arms;
  if (first === undefined || arms.length < 2) return [...arms];
  const [parent] = first.candidate.parents as [Hash];
  const drafts = await Promise.all(arms.map(({ candidate }) => payload.json(candidate.edits, EditList)));
  const skills = await payload.program(parent);
  const fused = fuseDrafts(skills, drafts);
  if (fused.drafts.length < 2) return [...arms];
  const candidate: Candidate = {
    parents: [parent],
    program: await payload.putProgram(applyEdits(skills, fused.edits)),
    edits: await payload.putJson(fused.edits),
    origin: { operator: "fusion", target: name, features: { drafts: fused.drafts.length } },
    extra: {},
  };
  const out = keptOut(await inspect(candidate));
  return out.has(candidate.program) ? [...arms] : [...arms, createArm(candidate)];
}
