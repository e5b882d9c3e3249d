import type { Splitting } from "../../policies/trial.ts";
import { isPart, partOperator } from "../../policies/trials/parts.ts";
import { applyEdits } from "../../skills/edits.ts";
import { EditError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { EditList, keptOut, type Candidate, type Edit, type Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";

interface Needs {
  payload: Pick<Payload, "program" | "putProgram" | "json" | "putJson">;
  createArm(candidate: Candidate): Arm;
  /** What the guard finds in a part. */
  inspect(candidate: Candidate): Promise<Finding[]>;
}

/**
 * Arms of parts of the edits of those that were rejected. A part is left out if its edits need the others, if the guard would block it, or if
 * its program was measured already.
 */
export async function split(
  stage: Splitting,
  arms: readonly Arm[],
  { payload, createArm, inspect }: Needs,
): Promise<Arm[]> {
  const { level, most, parts } = stage;
  const known = new Set(arms.map(({ candidate }) => candidate.program));
  const made: Arm[] = [];
  let left = most - arms.filter(({ candidate }) => isPart(candidate)).length;
  for (const { candidate, verdict } of arms) {
    const isRejected = verdict.decided && !verdict.accepted;
    if (!isRejected || levelOf(candidate) !== level - 1) continue;
    const [parent] = candidate.parents as [Hash];
    const edits = await payload.json(candidate.edits, EditList);
    const skills = await payload.program(parent);
    for (const own of partsOf(edits, parts)) {
      if (left === 0) return made;
      const program = await programOf(own);
      if (program === undefined || known.has(program)) continue;
      const features = { edits: own.length, of: edits.length, level };
      const part: Candidate = {
        parents: candidate.parents,
        program,
        edits: await payload.putJson(own),
        origin: { operator: partOperator, target: candidate.origin.target, features },
        extra: candidate.extra,
      };
      if (keptOut(await inspect(part)).has(program)) continue;
      known.add(program);
      left -= 1;
      made.push(createArm(part));
    }

    async function programOf(own: readonly Edit[]): Promise<Hash | undefined> {
      try {
        return await payload.putProgram(applyEdits(skills, own));
      } catch (error) {
        if (error instanceof EditError) return undefined;
        throw error;
      }
    }
  }
  return made;
}

function levelOf(candidate: Candidate): number {
  const { level } = candidate.origin.features;
  return isPart(candidate) && typeof level === "number" ? level : 0;
}

function partsOf(edits: readonly Edit[], parts: Splitting["parts"]): Edit[][] {
  if (edits.length < 2) return [];
  const half = Math.ceil(edits.length / 2);
  if (parts === "halves") return [edits.slice(0, half), edits.slice(half)];
  return edits.map((_, left) => edits.filter((__, at) => at !== left));
}
