import { GraphDrained } from "@langchain/langgraph";
import pLimit from "p-limit";
import type { TaskAgent } from "../agents/agent.ts";
import { programHash } from "../skills/folder.ts";
import type { SuiteRef } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import {
  Answer,
  questionOf,
  TaskList,
  type RolloutRow,
  type RolloutSet,
  type SuiteName,
  type Task,
} from "../state/task.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { Ledger } from "./ledger.ts";
import type { Payload } from "./payload.ts";

/** One program on some tasks of a suite, by index. */
export interface RolloutRequest {
  program: Hash;
  suite: SuiteName;
  tasks: SuiteRef;
  indices: readonly number[];
  sample: number;
}

export interface RolloutOptions {
  /** Where a drain was requested, nothing more is started, what is in flight is waited for, and GraphDrained is thrown. */
  control?: { drainRequested: boolean; drainReason?: string | undefined } | undefined;
  /** Called as results come in, in no particular order. `paid` is false for an answer the ledger had. */
  onRollout?: ((row: RolloutRow, paid: boolean) => void) | undefined;
}

/**
 * The one place where tasks are executed. Rows come back in the order asked for, whatever the concurrency. Every answer
 * goes through the ledger; an agent that throws makes its rollout missing, with the reason.
 */
export interface Executor {
  roll(request: RolloutRequest, options: RolloutOptions): Promise<RolloutSet>;
  /** Agent calls under way. */
  inFlight(): number;
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
  payload: Payload;
  concurrency: number;
}

/** Rollouts in a plain pool of this process. */
export function createLocalPool(needs: Needs): Executor {
  const { verifier, payload, concurrency } = needs;
  const limit = pLimit(concurrency);
  const signal = new AbortController().signal;

  return {
    inFlight: () => limit.activeCount,
    async roll({ program, suite, tasks: ref, indices, sample }, { control, onRollout }) {
      const tasks = await payload.json(ref.hash, TaskList);
      const skills = await payload.program(program);
      const visible = Object.fromEntries(skills.map((skill) => [skill.name, skill.hash]));
      const rollOne = async (task: Task): Promise<RolloutRow | null> => {
        if (control?.drainRequested === true) return null;
        const question = questionOf(task);
        const key = {
          kind: "rollout",
          fingerprint: needs.agent.fingerprint,
          saw: programHash(skills),
          question: hashJson(question),
          sample,
        };
        const outcome = await needs.ledger.once(
          key,
          () => needs.agent.answer(question, skills, { sample, signal }),
          Answer,
        );
        const place = { task: task.id, sample, key: outcome.key };
        const row: RolloutRow =
          outcome.status === "missing"
            ? { ...place, status: "missing", reason: outcome.reason, score: null }
            : { ...place, status: "answered", score: await verifier.score(outcome.answer, task) };
        onRollout?.(row, outcome.paid);
        return row;
      };
      const rows = await Promise.all(indices.map((index) => limit(() => rollOne(taskAt(tasks, index, suite)))));
      if (rows.includes(null)) throw new GraphDrained(control?.drainReason ?? "paused");
      return { program, visible, suite, rows: rows.filter((row) => row !== null) };
    },
  };
}

function taskAt(tasks: readonly Task[], index: number, suite: SuiteName): Task {
  const task = tasks[index];
  if (task === undefined)
    throw new StateError(`The ${suite} suite has ${tasks.length} tasks; there is no task at ${index}.`);
  return task;
}
