import { resultsOf } from "../../nodes/trial/asking.ts";
import { rewardsOf } from "../../nodes/trial/rewards.ts";
import { rounded } from "../../state/rounding.ts";
import { decodeText, type SkillFolder } from "../../skills/folder.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import type { Edit } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import { RolloutSet, type ScoredRollout } from "../../state/task.ts";
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

/** Texts of skills by name and file; files that are not text are left out. */
type SkillTexts = Record<string, Record<string, string>>;

/** An earlier revision of the same episode. */
interface Earlier {
  operator: string;
  target: string;
  before: number | null;
  after: number | null;
  accepted: boolean;
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
  /** By task, sample by sample, in 0..1: of the skills before the revision and after it; null where missing. */
  rewards: Array<{ task: string; before: Array<number | null>; after: Array<number | null> }>;
  /** Means over tasks: between the generations, and in total, which is lambda times that, as rewards within a generation add up to 0. */
  advantage: { inter: number; total: number };
  accepted: boolean;
}

/** All rewarded revisions of a run, generation by generation. Known secrets are taken out. None where its recipe has no episodes. */
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
    for (const entry of await lineage(runs, record)) {
      const { episode, candidate, generation, verdict } = entry;
      if (episode === null) continue;
      if (episode.step === 1) history = [];
      const { revision } = episode;
      if (revision === null || candidate === null) continue;
      const found = await generationState(runs, record, generation);
      if (found !== undefined) yield blotJson(await lineOf(store, entry, { found, history }), blot);
      const { operator, target } = candidate.origin;
      const { before, after } = revision;
      history = [...history, { operator, target, before, after, accepted: verdict.accepted }];
    }
  } finally {
    await close();
  }
}

async function lineOf(
  store: RecordStore,
  { generation, episode, candidate, verdict, parents }: GenerationRecord,
  { found: { owner, state }, history }: { found: GenerationState; history: Earlier[] },
): Promise<RevisionLine> {
  const { family, thread, name: run } = owner;
  const payload = createPayload({ store, family });
  const reader = createStateReader({ payload, ledger: createLedger({ store, family, run: thread }) });
  const { number = 0, step = 0, tuned = false, revision = null } = episode ?? {};
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
    rewards: await rewardsIn(state, payload),
    advantage: { inter: revision?.inter ?? 0, total: rounded((revision?.better ?? 0) + (revision?.worse ?? 0), 12) },
    accepted: verdict.accepted,
  };
}

async function rewardsIn(
  { measured, candidate, rollouts, batch }: GenerationState["state"],
  payload: ReturnType<typeof createPayload>,
): Promise<RevisionLine["rewards"]> {
  const rows = rollouts === null ? [] : (await payload.json(rollouts, RolloutSet)).rows;
  const about = (await measuredOf({ measured }, payload)).find((one) => one.candidate.program === candidate?.program);
  const rewards = await rewardsOf(about, { tasks: batch, results: resultsOf(rows), payload });
  const ids = [...new Set(rows.map(({ task }) => task))];
  return (rewards?.tasks ?? []).map(({ before, after }, place) => {
    return { task: ids[place] as string, before: [...before], after: [...after] };
  });
}

function rolloutOf({ rollout, question, expected, score }: ScoredRollout): RevisionLine["context"]["rollouts"][number] {
  const { task, sample, answer } = rollout;
  const { value = null, feedback = null } = score ?? {};
  return { task, sample, input: question.input, expected, answer: answer?.text ?? null, score: value, feedback };
}

function textsIn(skills: readonly SkillFolder[]): SkillTexts {
  return Object.fromEntries(
    skills.map(({ name, files }) => [
      name,
      Object.fromEntries(
        Object.entries(files).flatMap(([path, bytes]) => {
          const text = decodeText(bytes);
          return text === undefined ? [] : [[path, text]];
        }),
      ),
    ]),
  );
}
