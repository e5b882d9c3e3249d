import { countEvidence } from "../../policies/scores.ts";
import type { Splitting } from "../../policies/trial.ts";
import { changedIn, repairsIn, screenPart } from "../../policies/trials/screening.ts";
import { mainObjective, type Values } from "../../state/archive.ts";
import { Evidence } from "../../state/evidence.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import type { Result } from "./asking.ts";
import { columnOf, meansOf } from "./columns.ts";
import { samplesOf } from "./comparison.ts";

/** What is known of a rejected candidate on validation tasks where it did not do as the other one. Null where it was rejected before it was run on any. */
export async function changedBy({ results }: Arm, payload: Pick<Payload, "json">): Promise<Evidence | null> {
  const all = await Promise.all(results.map(({ evidence }) => payload.json(evidence, Evidence)));
  const known = all.filter(({ suite, columns }) => suite === "validation" && columns.candidate.length > 0);
  const last = known.at(-1);
  if (last === undefined) return null;
  return { ...last, columns: changedIn(known) };
}

/**
 * Asks a part for the tasks that the whole one changed, those first that it repaired: a part that repairs none of them is not asked for those that it broke. One that is shown to repair no more than it breaks is
 * rejected; missing results, and what the budget does not hold, could be repaired.
 */
export async function screen(
  { name }: Splitting,
  arm: Arm,
  { changed, payload }: { changed: Evidence; payload: Pick<Payload, "tokens" | "putJson"> },
): Promise<void> {
  const { columns } = changed;
  const ask = (tasks: number) => arm.ask("validation", columns.task.slice(0, tasks), []);
  const judge = (found: readonly Result[]) => screenPart(valuesOf(found), columns.other);
  let results = await ask(repairsIn(changed));
  if (judge(results).accepted) results = await ask(columns.task.length);
  const evidence: Evidence = {
    ...changed,
    columns: { ...columns, candidate: valuesOf(results), ...samplesOf(results) },
    decidedAt: results.length,
    tokens: { ...changed.tokens, candidate: await payload.tokens(arm.candidate.program) },
    means: { candidate: meansOf(columnOf(results)), other: meansOf({ [mainObjective]: columns.other }) },
    gain: null,
  };
  arm.verdict = judge(results);
  const found = { evidence: await payload.putJson(evidence), counts: countEvidence(evidence), verdict: arm.verdict };
  arm.results.push({ stage: name, ...found });
}

const valuesOf = (results: readonly Result[]): Values => results.map(({ score }) => score?.value ?? null);
