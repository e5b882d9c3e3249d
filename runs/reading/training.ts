import { chainRewards, turnReward, type ChainBatch } from "../../policies/rewards/chain.ts";
import { meanScore } from "../../policies/scores.ts";
import { rounded } from "../../state/rounding.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Hash, Json } from "../../state/json.ts";
import { RolloutSet, type ScoredRollout, type TraceStep } from "../../state/task.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createStateReader } from "../../stores/payload/state-reader.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { lineage } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";
import { generationState, type GenerationState } from "./generation-state.ts";
import { textsIn, type SkillTexts } from "./skill-texts.ts";

/** The files of the skills that rollouts after it were made with, by the hash of the program. Each program once. */
export interface SkillsLine {
  type: "skills";
  program: Hash;
  skills: SkillTexts;
}

/** One answered rollout of a train task. */
export interface TrainingRollout {
  type: "rollout";
  run: string;
  generation: number;
  program: Hash;
  /** How often the skills had changed before it, from 0: MetaClaw's stamp. */
  skillGeneration: number;
  /** `query` if it is of the skills that were rolled out last, so a model can be trained on it beside them; `support` if the skills changed since, so what it shows may be in them. */
  split: "query" | "support";
  task: string;
  sample: number;
  input: string;
  expected: Json;
  /** Names of the skills that the agent could see, and that it used: all that it saw if it names none. */
  visible: string[];
  used: string[];
  answer: string;
  trace: TraceStep[];
  feedback: string;
  rewards: {
    /** The score in 0..1. */
    task: number;
    /** With SAGE's bonus for skills that help later tasks: see `chainRewards`. */
    chain: number;
    /** Less what EvoDS takes off for turns: see `turnReward`. */
    turns: number;
  };
}

/** Skills that were left out of the head, as SLIM decides on them: mean scores of the same validation tasks with and without. */
export interface AblationLine {
  type: "ablation";
  run: string;
  generation: number;
  program: Hash;
  hidden: string[];
  pairs: number;
  with: number | null;
  without: number | null;
}

export type TrainingLine = SkillsLine | TrainingRollout | AblationLine;

/**
 * What a run has to train a model with, generation by generation: the rollouts of train tasks, with rewards and stamps of the systems that train on them (SLIM, SAGE, EvoDS, MetaClaw), the skills that they
 * were made with, and what skills were worth where the recipe leaves them out. No rollout of another split is among them. Known secrets are taken out.
 */
export async function* readTraining(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): AsyncGenerator<TrainingLine> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const blot = createBlotter();
    const entries = await lineage(runs, record);
    const batches = await batchesOf(runs, record, entries);
    const rewards = chainRewards(batches.map(({ chain }) => chain));
    const stamps = stampsOf(batches.map(({ program }) => program));
    const told = new Set<Hash>();
    for (const entry of entries) {
      const at = batches.findIndex(({ generation }) => generation === entry.generation);
      const { program = entry.head } = batches[at] ?? {};
      if (at !== -1 && !told.has(program)) {
        told.add(program);
        yield blotJson(await skillsLine(runs, record, program), blot);
      }
      const found = at === -1 ? undefined : await generationState(runs, record, entry.generation);
      const split = stamps[at] === stamps.at(-1) ? "query" : "support";
      const of = { generation: entry.generation, program, skillGeneration: stamps[at] ?? 0, split } as const;
      for (const [place, one] of (found === undefined ? [] : await answeredIn(runs, found)).entries())
        yield blotJson(lineOf(one, { run: found?.owner.name ?? name, ...of, chain: rewards[at]?.[place] ?? 0 }), blot);
      for (const line of ablationsIn(entry, name)) yield blotJson(line, blot);
    }
  } finally {
    await close();
  }
}

interface Batch {
  generation: number;
  program: Hash;
  chain: ChainBatch;
}

/** The batches with a rollout, as light as a chain needs them. */
async function batchesOf(runs: Runs, record: RunRecord, entries: readonly GenerationRecord[]): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (const { generation, rollouts } of entries) {
    const found = rollouts === null ? undefined : await generationState(runs, record, generation);
    if (rollouts === null || found === undefined) continue;
    const { program, visible: skills } = await payloadOf(runs, found.owner).json(rollouts, RolloutSet);
    const answered = await answeredIn(runs, found);
    const chain = answered.map((one) => ({ task: one.rollout.task, score: one.score.value, used: usedIn(one) }));
    if (chain.length > 0) batches.push({ generation, program, chain: { skills, rollouts: chain } });
  }
  return batches;
}

/** For each batch, how often the program had changed before it. */
function stampsOf(programs: readonly Hash[]): number[] {
  let stamp = 0;
  return programs.map((program, at) => {
    if (at > 0 && program !== programs[at - 1]) stamp += 1;
    return stamp;
  });
}

type Answered = ScoredRollout & {
  rollout: { answer: NonNullable<ScoredRollout["rollout"]["answer"]> };
  score: NonNullable<ScoredRollout["score"]>;
};

/** In the order of the batch. */
async function answeredIn(runs: Runs, { owner, state }: GenerationState): Promise<Answered[]> {
  const { store } = runs;
  const { family, thread: run } = owner;
  const reader = createStateReader({ payload: payloadOf(runs, owner), ledger: createLedger({ store, family, run }) });
  const all = await reader.rollouts(state);
  return all.filter((one): one is Answered => one.rollout.answer !== null && one.score !== null);
}

function payloadOf({ store }: Runs, { family }: RunRecord) {
  return createPayload({ store, family });
}

async function skillsLine(runs: Runs, record: RunRecord, program: Hash): Promise<SkillsLine> {
  return { type: "skills", program, skills: textsIn(await payloadOf(runs, record).program(program)) };
}

function usedIn({ rollout: { answer, visible } }: Answered): string[] {
  const used = answer.used.filter((skill) => Object.hasOwn(visible, skill));
  return used.length === 0 ? Object.keys(visible) : [...new Set(used)];
}

type Place = Pick<TrainingRollout, "run" | "generation" | "program" | "skillGeneration" | "split"> & { chain: number };

function lineOf(one: Answered, { chain, ...place }: Place): TrainingRollout {
  const { rollout, question, expected, score } = one;
  const { task, sample, answer, visible } = rollout;
  const { value, feedback } = score;
  const turns = rounded(turnReward({ score: value, turns: answer.trace.length }), 12);
  return {
    type: "rollout",
    ...place,
    task,
    sample,
    input: question.input,
    expected,
    visible: Object.keys(visible),
    used: usedIn(one),
    answer: answer.text,
    trace: answer.trace,
    feedback,
    rewards: { task: value, chain: rounded(chain, 12), turns },
  };
}

function ablationsIn({ generation, head, ablations }: GenerationRecord, run: string): AblationLine[] {
  return ablations.map(({ hidden, with: all, without }) => {
    const pairs = [...all.keys()].filter((at) => all[at] !== null && (without[at] ?? null) !== null);
    const meanOf = (values: typeof all) => meanScore(pairs.map((at) => values[at] ?? null));
    const of = { run, generation, program: head, hidden, pairs: pairs.length };
    return { type: "ablation", ...of, with: meanOf(all), without: meanOf(without) };
  });
}
