import { countEvidence } from "../../policies/scores.ts";
import type { Splitting } from "../../policies/trial.ts";
import { mainObjective, type Values } from "../../state/archive.ts";
import { Evidence, type Verdict } from "../../state/evidence.ts";
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
  const pairs = new Map(known.flatMap(pairsIn));
  const changed = [...pairs].filter(([, { candidate, other }]) => candidate !== other);
  const repaired = changed.filter(([, pair]) => isRepaired(pair));
  const rows = [...repaired, ...changed.filter(([, pair]) => !isRepaired(pair))];
  const columns = {
    task: rows.map(([task]) => task),
    candidate: rows.map(([, { candidate }]) => candidate),
    other: rows.map(([, { other }]) => other),
  };
  return { ...last, columns };
}

/** How many of what it changed, the first ones, the candidate repaired. */
export function repairsIn(changed: Evidence): number {
  return pairsIn(changed).filter(([, pair]) => isRepaired(pair)).length;
}

interface Pair {
  candidate: number;
  other: number;
}

const isRepaired = ({ candidate, other }: Pair) => candidate > other;

/** The scores on each task that has both. */
function pairsIn({ columns: { task, candidate, other } }: Evidence): Array<[task: number, pair: Pair]> {
  return candidate.flatMap((value, row) => {
    const there = other[row] ?? null;
    return value === null || there === null ? [] : [[task[row] as number, { candidate: value, other: there }]];
  });
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
  let results = await ask(repairsIn(changed));
  if (mostGain(results, columns.other) > slack) results = await ask(columns.task.length);
  const candidate = results.map(({ score }) => score?.value ?? null);
  const evidence: Evidence = {
    ...changed,
    columns: { ...columns, candidate, ...samplesOf(results) },
    decidedAt: results.length,
    tokens: { ...changed.tokens, candidate: await payload.tokens(arm.candidate.program) },
    means: { candidate: meansOf(columnOf(results)), other: meansOf({ [mainObjective]: columns.other }) },
    gain: null,
  };
  const delta = mostGain(results, columns.other) / columns.task.length;
  const verdict: Verdict =
    delta > slack
      ? { accepted: true, decided: true, reason: "repairs more than it breaks of what the whole one changed", delta }
      : {
          accepted: false,
          decided: true,
          reason: "repairs no more than it breaks of what the whole one changed",
          delta,
        };
  arm.results.push({
    stage: name,
    evidence: await payload.putJson(evidence),
    counts: countEvidence(evidence),
    verdict,
  });
  arm.verdict = verdict;
}

/** The sum of the differences on these tasks, where what is not known is passed. */
function mostGain(results: readonly Result[], other: Values): number {
  return other.reduce<number>((sum, there, row) => sum + (results[row]?.score?.value ?? 1) - (there ?? 0), 0);
}

/** Sums of floats are compared with this much slack. */
const slack = 1e-9;
