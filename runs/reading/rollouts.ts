import type { RunState } from "../../state/channels.ts";
import type { Hash } from "../../state/json.ts";
import { hashJson } from "../../state/json.ts";
import { mainObjective, memberOf, samplesIn, type Values } from "../../state/archive.ts";
import { Answer, questionOf, type SuiteName, type Task } from "../../state/task.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { rolloutKey } from "../../rollouts/rollout-key.ts";
import { createViews } from "../../rollouts/views.ts";
import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { createSettlements } from "../../stores/ledger/settlements.ts";
import { createStateReader, type StateReader } from "../../stores/payload/state-reader.ts";
import { lacksResults } from "../../policies/scores.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { generationState, type GenerationState } from "./generation-state.ts";
import { lineage } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";

/**
 * One rollout of a run. `run` is the one that made it, which for inherited generations is the parent. `generation` is null
 * for the test split, which is rolled out once at the end; its scores are kept as a mean only, so `score` is null there.
 */
export interface RolloutLine {
  run: string;
  generation: number | null;
  suite: SuiteName;
  program: Hash;
  task: string;
  sample: number;
  status: "answered" | "missing";
  reason: string | null;
  /** In 0..1. */
  score: number | null;
  /** The verifier's words; kept for train tasks alone. */
  feedback: string | null;
  answer: string | null;
  /** The names of the skills that the agent could see. */
  visible: string[];
  /** Those that it used, as it says; null without an answer. */
  used: string[] | null;
}

/**
 * All rollouts of a run, generation by generation: those of the batch, then those of the trial, then at the end those of
 * the test split. Known secrets are taken out. Read one after the other, whatever their number.
 */
export async function* readRollouts(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): AsyncGenerator<RolloutLine> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const blot = createBlotter();
    let before: Before | null = null;
    for (const { generation } of await lineage(runs, record)) {
      const found = await generationState(runs, record, generation);
      if (found === undefined) continue;
      const room = openRoom(runs, found.owner);
      for await (const line of batchLines(room, found)) yield blotJson(line, blot);
      for await (const line of trialLines(room, found, before)) yield blotJson(line, blot);
      before = found.state;
    }
    for await (const line of testLines(openRoom(runs, record), record)) yield blotJson(line, blot);
  } finally {
    await close();
  }
}

interface Room {
  owner: RunRecord;
  reader: StateReader;
  /** A rollout whose row is not kept, by its place in the ledger. */
  line(rollout: KnownRollout): Promise<RolloutLine>;
}

interface KnownRollout {
  generation: number | null;
  suite: SuiteName;
  program: Hash;
  /** Of the suite, and the index of the one that was rolled out. */
  tasks: readonly Task[];
  index: number;
  sample: number;
  /** Undefined where only the mean of the suite was kept. */
  score: number | null | undefined;
}

function openRoom({ store }: Runs, owner: RunRecord): Room {
  const { family, thread, name: run, fingerprints, input } = owner;
  const payload = createPayload({ store, family });
  const ledger = createLedger({ store, family, run: thread });
  const settlements = createSettlements({ store, family, run: thread, commit: createGroupCommit(store) });
  const viewOf = createViews({ payload, visibility: visibilityOf(input.settings), seed: input.settings.seed });
  return {
    owner,
    reader: createStateReader({ payload, ledger }),
    async line({ generation, suite, program, tasks, index, sample, score }) {
      const task = tasks[index] as Task;
      const { saw, skills } = (await viewOf(program, suite, tasks)).at(index);
      const visible = skills.map(({ name }) => name);
      const place = { fingerprint: fingerprints.agent, saw, question: questionOf(task), sample };
      const key = hashJson(rolloutKey(place));
      // What was missing then may have been answered since.
      const reason = score === null ? await settlements.reason(key) : undefined;
      const settled = reason === undefined ? await settlements.find(key) : { reason };
      const given = settled !== undefined && "answer" in settled ? Answer.parse(JSON.parse(settled.answer)) : null;
      const { text: answer = null, used = null } = given ?? {};
      const isAnswered = score === undefined ? answer !== null : score !== null;
      const unknown = answer === null ? "its answer is not in the store" : "its answer was not scored";
      const why = settled !== undefined && "reason" in settled ? settled.reason : unknown;
      const status = isAnswered ? ("answered" as const) : ("missing" as const);
      const known = { run, generation, suite, program, task: task.id, sample, status, answer, visible, used };
      return { ...known, reason: isAnswered ? null : why, score: score ?? null, feedback: null };
    },
  };
}

async function* batchLines({ owner, reader }: Room, { state }: GenerationState): AsyncGenerator<RolloutLine> {
  const { generation } = state;
  for (const { rollout, score } of await reader.rollouts(state)) {
    const { suite, program, task, sample, status, reason = null, answer, visible } = rollout;
    const known = { run: owner.name, generation, suite, program, task, sample, status, reason };
    yield {
      ...known,
      score: score?.value ?? null,
      feedback: score?.detail ?? score?.feedback ?? null,
      answer: answer?.text ?? null,
      visible: Object.keys(visible),
      used: answer?.used ?? null,
    };
  }
}

/** What of the state of the generation before says which rollouts this one asked for. */
type Before = Pick<RunState, "archive" | "record" | "start">;

/**
 * What was measured in this generation: columns of members that the one before did not know, or what was missing in them where
 * that is asked again; and the candidates, stage by stage, what a stage took over from one before it once.
 */
