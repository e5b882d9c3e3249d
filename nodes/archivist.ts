import { nextEpoch, type Epochs } from "../policies/epochs.ts";
import { learnAll, recall, type Policy } from "../policies/policy.ts";
import { meanScore } from "../policies/scores.ts";
import type { Stopping } from "../policies/stopping.ts";
import { leastRollouts, type Trial } from "../policies/trial.ts";
import { mainObjective, memberOf } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import type { GenerationRecord } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { RolloutSet, type RolloutRow } from "../state/task.ts";
import { textDigest } from "../skills/similarity.ts";
import { keptOut } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { openColumn } from "../stores/payload/members.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  policies: readonly Policy[];
  stopping: Stopping;
  trial: Trial;
  epochs?: Epochs | undefined;
  payload: Payload;
}

/** Closes a generation: writes its record, lets the policies learn from it, decides whether the run goes on. */
export function createArchivist({ policies, stopping, trial, epochs, payload }: Needs): RunNode {
  return async function archivist(state, runtime) {
    const rows = state.rollouts === null ? [] : (await payload.json(state.rollouts, RolloutSet)).rows;
    const record = await recordOf(state, rows, payload);
    const memories = learnAll(policies, state.memories, record, state.settings);
    const { generation, settings, spent, suites } = state;
    const least = leastRollouts(trial, settings, { train: suites.train.size, validation: suites.validation.size });
    const stop = stopping.decide(
      { generation, score: record.headScore, spent, settings, least, epoch: nextEpoch(epochs, suites, memories) },
      recall(stopping, memories),
    );
    emit(runtime, {
      type: "generation-end",
      generation,
      score: record.headScore,
      members: record.archive.size,
      ...spent,
    });
    return { record, memories, stop };
  };
}

async function recordOf(state: RunState, rows: readonly RolloutRow[], payload: Payload): Promise<GenerationRecord> {
  const { generation, epoch, verdict, measured, candidate, candidates, columns, head, parents, archive, spent } = state;
  if (verdict === null || archive === null)
    throw new StateError("The archivist needs a verdict; put an accept gate before it.");
  const { members } = await openArchive(state, payload);
  const scoresOf = async (program: Hash) => {
    const column = memberOf(columns, program)?.column ?? null;
    const values = (memberOf(members, program)?.values ?? (await openColumn(column, payload)))[mainObjective] ?? [];
    return { score: meanScore(values), missing: values.filter((value) => value === null).length };
  };
  const [parent] = parents as [Hash];
  const [before, after] = [await scoresOf(parent), await scoresOf(head)];
  const out = keptOut(state.findings);
  const chosen = measured.findIndex((one) => one.candidate.program === candidate?.program);
  return {
    generation,
    epoch,
    parents,
    parentScore: before.score,
    parentMissing: before.missing,
    head,
    headScore: after.score,
    headMissing: after.missing,
    headTokens: await payload.tokens(head),
    batch: countsOf(rows),
    rollouts: state.rollouts,
    deficiencies: state.deficiencies.map(({ category, tasks }) => ({ category, tasks: tasks.length })),
    candidate: candidate ?? candidates[0] ?? null,
    findings: state.findings,
    keptOut: candidates.filter(({ program }) => out.has(program) && program !== (candidate ?? candidates[0])?.program),
    tried: await triedIn(state, out, payload),
    evidence: measured[chosen]?.stages.at(-1)?.counts ?? null,
    candidateScore: measured[chosen]?.means[mainObjective] ?? null,
    verdict,
    others: othersOf(state, chosen),
    archive: { members: archive, size: members.length },
    spent,
  };
}

/** What need not be measured again: what was decided or kept out. What lacks results or a budget may be tried again. */
async function triedIn(
  { measured, verdicts, candidates }: RunState,
  out: ReadonlySet<Hash>,
  payload: Pick<Payload, "program">,
): Promise<string[]> {
  const decided = measured.filter(({ verdict }, index) => (verdicts[index] ?? verdict).decided);
  const programs = [...decided.map(({ candidate: { program } }) => program), ...out];
  const own = new Set(candidates.flatMap(({ parents }) => parents));
  const tried = programs.filter((program) => !own.has(program));
  return [...new Set(await Promise.all(tried.map(async (program) => textDigest(await payload.program(program)))))];
}

function countsOf(rows: readonly RolloutRow[]): GenerationRecord["batch"] {
  return {
    tasks: rows.length,
    failed: rows.filter(({ score }) => score !== null && score.value < 1).length,
    missing: rows.filter(({ status }) => status === "missing").length,
    score: meanScore(rows.map(({ score }) => score?.value ?? null)),
  };
}

/** The candidates that the verdict is not about. */
function othersOf({ measured, verdicts }: RunState, chosen: number): GenerationRecord["others"] {
  return measured.flatMap(({ candidate, verdict, means }, index) => {
    const decided = verdicts[index] ?? verdict;
    return index === chosen ? [] : [{ candidate, verdict: decided, score: means[mainObjective] ?? null }];
  });
}
