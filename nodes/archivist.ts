import { nextEpoch, type Epochs } from "../policies/epochs.ts";
import { nextEpisode, type Episodes } from "../policies/episodes/episodes.ts";
import type { RevisedTask } from "../policies/episodes/revision.ts";
import { learnAll, recall, type Policy } from "../policies/policy.ts";
import { countSamples } from "../policies/samples.ts";
import { meanScore } from "../policies/scores.ts";
import type { Stopping } from "../policies/stopping.ts";
import { leastRollouts, type Trial } from "../policies/trial.ts";
import { mainObjective, memberOf, samplesIn } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import {
  Evidence,
  type EpisodeRecord,
  type GenerationRecord,
  type SampleCounts,
  type StageResult,
} from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { RolloutSet, type RolloutRow } from "../state/task.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { openColumn } from "../stores/payload/members.ts";
import { resultsOf, type Result } from "./trial/asking.ts";
import { rewardsOf } from "./trial/rewards.ts";
import { openArchive, sampleColumns } from "./trial/columns.ts";

interface Needs {
  policies: readonly Policy[];
  stopping: Stopping;
  trial: Trial;
  epochs?: Epochs | undefined;
  episodes?: Episodes | undefined;
  payload: Payload;
}

/** Closes a generation: writes its record, lets the policies learn from it, decides whether the run goes on. */
export function createArchivist({ policies, stopping, trial, epochs, episodes, payload }: Needs): RunNode {
  return async function archivist(state, runtime) {
    const rows = state.rollouts === null ? [] : (await payload.json(state.rollouts, RolloutSet)).rows;
    const record = await recordOf(state, rows, { payload, episodes });
    const memories = learnAll(policies, state.memories, record, state.settings);
    const { generation, settings, spent, suites } = state;
    const least = leastRollouts({ trial, episodes }, settings, {
      train: suites.train.size,
      validation: suites.validation.size,
    });
    const stop = stopping.decide(
      {
        generation,
        score: record.headScore,
        spent,
        settings,
        least,
        epoch: nextEpoch(epochs, suites, memories),
        episodes: nextEpisode(episodes, suites, memories),
      },
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

async function recordOf(
  state: RunState,
  rows: readonly RolloutRow[],
  { payload, episodes }: Pick<Needs, "payload" | "episodes">,
): Promise<GenerationRecord> {
  const { generation, epoch, verdict, measured, candidate, candidates, columns, head, parents, archive, spent } = state;
  if (verdict === null || archive === null)
    throw new StateError("The archivist needs a verdict; put an accept gate before it.");
  const { members } = await openArchive(state, payload);
  const scoresOf = async (program: Hash) => {
    const hash = memberOf(columns, program)?.column ?? null;
    const column = memberOf(members, program)?.values ?? (await openColumn(hash, payload));
    const values = column[mainObjective] ?? [];
    const missing = values.filter((value) => value === null).length;
    return { score: meanScore(values), missing, samples: countSamples(samplesIn(column)) };
  };
  const [parent] = parents as [Hash];
  const [before, after] = [await scoresOf(parent), await scoresOf(head)];
  const chosen = measured.findIndex((one) => one.candidate.program === candidate?.program);
  const last = measured[chosen]?.stages.at(-1);
  const results = resultsOf(rows);
  const batch = countsOf(results);
  const rewards =
    episodes === undefined ? null : await rewardsOf(measured[chosen], { tasks: state.batch, results, payload });
  return {
    generation,
    epoch,
    episode: episodeOf(state, { episodes, rewards, score: batch.score }),
    parents,
    parentScore: before.score,
    parentMissing: before.missing,
    head,
    headScore: after.score,
    headMissing: after.missing,
    headTokens: await payload.tokens(head),
    batch,
    rollouts: state.rollouts,
    samples:
      state.settings.samples === 1
        ? null
        : {
            count: state.settings.samples,
            batch: countSamples(sampleColumns(results)),
            head: after.samples,
            candidate: await samplesOf(last, payload),
          },
    deficiencies: state.deficiencies.map(({ category, tasks }) => ({ category, tasks: tasks.length })),
    candidate: candidate ?? candidates[0] ?? null,
    findings: state.findings,
    evidence: last?.counts ?? null,
    candidateScore: measured[chosen]?.means[mainObjective] ?? null,
    verdict,
    others: othersOf(state, chosen),
    archive: { members: archive, size: members.length },
    spent,
  };
}

interface Rewarded {
  episodes: Episodes | undefined;
  rewards: readonly RevisedTask[] | null;
  score: number | null;
}

function episodeOf(
  { episode, batch, parents: [parent], verdict, candidate, memories }: RunState,
  { episodes, rewards, score }: Rewarded,
): EpisodeRecord | null {
  if (episodes === undefined || episode === null || parent === undefined) return null;
  const accepted = verdict?.accepted === true ? (candidate?.program ?? null) : null;
  const closed = episodes.close({ episode, parent, score, accepted, rewards }, recall(episodes, memories));
  return { ...closed, tasks: episode.tuned ? batch : [] };
}

/** A task counts as missing if all of its samples are. */
function countsOf(results: readonly Result[]): GenerationRecord["batch"] {
  const values = results.map(({ score }) => score?.value ?? null);
  return {
    tasks: values.length,
    failed: values.filter((value) => value !== null && value < 1).length,
    missing: values.filter((value) => value === null).length,
    score: meanScore(values),
  };
}

async function samplesOf(stage: StageResult | undefined, payload: Payload): Promise<SampleCounts | null> {
  if (stage === undefined) return null;
  return countSamples((await payload.json(stage.evidence, Evidence)).columns.samples ?? []);
}

/** The candidates that the verdict is not about. */
function othersOf({ measured, verdicts }: RunState, chosen: number): GenerationRecord["others"] {
  return measured.flatMap(({ candidate, verdict, means }, index) => {
    const decided = verdicts[index] ?? verdict;
    return index === chosen ? [] : [{ candidate, verdict: decided, score: means[mainObjective] ?? null }];
  });
}