async function* trialLines(room: Room, found: GenerationState, before: Before | null): AsyncGenerator<RolloutLine> {
  const { reader, line } = room;
  const { state } = found;
  const { generation, suites } = state;
  const tasks = { train: await reader.tasks(state, "train"), validation: await reader.tasks(state, "validation") };
  const order = validationTasks({ validation: null }, suites.validation.size);
  // What an audit has asked of a member lengthens its column, and is listed with the audit.
  const isAudited = await auditedIn(found, reader);
  for (const { program, column } of await reader.columns(state)) {
    const opened = await reader.column(column);
    const values = opened[mainObjective] ?? [];
    const samples = sampled(values, samplesIn(opened));
    for (const place of await askedIn({ program, values, samples: samples.length }, { reader, before })) {
      const index = order[place] as number;
      if (isAudited(program, index)) continue;
      const known = { generation, suite: "validation" as const, program, tasks: tasks.validation, index };
      for (const [sample, scores] of samples.entries())
        yield await line({ ...known, sample, score: scores[place] ?? null });
    }
  }
  yield* auditLines(room, found, tasks.validation);
  yield* parentLines(room, found, tasks.train);
  yield* ablationLines(room, found, tasks.validation);
  for (const { candidate, stages } of await reader.measured(state)) {
    const seen = new Set<string>();
    for (const stage of stages) {
      const { suite, columns: rows } = await reader.stage(stage);
      if (suite !== "train" && suite !== "validation") continue;
      const samples = sampled(rows.candidate, rows.samples ?? []);
      for (const row of rows.candidate.keys()) {
        const index = rows.task[row] as number;
        if (seen.has(`${suite} ${index}`)) continue;
        seen.add(`${suite} ${index}`);
        const place = { generation, suite, program: candidate.program, tasks: tasks[suite], index };
        for (const [sample, scores] of samples.entries())
          yield await line({ ...place, sample, score: scores[row] ?? null });
      }
    }
  }
}

/** What a parent was asked of train tasks beyond the batch, once for all candidates. */
async function* parentLines(
  { reader, line }: Room,
  { state }: GenerationState,
  tasks: readonly Task[],
): AsyncGenerator<RolloutLine> {
  const { generation, batch, settings } = state;
  const [first] = await reader.measured(state);
  for (const stage of first?.stages ?? []) {
    const { suite, columns } = await reader.stage(stage);
    if (suite !== "train") continue;
    const beyond = [...columns.task.entries()].filter(([, index]) => !batch.includes(index)).map(([row]) => row);
    // A budget that ended before the candidate's turn may have cut off the end.
    const last = beyond.findLastIndex((row) => columns.other[row] !== null);
    for (const row of columns.candidate.length > 0 ? beyond : beyond.slice(0, last + 1)) {
      const program = first?.candidate.parents[0] as Hash;
      const place = { generation, suite: "train" as const, program, tasks, index: columns.task[row] as number };
      // Of several samples only the mean was kept.
      const score = settings.samples === 1 ? columns.other[row] : undefined;
      for (let sample = 0; sample < settings.samples; sample += 1) yield await line({ ...place, sample, score });
    }
  }
}

/** Whether the audit of this generation has run a program on a validation task. */
async function auditedIn({ state }: GenerationState, reader: StateReader) {
  const audited = await reader.audited(state);
  const known = new Set(audited.flatMap(({ program, tasks }) => tasks.map((task) => `${program} ${task}`)));
  return (program: Hash, task: number) => known.has(`${program} ${task}`);
}

/** What the audit has run beside a candidate. */
async function* auditLines(
  { reader, line }: Room,
  { state }: GenerationState,
  tasks: readonly Task[],
): AsyncGenerator<RolloutLine> {
  for (const { program, tasks: asked, samples } of await reader.audited(state))
    for (const [row, index] of asked.entries()) {
      const place = { generation: state.generation, suite: "validation" as const, program, tasks, index };
      for (const [sample, scores] of samples.entries())
        yield await line({ ...place, sample, score: scores[row] ?? null });
    }
}

/** The head without some skills, and the head itself where its scores were not known. */
async function* ablationLines(
  { reader, line }: Room,
  { state }: GenerationState,
  tasks: readonly Task[],
): AsyncGenerator<RolloutLine> {
  const { generation, head } = state;
  for (const { program, sample, tasks: asked, with: all, without, isHeadAsked } of await reader.ablations(state)) {
    const arms = isHeadAsked ? [{ program: head, scores: all }] : [];
    for (const arm of [...arms, { program, scores: without }])
      for (const [row, index] of asked.entries()) {
        const place = { generation, suite: "validation" as const, program: arm.program, tasks, index, sample };
        yield await line({ ...place, score: arm.scores[row] ?? null });
      }
  }
}

/** The scores of each sample; those of the tasks where each was run once. */
function sampled(values: Values, samples: readonly Values[]): readonly Values[] {
  return samples.length === 0 ? [values] : samples;
}

/** The places of a column that were asked in this generation. */
async function askedIn(
  { program, values, samples }: { program: Hash; values: Values; samples: number },
  { reader, before }: { reader: StateReader; before: Before | null },
): Promise<number[]> {
  const places = [...values.keys()];
  if (before === null) return places;
  const column = memberOf(await reader.archive(before), program)?.values ?? {};
  const known = column[mainObjective];
  if (known === undefined || known.length > values.length || sampled(known, samplesIn(column)).length !== samples)
    return places;
  const record = await reader.record(before);
  const isAskedAgain = record !== null && lacksResults(record.verdict, record.evidence);
  return places.filter((place) => place >= known.length || (isAskedAgain && known[place] === null));
}

async function* testLines({ reader, line }: Room, { input, looks }: RunRecord): AsyncGenerator<RolloutLine> {
  if (looks.length === 0) return;
  const tasks = await reader.tasks(input, "test");
  for (const { program } of looks) {
    for (const index of tasks.keys())
      yield await line({ generation: null, suite: "test", program, tasks, index, sample: 0, score: undefined });
  }
}
