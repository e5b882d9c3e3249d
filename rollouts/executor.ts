import { setMaxListeners } from "node:events";
import { GraphDrained } from "@langchain/langgraph";
import type { Visibility } from "../policies/visibility.ts";
import type { TaskAgent } from "../agents/agent.ts";
import type { SuiteRef } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { TaskList, type RolloutRow, type RolloutSet, type SuiteName, type Task } from "../state/task.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { createPerformer, type Performer } from "./perform.ts";
import type { RolledOut } from "./roll-out.ts";
import { refuseSilence } from "./silence.ts";
import { createSlots, type Slot } from "./slots.ts";
import { traceRollout } from "./tracing.ts";
import { createViews, type View } from "./views.ts";
import { inOrder, rankOf, samplesOf, type Wanted } from "./wanted.ts";

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
  /** At the end of the run. */
  close(): Promise<void>;
}

export interface ExecutorNeeds {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
  payload: Payload;
  /** Rollouts under way at a time. */
  concurrency: number;
  /** Which skills the agent sees; without it, all. */
  visibility?: Visibility | undefined;
  /** Of what it draws; 0 by default. */
  seed?: number;
  /** Whether rows say which share of the steps had no effect. */
  countsSteps?: boolean;
}

/** Rollouts in a plain pool of this process. */
export function createLocalPool(needs: ExecutorNeeds): Executor {
  return createExecutor(needs, createPerformer(needs));
}

/** Rollouts that a performer does, wherever that is. */
export function createExecutor(
  { agent, verifier, ledger, payload, concurrency, ...seeing }: ExecutorNeeds,
  { perform, inFlight, close }: Performer,
): Executor {
  const slots = createSlots(concurrency);
  const viewOf = createViews({ payload, visibility: seeing.visibility, seed: seeing.seed ?? 0 });

  return {
    inFlight,
    close,
    async roll({ program, suite, tasks: ref, indices, missedBefore = [], ...sampling }, options) {
      const { control, signal = new AbortController().signal, onRollout, onWarning, generation } = options;
      setMaxListeners(0, signal);
      const tasks = await payload.json(ref.hash, TaskList);
      const { at, visible } = await viewOf(program, suite, tasks);
      const failures: unknown[] = [];

      const isOver = () => signal.aborted || control?.drainRequested === true || failures.length > 0;
      const watch = { signal, isOver, tell: onWarning ?? (() => undefined) };
      const wanted = samplesOf(indices, sampling);

      /** Nothing is launched after a drain, an abort or a failure; what is in flight comes to its end all the same. */
      async function launch({ index, sample }: Wanted, slot: Slot): Promise<RolledOut | null> {
        if (isOver()) return null;
        try {
          const task = taskAt(tasks, index, suite);
          const place = { generation, suite, task: task.id, sample };
          const view = at(index);
          const piece = { program, view, suite, tasks: ref.hash, index, task, sample };
          const done = seenIn(view, await traceRollout(place, () => perform(piece, { ...watch, slot })));
          const rolledOut = seeing.countsSteps === true ? withSteps(done) : done;
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
      const tokens = ended.reduce((sum, each) => sum + each.tokens, 0);
      return { program, visible, suite, rows, tokens };
    },
  };
}

/** The rollout with what was visible in it, where that was not all that is of the program. */
function seenIn({ names }: View, rolledOut: RolledOut): RolledOut {
  return names === undefined ? rolledOut : { ...rolledOut, row: { ...rolledOut.row, visible: names } };
}

/** The rollout with its steps without effect in its row, where there is an answer. */
function withSteps(rolledOut: RolledOut): RolledOut {
  const { row, idle } = rolledOut;
  return row.status === "missing" ? rolledOut : { ...rolledOut, row: { ...row, idle } };
}

function taskAt(tasks: readonly Task[], index: number, suite: SuiteName): Task {
  const task = tasks[index];
  if (task === undefined)
    throw new StateError(`The ${suite} suite has ${tasks.length} tasks; there is no task at ${index}.`);
  return task;
}
