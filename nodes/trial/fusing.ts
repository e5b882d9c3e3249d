import { z } from "zod";
import type { Fusing } from "../../policies/trial.ts";
import { applyEdits } from "../../skills/edits.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import type { Hash } from "../../state/json.ts";
import { Edit, type Candidate } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import { inspect } from "./inspect.ts";

const Edits = z.array(Edit);

interface Needs {
  payload: Pick<Payload, "program" | "putProgram" | "json" | "putJson">;
  createArm(candidate: Candidate): Arm;
}

/**
 * The arms, and one more of the edits of all of them that go together, best first; without one where fewer than two do, or where the
 * guard would block it.
 */
export async function fuse({ name }: Fusing, arms: readonly Arm[], { payload, createArm }: Needs): Promise<Arm[]> {
  const [first] = arms;
  if (first === undefined || arms.length < 2) return [...arms];
  const [parent] = first.candidate.parents as [Hash];
  const drafts = await Promise.all(arms.map(({ candidate }) => payload.json(candidate.edits, Edits)));
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
  const findings = await inspect(payload, candidate);
  return findings.some(({ severity }) => severity === "block") ? [...arms] : [...arms, createArm(candidate)];
}
