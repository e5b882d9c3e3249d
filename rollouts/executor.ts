import { setMaxListeners } from "node:events";
import { GraphDrained } from "@langchain/langgraph";
import type { TaskAgent } from "../agents/agent.ts";
import type { SuiteRef } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import { questionOf, TaskList, type RolloutRow, type RolloutSet, type SuiteName, type Task } from "../state/task.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { createBlotter } from "../stores/secrets.ts";
import { countCalls } from "./counted-agent.ts";
import { rollOut, type RolledOut } from "./roll-out.ts";
import { refuseSilence } from "./silence.ts";
import { createSlots, type Slot } from "./slots.ts";
import { traceRollout } from "./tracing.ts";

/** One program on some tasks of a suite, by index. */
export interface RolloutRequest {
  program: Hash;
  suite: SuiteName;
  tasks: SuiteRef;
  indices: readonly number[];
  /** How many times each task is run: the rows of a task follow each other. */
  samples: number;
  /** The number of the first of these samples, by default 0: a sample is asked for once. */
  firstSample?: number;
  /** Those of the indices that were missing before, for this program or another: that they are again is not the agent's silence. */
  missedBefore?: readonly number[];
}

export interface RolloutOptions {
  /** Where a drain was requested, nothing more is started, what is in flight is waited for, and GraphDrained is thrown. */
  control?: { drainRequested: boolean; drainReason?: string | undefined } | undefined;
  /** Passed to the agent, which gives up when it fires. */
  signal?: AbortSignal | undefined;
  /** Called as results come in, in no particular order. `paid` is false for an answer the ledger had. */
  onRollout?: ((row: RolloutRow, paid: boolean) => void) | undefined;
  /** Takes what whoever follows the rollouts should know, such as that a model makes them wait. */
  onWarning?: ((message: string) => void) | undefined;
  /** The generation that asks, for traces. */
  generation?: number | undefined;
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
export function createLocalPool({ agent: given, verifier, ledger, payload, concurrency }: Needs): Executor {
  const slots = createSlots(concurrency);
  const blot = createBlotter();
  const { agent, inFlight } = countCalls(given);
  const { isEmbedded = false } = given;

  return {
    inFlight,
    async roll({ program, suite, tasks: ref, indices, missedBefore = [], ...sampling }, options) {
      const { control, signal = new AbortController().signal, onRollout, onWarning, generation } = options;
      setMaxListeners(0, signal);
      const tasks = await payload.json(ref.hash, TaskList);
      const skills = await payload.program(program);
      const visible = Object.fromEntries(skills.map((skill) => [skill.name, skill.hash]));
      const failures: unknown[] = [];

      const tell = onWarning ?? (() => undefined);
      const isOver = () => signal.aborted || control?.drainRequested === true;
      const rolling = {
        agent,
        isEmbedded,
        isOver,
        verifier,
        blot,
        ledger,
        signal,
        program,
        skills,
        suite,
        tell,
      };
      const wanted = samplesOf(indices, sampling);

      /** Nothing is launched after a drain, an abort or a failure; what is in flight comes to its end all the same. */
      async function launch({ index, sample }: Wanted, slot: Slot): Promise<RolledOut | null> {
        if (failures.length > 0 || isOver()) return null;
        try {
          const task = taskAt(tasks, index, suite);
          const place = { generation, suite, task: task.id, sample };
          const rolledOut = await traceRollout(place, () => rollOut({ ...rolling, slot }, task, sample));
          onRollout?.(rolledOut.row, rolledOut.paid);
          return rolledOut;
        } catch (error) {
          // An attempt that had not begun is none.
          const isDrained = control?.drainRequested === true && (error as Error).name === "AbortError";
          if (!isDrained || signal.aborted) failures.push(error);
          return null;
        }
      }

      const launched = await inOrder(wanted, {
        rank: ({ index }) => rankOf(ledger, tasks[index]),
        launch: (one) => slots.run((slot) => launch(one, slot)),
      });
      if (failures.length > 0) throw failures[0];
      signal.throwIfAborted();
      const ended = launched.filter((rolledOut) => rolledOut !== null);
      const rows = ended.map(({ row }) => row);
      if (rows.length < wanted.length) throw new GraphDrained(control?.drainReason ?? "paused");
      const first = ended.filter((_, place) => !missedBefore.includes((wanted[place] as Wanted).index));
      await refuseSilence(first, { agent, verifier, ledger });
      return { program, visible, suite, rows, tokens: ended.reduce((sum, { tokens }) => sum + tokens, 0) };
    },
  };
}

/** A sample of a task, by its index. */
interface Wanted {
  index: number;
  sample: number;
}

/** All samples of a task after each other. */
function samplesOf(
  indices: readonly number[],
  { samples, firstSample = 0 }: Pick<RolloutRequest, "samples" | "firstSample">,
): Wanted[] {
  return indices.flatMap((index) => Array.from({ length: samples }, (_, at) => ({ index, sample: firstSample + at })));
}

/** What may have ended an earlier session goes last, so that it costs nothing but itself. Results are in the order given. */
async function inOrder<Result>(
  wanted: readonly Wanted[],
  { rank, launch }: { rank(one: Wanted): number; launch(one: Wanted): Promise<Result> },
): Promise<Result[]> {
  const ordered = [...wanted.entries()].map(([place, one]) => ({ place, one, rank: rank(one) }));
  const results: Array<Promise<Result>> = [];
  for (const { place, one } of ordered.toSorted((left, right) => left.rank - right.rank)) {
    results[place] = launch(one);
  }
  return Promise.all(results);
}

function rankOf(ledger: Ledger, task: Task | undefined): number {
  return task === undefined ? 0 : ledger.rank(hashJson(questionOf(task)));
}

function taskAt(tasks: readonly Task[], index: number, suite: SuiteName): Task {
  const task = tasks[index];
  if (task === undefined)
    throw new StateError(`The ${suite} suite has ${tasks.length} tasks; there is no task at ${index}.`);
  return task;
}
