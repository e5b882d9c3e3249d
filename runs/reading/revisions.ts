import { resultsOf } from "../../nodes/trial/asking.ts";
import { rewardsOf } from "../../nodes/trial/rewards.ts";
import { rounded } from "../../state/rounding.ts";
import { CurationLog, type CurationReward, type JudgedCall } from "../../state/curation.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import type { Edit } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import { RolloutSet, TaskList, type ScoredRollout } from "../../state/task.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { deficienciesOf, measuredOf } from "../../stores/payload/opened.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createStateReader } from "../../stores/payload/state-reader.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { lineage } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";
import { generationState, type GenerationState } from "./generation-state.ts";
import { textsIn, type SkillTexts } from "./skill-texts.ts";

/** An earlier revision of the same episode. */
interface Earlier {
  operator: string;
  target: string;
  before: number | null;
  after: number | null;
  accepted: boolean;
}

/** The work of a curator: `reward` is of these calls, by the tasks after them that judged them; `stream` is of all calls of its stream, null while that goes on. */
interface CurationLine {
  calls: JudgedCall[];
  reward: CurationReward;
  stream: CurationReward | null;
}

/** One revision: what the generator knew, what it did, and what that was worth. To train a language model as a generator elsewhere. */
export interface RevisionLine {
  run: string;
  generation: number;
  episode: number;
  step: number;
  /** Whether the skill was tuned on these tasks alone. */
  tuned: boolean;
  context: {
    skills: SkillTexts;
    deficiencies: Deficiency[];
    /** The rollouts of the batch under these skills, train tasks alone. */
    rollouts: Array<{
      task: string;
      sample: number;
      input: string;
      expected: Json;
      answer: string | null;
      score: number | null;
      feedback: string | null;
    }>;
    history: Earlier[];
  };
  revision: { operator: string; target: string; edits: Edit[]; skills: SkillTexts };
  /** Where a curator made it: its calls, what was wrong with those that were not done, and its rewards. */
  curation: CurationLine | null;
  /** By task, sample by sample, in 0..1: of the skills before the revision and after it; null where missing. */
  rewards: Array<{ task: string; before: Array<number | null>; after: Array<number | null> }>;
  /** Means over tasks: between the generations, and in total, which is lambda times that, as rewards within a generation add up to 0. Null where it was not rewarded. */
  advantage: { inter: number; total: number } | null;
  accepted: boolean;
}

/**
 * All rewarded revisions of a run, and all that its curator did, generation by generation. Known secrets are taken out. None where its recipe has no
 * episodes.
 */
export async function* readRevisions(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): AsyncGenerator<RevisionLine> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const blot = createBlotter();
    let history: Earlier[] = [];
    const entries = await lineage(runs, record);
    // The reward of a stream is known at its end.
    const streams = new Map(entries.map(({ episode }) => [episode?.number, episode?.curation?.stream ?? null]));
    for (const entry of entries) {
      const { episode, candidate, generation, verdict } = entry;
      if (episode === null) continue;
      if (episode.step === 1) history = [];
      const { revision, curation } = episode;
      const isRewarded = revision !== null && candidate !== null;
      if (!isRewarded && (curation?.calls.made ?? 0) === 0) continue;
      const found = await generationState(runs, record, generation);
      const stream = streams.get(episode.number) ?? null;
      if (found !== undefined) yield blotJson(await lineOf(store, entry, { found, history, stream }), blot);
      if (!isRewarded) continue;
      const { operator, target } = candidate.origin;
      const { before, after } = revision;
      history = [...history, { operator, target, before, after, accepted: verdict.accepted }];
    }
  } finally {
    await close();
  }
}

interface Found {
  found: GenerationState;
  history: Earlier[];
  /** The reward of its stream, where there is one. */
  stream: CurationReward | null;
}

async function lineOf(
  store: RecordStore,
  { generation, episode, candidate, verdict, parents }: GenerationRecord,
  { found: { owner, state }, history, stream }: Found,
): Promise<RevisionLine> {
  const { family, thread, name: run } = owner;
  const payload = createPayload({ store, family });
  const reader = createStateReader({ payload, ledger: createLedger({ store, family, run: thread }) });
  const { number = 0, step = 0, tuned = false, revision = null, curation = null } = episode ?? {};
  const log = state.curated === null ? null : await payload.json(state.curated, CurationLog);
  const textsOf = async (program: string | undefined) =>
    textsIn(program === undefined ? [] : await payload.program(program));
  const { operator = "", target = "" } = candidate?.origin ?? {};
  return {
    run,
    generation,
    episode: number,
    step,
    tuned,
    context: {
      skills: await textsOf(parents[0]),
      deficiencies: await deficienciesOf(state, payload),
      rollouts: (await reader.rollouts(state)).map(rolloutOf),
      history,
    },
    revision: {
      operator,
      target,
      edits: candidate === null ? [] : await reader.edits(candidate),
      skills: await textsOf(candidate?.program),
    },
    curation: curation === null ? null : { calls: log?.calls ?? [], reward: curation.reward, stream },
    rewards: await rewardsIn(state, payload),
    advantage:
      revision === null ? null : { inter: revision.inter, total: rounded(revision.better + revision.worse, 12) },
    accepted: verdict.accepted,
  };
}

async function rewardsIn(
  { measured, candidate, rollouts, batch, suites: { train } }: GenerationState["state"],
  payload: ReturnType<typeof createPayload>,
): Promise<RevisionLine["rewards"]> {
  const rows = rollouts === null ? [] : (await payload.json(rollouts, RolloutSet)).rows;
  const about = (await measuredOf({ measured }, payload)).find((one) => one.candidate.program === candidate?.program);
  const rewards = await rewardsOf(about, { tasks: batch, results: resultsOf(rows), payload });
  const tasks = rewards === null ? [] : await payload.json(train.hash, TaskList);
  return (rewards?.tasks ?? []).map(({ task, before, after }) => {
    return { task: tasks[task]?.id ?? String(task), before: [...before], after: [...after] };
  });
}

function rolloutOf({ rollout, question, expected, score }: ScoredRollout): RevisionLine["context"]["rollouts"][number] {
  const { task, sample, answer } = rollout;
  const { value = null, feedback = null } = score ?? {};
  return { task, sample, input: question.input, expected, answer: answer?.text ?? null, score: value, feedback };
}
