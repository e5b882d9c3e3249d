import { learnAll, recall, type Policy } from "../policies/policy.ts";
import { countEvidence, meanScore } from "../policies/scores.ts";
import type { Stopping } from "../policies/stopping.ts";
import type { RunState } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import type { GenerationRecord } from "../state/evidence.ts";
import { RolloutSet, type RolloutRow } from "../state/task.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";

interface Needs {
  policies: readonly Policy[];
  stopping: Stopping;
  payload: Payload;
}

/** Closes a generation: writes its record, lets the policies learn from it, decides whether the run goes on. */
export function createArchivist({ policies, stopping, payload }: Needs): RunNode {
  return async function archivist(state, runtime) {
    const rows = state.rollouts === null ? [] : (await payload.json(state.rollouts, RolloutSet)).rows;
    const record = recordOf(state, rows, await payload.tokens(state.head));
    const memories = learnAll(policies, state.memories, record, state.settings);
    const { generation, settings, spent, suites } = state;
    const sizes = { train: suites.train.size, validation: suites.validation.size };
    const stop = stopping.decide(
      { generation, score: record.headScore, spent, settings, sizes },
      recall(stopping, memories),
    );
    emit(runtime, { type: "generation-end", generation, score: record.headScore, best: state.best.score, ...spent });
    return { record, memories, stop };
  };
}

function recordOf(state: RunState, rows: readonly RolloutRow[], headTokens: number): GenerationRecord {
  const { generation, verdict, evidence, candidate, candidates, columns, head, spent } = state;
  if (verdict === null) throw new StateError("The archivist needs a verdict; put an accept gate before it.");
  const parent = state.parent;
  const valuesOf = (wanted: string) => columns.find(({ program }) => program === wanted)?.values ?? [];
  const missingOf = (wanted: string) => valuesOf(wanted).filter((value) => value === null).length;
  return {
    generation,
    parent,
    parentScore: meanScore(valuesOf(parent)),
    parentMissing: missingOf(parent),
    head,
    headScore: meanScore(valuesOf(head)),
    headMissing: missingOf(head),
    headTokens,
    batch: {
      tasks: rows.length,
      failed: rows.filter(({ score }) => score !== null && score.value < 1).length,
      missing: rows.filter(({ status }) => status === "missing").length,
      score: meanScore(rows.map(({ score }) => score?.value ?? null)),
    },
    rollouts: state.rollouts,
    deficiencies: state.deficiencies.map(({ category, tasks }) => ({ category, tasks: tasks.length })),
    candidate: candidate ?? candidates[0] ?? null,
    findings: state.findings,
    evidence: evidence === null ? null : countEvidence(evidence),
    verdict,
    spent,
  };
}
