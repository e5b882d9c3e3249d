import { randomUUID } from "node:crypto";
import type { TaskAgent } from "../../agents/agent.ts";
import { rolloutEvents } from "../../nodes/node.ts";
import { resultsOf } from "../../nodes/trial/asking.ts";
import { columnOf, meansOf } from "../../nodes/trial/columns.ts";
import { pairScores, type PairedScores } from "../../policies/inference/paired-scores.ts";
import { meanScore } from "../../policies/scores.ts";
import type { Visibility } from "../../policies/visibility.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { mainObjective, type Means } from "../../state/archive.ts";
import type { SuiteRef } from "../../state/channels.ts";
import { SettingsError } from "../../state/errors.ts";
import { hashJson, type Hash } from "../../state/json.ts";
import type { RunEvent } from "../../state/events.ts";
import type { SkillFinding } from "../../state/program.ts";
import { Answer, type RolloutRow, type SuiteName, type Task } from "../../state/task.ts";
import { createLocalPool, type Executor, type RolloutOptions } from "../../rollouts/executor.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { under, type RecordStore } from "../../stores/record-store.ts";
import { evaluationSpace } from "../../stores/spaces.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { stateOf } from "../result.ts";
import type { Look, RunRecord } from "../run-record.ts";
import type { Session } from "../session.ts";
import { defaultConcurrency, storeOf } from "../store.ts";
import { checkPart } from "../checks.ts";

export interface EvaluateOptions {
  program: readonly SkillFolder[];
  tasks: readonly Task[];
  suite: SuiteName;
  agent: TaskAgent;
  verifier: Verifier;
  /** Another program to run on the same tasks, to be compared with task by task. */
  against?: readonly SkillFolder[];
  /** Which skills the agent sees of either program; without it, all. */
  visibility?: Visibility | undefined;
  /** Of what it draws; 1 by default, as in a run. */
  seed?: number;
  store?: string | RecordStore;
  concurrency?: number;
}

/** `looks` counts the looks at these very tasks in this store, by runs and evaluations, this one included. */
export interface Evaluation extends Look {
  suite: SuiteName;
  looks: number;
  /** Of each skill the share of answers it was used for, as the agent says: its trigger rate, where the agent may choose. */
  used: Record<string, number>;
  /** What the agent will not do as it is written. */
  findings: SkillFinding[];
  failures: Array<{ task: string; feedback: string }>;
  /** The other program on the same tasks, and the difference to it; null where there is none. */
  against: (Look & PairedScores) | null;
}

/** The family of evaluations outside of runs: what was once answered is not paid again. */
export const evaluationsFamily = "evaluations";

/** Runs a program on tasks once, outside any run. Every look is noted in the store. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { program, tasks, suite, concurrency = defaultConcurrency } = options;
  checkPart("agent", options.agent);
  checkPart("verifier", options.verifier);
  for (const task of tasks) options.verifier.check?.(task);
  if (options.against !== undefined && tasks.length < 2)
    throw new SettingsError("against", "There is only one task; a comparison needs at least two. Add tasks.");
  const { store, close } = await storeOf(options.store);
  try {
    const payload = createPayload({ store, family: evaluationsFamily });
    const ledger = createLedger({ store, family: evaluationsFamily, run: randomUUID() });
    const { agent, verifier, visibility, seed = 1 } = options;
    const executor = createLocalPool({ agent, verifier, ledger, payload, concurrency, visibility, seed });
    const ref = { hash: await payload.putJson(tasks), size: tasks.length };
    const lookWith = async (skills: readonly SkillFolder[]) => {
      const onWarning = (message: string) => store.warnings.add(message);
      const subject = { program: await payload.putProgram(skills), suite, tasks: ref, onWarning };
      const looked = await lookAt(executor, subject);
      return { ...looked, looks: await noteLook(store, ref, looked.look) };
    };
    const other = options.against === undefined ? null : await lookWith(options.against);
    const { look, looks, failures, keys, values } = await lookWith(program);
    const answers = await ledger.answers(keys, Answer);
    const used = shareOfUse(
      program,
      keys.flatMap((key) => answers.get(key) ?? []),
    );
    const findings = [...(options.agent.inspect?.(program) ?? [])];
    const against = other === null ? null : { ...other.look, ...pairScores(values, other.values) };
    return { ...look, suite, looks, used, findings, failures, against };
  } finally {
    await close();
  }
}

/** Runs the start program and the best on the test split, once a program: outside the budget, every look noted. */
export async function lookAtTest(
  session: Session,
  record: RunRecord,
  { control, tell }: { control: RolloutOptions["control"]; tell(event: RunEvent): void },
): Promise<RunRecord> {
  const { test } = record.input.suites;
  const state = await stateOf(session.runs, record.thread);
  if (test.size === 0 || state === undefined) return record;
  const wanted = [...new Set([record.input.start, state.head])];
  const looks: Look[] = [];
  for (const program of wanted.filter((hash) => !record.looks.some((look) => look.program === hash))) {
    const { generation } = state;
    const onRollout: RolloutOptions["onRollout"] = (row, paid) =>
      rolloutEvents(row, { generation, suite: "test", paid }).forEach(tell);
    const onWarning = (message: string) => tell({ type: "rollout-warned", generation, suite: "test", message });
    const subject = { program, suite: "test" as const, tasks: test, control, onRollout, onWarning };
    const { look } = await lookAt(session.executor, subject);
    await noteLook(session.runs.store, test, look);
    looks.push(look);
  }
  return { ...record, looks: [...record.looks, ...looks] };
}

/** Where looks at these tasks are noted, by runs and by evaluations alike. */
export function looksSpace(tasks: SuiteRef): string {
  return evaluationSpace(evaluationsFamily, hashJson(tasks));
}

/** Records one more evaluation of these tasks; returns how many there are now. */
async function noteLook(store: RecordStore, tasks: SuiteRef, look: Look): Promise<number> {
  const space = looksSpace(tasks);
  await store.commit([{ space, put: { [`look/${look.at}/${randomUUID()}`]: JSON.stringify(look) } }]);
  return (await store.list(space, under("look/"))).length;
}

interface Subject extends RolloutOptions {
  program: Hash;
  suite: SuiteName;
  tasks: SuiteRef;
}

async function lookAt(executor: Executor, { program, suite, tasks, ...options }: Subject) {
  const indices = Array.from({ length: tasks.size }, (_, index) => index);
  const { rows } = await executor.roll({ program, suite, tasks, indices, samples: 1 }, options);
  const values = rows.map(({ score }) => score?.value ?? null);
  const look: Look = {
    program,
    tasks: rows.length,
    score: meanScore(values),
    objectives: objectivesOf(rows),
    missing: rows.filter(({ status }) => status === "missing").length,
    at: new Date().toISOString(),
  };
  const failures = rows.flatMap(({ task, score, reason }) =>
    score?.value === 1 ? [] : [{ task, feedback: score?.detail ?? score?.feedback ?? `missing: ${reason}` }],
  );
  return { look, values, failures, keys: rows.flatMap(({ key, status }) => (status === "answered" ? [key] : [])) };
}

function objectivesOf(rows: readonly RolloutRow[]): Means {
  const { [mainObjective]: _, ...others } = meansOf(columnOf(resultsOf(rows)));
  return others;
}

function shareOfUse(program: readonly SkillFolder[], answers: readonly Answer[]): Record<string, number> {
  const share = (name: string) =>
    answers.filter(({ used }) => used.includes(name)).length / Math.max(answers.length, 1);
  return Object.fromEntries(program.map(({ name }) => [name, share(name)]));
}
