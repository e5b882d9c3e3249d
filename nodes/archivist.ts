import type { Drafting } from "../policies/drafting.ts";
import { nextEpoch, type Epochs } from "../policies/epochs.ts";
import { nextEpisode, type Episodes } from "../policies/episodes/episodes.ts";
import type { Failing } from "../policies/feedback/failing.ts";
import type { Archive } from "../policies/archive.ts";
import type { ModelCards } from "../policies/cards/model-card.ts";
import { learnAll, recall, type Policy, type TaskOutcome } from "../policies/policy.ts";
import type { Sampling } from "../policies/sampling.ts";
import { countSamples } from "../policies/samples.ts";
import { meanScore } from "../policies/scores.ts";
import { endingOf, type Stopping } from "../policies/stopping.ts";
import { leastRollouts, type Trial } from "../policies/trial.ts";
import { tasksInUse, withSample, type ValidationSample } from "../policies/validation-tasks.ts";
import type { RunState } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import {
  Evidence,
  type Audit,
  type GenerationRecord,
  type Measured,
  type SampleCounts,
  type StageResult,
  type Verdict,
} from "../state/evidence.ts";
import type { Hash, Json } from "../state/json.ts";
import { Program } from "../state/program.ts";
import { RolloutSet, type RolloutRow } from "../state/task.ts";
import { textDigest } from "../skills/leakage/similarity.ts";
import { keptOut } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import {
  ablationsOf,
  auditOf,
  columnsOf,
  deficienciesOf,
  measuredOf,
  memoriesOf,
  recordOf as lastRecordOf,
} from "../stores/payload/opened.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { observedIn } from "./drafting/observed.ts";
import { episodeOf, outcomesOf } from "./recording/episode.ts";
import { acceptedEdits, judgedIn, withCategories } from "./recording/learned.ts";
import { scoresOf, standingScores, wholeScore } from "./recording/scores.ts";
import { resultsOf, type Result } from "./trial/asking.ts";
import { openArchive, sampleColumns } from "./trial/columns.ts";

interface Needs {
  policies: readonly Policy[];
  sampling: Pick<Sampling, "most" | "category">;
  drafting: Pick<Drafting, "observes" | "ablates">;
  card?: Pick<ModelCards, "observes"> | undefined;
  stopping: Stopping;
  trial: Trial;
  sample: ValidationSample;
  keeping: Pick<Archive, "checked">;
  failing: Failing;
  epochs?: Epochs | undefined;
  episodes?: Episodes | undefined;
  payload: Payload;
  archive: RolloutArchive;
}

/** Closes a generation: writes its record, lets the policies learn from it, decides whether the run goes on. */
export function createArchivist(needs: Needs): RunNode {
  const { policies, sampling, stopping, trial, sample, epochs, episodes, payload } = needs;
  return async function archivist(state, runtime) {
    const rows = state.rollouts === null ? [] : (await payload.json(state.rollouts, RolloutSet)).rows;
    const known = await memoriesOf(state, payload);
    const outcomes = await withCategories(outcomesOf(rows, state.batch), state.suites.train, needs);
    const record = await recordOf(state, { ...needs, rows, outcomes, memories: known });
    const learned = {
      ...record,
      outcomes,
      ...(await observedIn(state, needs)),
      ...(needs.drafting.ablates === undefined ? {} : { library: (await payload.json(record.head, Program)).skills }),
      candidates: await judgedIn(state, payload),
      acceptedEdits: await acceptedEdits(state, payload),
    };
    const memories = learnAll(policies, known, learned, state.settings);
    const { generation, settings, spent, suites } = state;
    const least = leastRollouts({ trial, episodes, sampling }, withSample(settings, sample, memories), {
      train: suites.train.size,
      validation: suites.validation.size,
    });
    const why = stopping.decide(
      {
        generation,
        measured: { score: record.headScore, tasks: record.headTasks, all: suites.validation.size },
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
      tasks: record.headTasks,
      standing: record.standing,
      members: record.archive.size,
      ...spent,
    });
    const entry = await payload.putJson(record);
    return {
      record: { entry, generation, headScore: record.headScore },
      memories: await payload.putJson(memories),
      ...endingOf(why, { closing: state.closing, standing: record.standing }),
    };
  };
}

interface Recording extends Pick<Needs, "failing" | "episodes" | "keeping" | "sample" | "payload"> {
  rows: readonly RolloutRow[];
  outcomes: readonly TaskOutcome[];
  memories: Record<string, Json>;
}

