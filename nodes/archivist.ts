import { z } from "zod";
import { nextEpoch, type Epochs } from "../policies/epochs.ts";
import { learnAll, recall, type Policy, type TaskOutcome } from "../policies/policy.ts";
import { meanScore } from "../policies/scores.ts";
import type { Stopping } from "../policies/stopping.ts";
import { leastRollouts, type Trial } from "../policies/trial.ts";
import { mainObjective, memberOf } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import type { GenerationRecord, Measured, Verdict } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { Edit } from "../state/program.ts";
import { RolloutSet, type RolloutRow } from "../state/task.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { openColumn } from "../stores/payload/members.ts";
import { columnsOf, deficienciesOf, measuredOf, memoriesOf } from "../stores/payload/opened.ts";
import { openArchive } from "./trial/columns.ts";

const Edits = z.array(Edit);

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
    const learned = {
      ...record,
      outcomes: outcomesOf(rows, state.batch),
      acceptedEdits: await acceptedEdits(state, payload),
    };
    const memories = learnAll(policies, await memoriesOf(state, payload), learned, state.settings);
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
    const entry = await payload.putJson(record);
    return {
      record: { entry, generation, headScore: record.headScore },
      memories: await payload.putJson(memories),
      stop,
    };
  };
}

/** How each task of the batch went that has a result; its rollouts are in the order of the batch. */
function outcomesOf(rows: readonly RolloutRow[], batch: readonly number[]): TaskOutcome[] {
  const scores = new Map<string, number[]>();
  for (const { task, score } of rows)
    scores.set(task, [...(scores.get(task) ?? []), ...(score === null ? [] : [score.value])]);
  return [...scores.values()].flatMap((values, place) => {
    const success = meanScore(values);
    return success === null ? [] : [{ task: String(batch[place]), rollouts: values.length, success }];
  });
}

async function acceptedEdits(state: RunState, payload: Payload): Promise<number> {
  const measured = await measuredOf(state, payload);
  const accepted = measured.filter((one, index) => (state.verdicts[index] ?? one.verdict).accepted);
  const lists = await Promise.all(accepted.map(({ candidate }) => payload.json(candidate.edits, Edits)));
  return lists.flat().length;
}

async function recordOf(state: RunState, rows: readonly RolloutRow[], payload: Payload): Promise<GenerationRecord> {
  const { generation, epoch, verdict, verdicts, candidate, candidates, head, parents, archive, spent } = state;
  if (verdict === null || archive === null)
    throw new StateError("The archivist needs a verdict; put an accept gate before it.");
  const [columns, measured] = await Promise.all([columnsOf(state, payload), measuredOf(state, payload)]);
  const { members } = await openArchive(state, payload, columns);
  const scoresOf = async (program: Hash) => {
    const column = memberOf(columns, program)?.column ?? null;
    const values = (memberOf(members, program)?.values ?? (await openColumn(column, payload)))[mainObjective] ?? [];
    return { score: meanScore(values), missing: values.filter((value) => value === null).length };
  };
  const [parent] = parents as [Hash];
  const [before, after] = [await scoresOf(parent), await scoresOf(head)];
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
    deficiencies: (await deficienciesOf(state, payload)).map(({ category, tasks }) => ({
      category,
      tasks: tasks.length,
    })),
    candidate: candidate ?? candidates[0] ?? null,
    findings: state.findings,
    evidence: measured[chosen]?.stages.at(-1)?.counts ?? null,
    candidateScore: measured[chosen]?.means[mainObjective] ?? null,
    verdict,
    others: othersOf({ measured, verdicts, chosen }),
    archive: { members: archive, size: members.length },
    spent,
  };
}

function countsOf(rows: readonly RolloutRow[]): GenerationRecord["batch"] {
  return {
    tasks: rows.length,
    failed: rows.filter(({ score }) => score !== null && score.value < 1).length,
    missing: rows.filter(({ status }) => status === "missing").length,
    score: meanScore(rows.map(({ score }) => score?.value ?? null)),
  };
}

interface Decided {
  measured: readonly Measured[];
  verdicts: readonly Verdict[];
  /** Which one the verdict is about. */
  chosen: number;
}

/** The candidates that the verdict is not about. */
function othersOf({ measured, verdicts, chosen }: Decided): GenerationRecord["others"] {
  return measured.flatMap(({ candidate, verdict, means }, index) => {
    const decided = verdicts[index] ?? verdict;
    return index === chosen ? [] : [{ candidate, verdict: decided, score: means[mainObjective] ?? null }];
  });
}
