import type { RunState } from "../../state/channels.ts";
import type { Hash } from "../../state/json.ts";
import { hashJson } from "../../state/json.ts";
import type { Column, Evidence } from "../../state/evidence.ts";
import { Answer, questionOf, type SuiteName, type Task } from "../../state/task.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { rolloutKey } from "../../rollouts/rollout-key.ts";
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
}

/**
 * All rollouts of a run, generation by generation: those of the batch, then those of validation, then at the end those of
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
      for await (const line of validationLines(room, found, before)) yield blotJson(line, blot);
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
  task: Task;
  /** Undefined where only the mean of the suite was kept. */
  score: number | null | undefined;
}

function openRoom({ store }: Runs, owner: RunRecord): Room {
  const { family, thread, name: run, fingerprints } = owner;
  const payload = createPayload({ store, family });
  const ledger = createLedger({ store, family, run: thread });
  const settlements = createSettlements({ store, family, run: thread, commit: createGroupCommit(store) });
  return {
    owner,
    reader: createStateReader({ payload, ledger }),
    async line({ generation, suite, program, task, score }) {
      const sample = 0;
      const place = { fingerprint: fingerprints.agent, program, question: questionOf(task), sample };
      const key = hashJson(rolloutKey(place));
      // What was missing then may have been answered since.
      const reason = score === null ? await settlements.reason(key) : undefined;
      const settled = reason === undefined ? await settlements.find(key) : { reason };
      const answer = settled !== undefined && "answer" in settled ? textOf(settled.answer) : null;
      const isAnswered = score === undefined ? answer !== null : score !== null;
      const unknown = answer === null ? "its answer is not in the store" : "its answer was not scored";
      const why = settled !== undefined && "reason" in settled ? settled.reason : unknown;
      const status = isAnswered ? ("answered" as const) : ("missing" as const);
      const known = { run, generation, suite, program, task: task.id, sample, status, answer };
      return { ...known, reason: isAnswered ? null : why, score: score ?? null, feedback: null };
    },
  };
}

async function* batchLines({ owner, reader }: Room, { state }: GenerationState): AsyncGenerator<RolloutLine> {
  const { generation } = state;
  for (const { rollout, score } of await reader.rollouts(state)) {
    const { suite, program, task, sample, status, reason = null, answer } = rollout;
    const known = { run: owner.name, generation, suite, program, task, sample, status, reason };
    yield { ...known, score: score?.value ?? null, feedback: score?.feedback ?? null, answer: answer?.text ?? null };
  }
}

/** What of the state of the generation before says which rollouts this one asked for. */
type Before = Pick<RunState, "columns" | "record">;

/**
 * The columns measured in this generation: the head's where the one before did not know it, or what was missing in it where
 * that is asked again, and the candidate's.
 */
async function* validationLines(
  { reader, line }: Room,
  { state }: GenerationState,
  before: Before | null,
): AsyncGenerator<RolloutLine> {
  const { generation, evidence, candidate, columns, settings, suites } = state;
  const tasks = await reader.tasks(state, "validation");
  const wave = { generation, suite: "validation" as const };
  const order = validationTasks(settings, suites.validation.size);
  for (const column of columns.filter(({ program }) => program !== candidate?.program)) {
    for (const place of askedIn(column, before))
      yield await line({
        ...wave,
        program: column.program,
        task: tasks[order[place] as number] as Task,
        score: column.values[place] ?? null,
      });
  }
  if (evidence === null || candidate === null) return;
  for (const { index, score } of evaluated(evidence))
    yield await line({ ...wave, program: candidate.program, task: tasks[index] as Task, score });
}

/** The places of a column that were asked in this generation. */
function askedIn({ program, values }: Column, before: Before | null): number[] {
  const known = before?.columns.find((column) => column.program === program && column.values.length === values.length);
  const places = [...values.keys()];
  if (known === undefined) return places;
  const { record = null } = before ?? {};
  if (record === null || !lacksResults(record.verdict, record.evidence)) return [];
  return places.filter((place) => known.values[place] === null);
}

function evaluated({ columns }: Evidence): Array<{ index: number; score: number | null }> {
  return columns.candidate.map((score, row) => ({ index: columns.task[row] as number, score }));
}

async function* testLines({ reader, line }: Room, { input, looks }: RunRecord): AsyncGenerator<RolloutLine> {
  if (looks.length === 0) return;
  const tasks = await reader.tasks(input, "test");
  for (const { program } of looks) {
    for (const task of tasks) yield await line({ generation: null, suite: "test", program, task, score: undefined });
  }
}

function textOf(answer: string): string {
  return Answer.parse(JSON.parse(answer)).text;
}