async function recordOf(
  state: RunState,
  { rows, outcomes, failing, episodes, keeping, sample, memories, payload }: Recording,
): Promise<GenerationRecord> {
  const { generation, epoch, verdict, verdicts, candidate, candidates, head, parents, archive, spent } = state;
  if (verdict === null || archive === null)
    throw new StateError("The archivist needs a verdict; put an accept gate before it.");
  const [columns, measured] = await Promise.all([columnsOf(state, payload), measuredOf(state, payload)]);
  const { members } = await openArchive(state, payload, columns);
  const [parent] = parents as [Hash];
  const audit = await auditOf(state, payload);
  const inUse = tasksInUse(state.settings, { sample, memories, size: state.suites.validation.size }).length;
  const known = { inUse, columns, members, audit, payload };
  const before = await scoresOf(parent, known);
  const after = standingScores(head, await scoresOf(head, known), await lastRecordOf(state, payload));
  const chosen = measured.findIndex((one) => one.candidate.program === candidate?.program);
  const scores = await Promise.all(measured.map((one) => wholeScore(one, { inUse, payload })));
  const last = measured[chosen]?.stages.at(-1);
  const out = keptOut(state.findings);
  const results = resultsOf(rows);
  const batch = countsOf(results, failing);
  return {
    generation,
    epoch,
    episode: await episodeOf(state, { episodes, memories, measured: measured[chosen], results, outcomes, payload }),
    parents,
    parentScore: before.score,
    parentMissing: before.missing,
    head,
    headScore: after.score,
    headMissing: after.missing,
    headTasks: after.tasks,
    headTokens: await payload.tokens(head),
    parentMeans: before.means,
    headMeans: after.means,
    batch,
    rollouts: state.rollouts,
    samples: await sampleRecord(state, { batch: results, head: after.samples, stage: last, payload }),
    deficiencies: (await deficienciesOf(state, payload)).map(({ category, defect, tasks }) => ({
      category,
      defect,
      tasks: tasks.length,
    })),
    candidate: candidate ?? candidates[0] ?? null,
    findings: state.findings,
    keptOut: candidates.filter(({ program }) => out.has(program) && program !== (candidate ?? candidates[0])?.program),
    tried: await triedIn(state, { measured, out, payload }),
    evidence: last?.counts ?? audit?.counts ?? null,
    audit,
    standing: standingOf(head, { checked: keeping.checked?.({ members }), audit }),
    ablations: await ablationsOf(state, payload),
    candidateScore: scores[chosen] ?? null,
    verdict,
    others: othersOf({ measured, scores, verdicts, chosen }),
    archive: { members: archive, size: members.length },
    spent,
  };
}

/** What need not be measured again: what was decided or kept out. What lacks results or a budget may be tried again, and for another task. */
async function triedIn(
  { verdicts, candidates, episode }: RunState,
  { measured, out, payload }: { measured: readonly Measured[]; out: ReadonlySet<Hash>; payload: Payload },
): Promise<string[]> {
  if (episode?.tuned === true) return [];
  const decided = measured.filter(({ verdict }, index) => (verdicts[index] ?? verdict).decided);
  const programs = [...decided.map(({ candidate: { program } }) => program), ...out];
  const own = new Set(candidates.flatMap(({ parents }) => parents));
  const tried = programs.filter((program) => !own.has(program));
  return [...new Set(await Promise.all(tried.map(async (program) => textDigest(await payload.program(program)))))];
}

/** Null where the archive policy checks no heads. */
function standingOf(
  head: Hash,
  { checked, audit }: { checked: Hash | undefined; audit: Audit | null },
): GenerationRecord["standing"] {
  if (checked === undefined) return null;
  if (head !== checked) return "provisional";
  return (audit?.back ?? 0) > 0 ? "rolled back" : "checked";
}

/** A task counts as missing if all of its samples are. */
function countsOf(results: readonly Result[], { below }: Failing): GenerationRecord["batch"] {
  const values = results.map(({ score }) => score?.value ?? null);
  return {
    tasks: values.length,
    failed: values.filter((value) => value !== null && value < below).length,
    missing: values.filter((value) => value === null).length,
    score: meanScore(values),
  };
}

interface Sampled {
  batch: readonly Result[];
  head: SampleCounts | null;
  /** The last one of the candidate. */
  stage: StageResult | undefined;
  payload: Payload;
}

/** Null where each task is run once. */
async function sampleRecord(
  { settings: { samples: count } }: RunState,
  { batch, head, stage, payload }: Sampled,
): Promise<GenerationRecord["samples"]> {
  if (count === 1) return null;
  const columns = stage === undefined ? null : (await payload.json(stage.evidence, Evidence)).columns;
  const candidate = columns === null ? null : countSamples(columns.samples ?? []);
  return { count, batch: countSamples(sampleColumns(batch)), head, candidate };
}

interface Decided {
  measured: readonly Measured[];
  scores: ReadonlyArray<number | null>;
  verdicts: readonly Verdict[];
  /** Which one the verdict is about. */
  chosen: number;
}

/** The candidates that the verdict is not about. */
function othersOf({ measured, scores, verdicts, chosen }: Decided): GenerationRecord["others"] {
  return measured.flatMap(({ candidate, verdict }, index) => {
    const decided = verdicts[index] ?? verdict;
    return index === chosen ? [] : [{ candidate, verdict: decided, score: scores[index] ?? null }];
  });
}
