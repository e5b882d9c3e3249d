import type { Splitting } from "../../policies/trial.ts";
import { isPart, partOperator } from "../../policies/trials/parts.ts";
import { repairsIn } from "../../policies/trials/screening.ts";
import { applyEdits } from "../../skills/edits.ts";
import { EditError } from "../../state/errors.ts";
import type { Evidence } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import { EditList, keptOut, type Candidate, type Edit, type Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import { changedBy, screen } from "./screening.ts";

interface Needs {
  payload: Pick<Payload, "program" | "putProgram" | "json" | "putJson" | "tokens">;
  createArm(candidate: Candidate): Arm;
  /** What the guard finds in a part. */
  inspect(candidate: Candidate): Promise<Finding[]>;
}

/**
 * Arms of parts of the edits of those that were rejected. A part is left out if its edits need the others, if the guard would block it, or if
 * its program was measured already. What a candidate did not change its parts hardly will: a stage that screens asks them for what it changed, and goes on with those that do better there.
 */
export async function split(stage: Splitting, arms: readonly Arm[], needs: Needs): Promise<Arm[]> {
  const { level, most } = stage;
  const known = new Set(arms.map(({ candidate }) => candidate.program));
  const made: Array<{ arm: Arm; changed: Evidence | null }> = [];
  let left = most - arms.filter(({ candidate }) => isPart(candidate)).length;
  for (const whole of arms) {
    if (left === 0) break;
    const isRejected = whole.verdict.decided && !whole.verdict.accepted;
    if (!isRejected || levelOf(whole.candidate) !== level - 1) continue;
    const changed = stage.screens ? await changedBy(whole, needs.payload) : null;
    if (changed !== null && repairsIn(changed) === 0) continue;
    for await (const part of partsOf(whole.candidate, stage, needs)) {
      if (known.has(part.program) || keptOut(await needs.inspect(part)).has(part.program)) continue;
      known.add(part.program);
      left -= 1;
      made.push({ arm: needs.createArm(part), changed });
      if (left === 0) break;
    }
  }
  await Promise.all(made.map(({ arm, changed }) => changed && screen(stage, arm, { changed, payload: needs.payload })));
  return made.map(({ arm }) => arm).filter(({ verdict }) => verdict.accepted);
}

/** Candidates of parts of the edits of a candidate, as far as these do without the others. */
async function* partsOf(whole: Candidate, { level, parts }: Splitting, { payload }: Needs): AsyncGenerator<Candidate> {
  const { parents, extra } = whole;
  const edits = await payload.json(whole.edits, EditList);
  const skills = await payload.program(parents[0] as Hash);
  for (const own of listsOf(edits, parts)) {
    const program = await programOf(own);
    if (program === undefined) continue;
    const features = { edits: own.length, of: edits.length, level };
    const origin = { operator: partOperator, target: whole.origin.target, features };
    yield { parents, program, edits: await payload.putJson(own), origin, extra };
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

function levelOf(candidate: Candidate): number {
  const { level } = candidate.origin.features;
  return isPart(candidate) && typeof level === "number" ? level : 0;
}

function listsOf(edits: readonly Edit[], parts: Splitting["parts"]): Edit[][] {
  if (edits.length < 2) return [];
  const half = Math.ceil(edits.length / 2);
  if (parts === "halves") return [edits.slice(0, half), edits.slice(half)];
  return edits.map((_, left) => edits.filter((__, at) => at !== left));
}
