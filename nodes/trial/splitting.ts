import { expectedGain } from "../../policies/expected-gain.ts";
import { countEvidence, meanScore } from "../../policies/scores.ts";
import type { Splitting } from "../../policies/trial.ts";
import { isPart, partOperator } from "../../policies/trials/parts.ts";
import { applyEdits } from "../../skills/edits.ts";
import { EditError } from "../../state/errors.ts";
import { Evidence } from "../../state/evidence.ts";
import { mainObjective } from "../../state/archive.ts";
import type { Hash } from "../../state/json.ts";
import { EditList, keptOut, type Candidate, type Edit, type Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import { columnOf, meansOf } from "./columns.ts";
import { samplesOf } from "./comparison.ts";

interface Needs {
  payload: Pick<Payload, "program" | "putProgram" | "json" | "putJson" | "tokens">;
  createArm(candidate: Candidate): Arm;
  /** What the guard finds in a part. */
  inspect(candidate: Candidate): Promise<Finding[]>;
}

/**
 * Arms of parts of the edits of those that were rejected. A part is left out if its edits need the others, if the guard would block it, or if
 * its program was measured already. It is asked for the tasks that the whole one changed, and goes on if it is not rejected on these.
 */
export async function split(stage: Splitting, arms: readonly Arm[], needs: Needs): Promise<Arm[]> {
  const { level, most } = stage;
  const known = new Set(arms.map(({ candidate }) => candidate.program));
  const screening: Array<{ arm: Arm; changed: Evidence }> = [];
  let left = most - arms.filter(({ candidate }) => isPart(candidate)).length;
  for (const whole of arms) {
    if (left === 0) break;
    const isRejected = whole.verdict.decided && !whole.verdict.accepted;
    if (!isRejected || levelOf(whole.candidate) !== level - 1) continue;
    const changed = await changedBy(whole, needs);
    if (changed === null || isHopeless(changed, stage)) continue;
    for await (const part of partsOf(whole.candidate, stage, needs)) {
      if (known.has(part.program) || keptOut(await needs.inspect(part)).has(part.program)) continue;
      known.add(part.program);
      left -= 1;
      screening.push({ arm: needs.createArm(part), changed });
      if (left === 0) break;
    }
  }
  await Promise.all(screening.map(({ arm, changed }) => screen(stage, arm, { changed, ...needs })));
  return screening.map(({ arm }) => arm).filter(({ verdict }) => verdict.accepted);
}

/** Whether no part can be accepted on the tasks that the whole one changed, however few tokens it has: strict acceptance wants one that was repaired. */
function isHopeless({ columns, tokens, ...changed }: Evidence, { acceptance }: Splitting): boolean {
  const unasked = {
    ...changed,
    columns: { ...columns, candidate: [] },
    tokens: { ...tokens, candidate: 0 },
    gain: null,
  };
  return acceptance.look(unasked) === "enough" && !acceptance.decide(unasked).accepted;
}

/** The evidence on a rejected candidate, on the tasks that it changed. Null where it was rejected before it was run on validation tasks. */
async function changedBy({ results }: Arm, { payload }: Needs): Promise<Evidence | null> {
  const last = results.at(-1);
  const evidence = last === undefined ? null : await payload.json(last.evidence, Evidence);
  if (evidence?.suite !== "validation") return null;
  const { task, candidate, other } = evidence.columns;
  const isChanged = (row: number) => candidate[row] !== null && other[row] !== null && candidate[row] !== other[row];
  const rows = [...candidate.keys()].filter(isChanged);
  const at = <Value>(values: readonly Value[]) => rows.map((row) => values[row] as Value);
  const columns = { task: at(task), candidate: at(candidate), other: at(other) };
  const score = meanScore(columns.other);
  const means = score === null ? {} : { [mainObjective]: score };
  return { ...evidence, columns, means: { ...evidence.means, other: means } };
}

/** Asks a part for the tasks that the whole one changed. Where that decides nothing, it goes on. */
async function screen(
  { name, acceptance }: Splitting,
  arm: Arm,
  { changed, payload }: Pick<Needs, "payload"> & { changed: Evidence },
): Promise<void> {
  const { program, origin } = arm.candidate;
  const results = await arm.ask("validation", changed.columns.task, []);
  const candidate = results.map(({ score }) => score?.value ?? null);
  const evidence: Evidence = {
    ...changed,
    columns: { ...changed.columns, candidate, ...samplesOf(results) },
    decidedAt: results.length,
    tokens: { ...changed.tokens, candidate: await payload.tokens(program) },
    means: { ...changed.means, candidate: meansOf(columnOf(results)) },
    gain: expectedGain(origin),
  };
  const verdict = acceptance.decide(evidence);
  const found = { evidence: await payload.putJson(evidence), counts: countEvidence(evidence), verdict };
  arm.results.push({ stage: name, ...found });
  arm.verdict = verdict.inconclusive === undefined ? verdict : { ...verdict, accepted: true };
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
