import { setMaxListeners } from "node:events";
import { GraphDrained } from "@langchain/langgraph";
import pLimit from "p-limit";
import type { Visibility } from "../policies/visibility.ts";
import { reasonOf } from "../skills/shorten.ts";
import type { TaskAgent } from "../agents/agent.ts";
import { usableAnswer } from "../agents/usable-answer.ts";
import type { SuiteRef } from "../state/channels.ts";
import { CallError, PartError, StateError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import {
  Answer,
  questionOf,
  Score,
  TaskList,
  type RolloutRow,
  type RolloutSet,
  type SuiteName,
  type Task,
} from "../state/task.ts";
import { tokensIn } from "../state/usage.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { heldReason } from "../stores/ledger/attempts.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { blotJson, createBlotter, type Blot } from "../stores/secrets.ts";
import { countCalls } from "./counted-agent.ts";
import { rolloutKey } from "./rollout-key.ts";
import { refuseSilence, type Outcome } from "./silence.ts";
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
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
  payload: Payload;
  concurrency: number;
  /** Which skills the agent sees; without it, all. */
  visibility?: Visibility | undefined;
  /** Of what it draws; 0 by default. */
  seed?: number;
}

/** Rollouts in a plain pool of this process. */
export function createLocalPool({ agent: given, verifier, ledger, payload, concurrency, ...seeing }: Needs): Executor {
  const limit = pLimit(concurrency);
  const viewOf = createViews({ payload, visibility: seeing.visibility, seed: seeing.seed ?? 0 });
  const blot = createBlotter();
  const { agent, inFlight } = countCalls(given);
  const { isEmbedded = false } = given;

  return {
    inFlight,
    async roll({ program, suite, tasks: ref, indices, missedBefore = [], ...sampling }, options) {
      const { control, signal = new AbortController().signal, onRollout, onWarning, generation } = options;
      setMaxListeners(0, signal);
      const tasks = await payload.json(ref.hash, TaskList);
      const { at, visible } = await viewOf(program, suite, tasks);
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
        suite,
        tell,
      };
      const wanted = samplesOf(indices, sampling);

      /** Nothing is launched after a drain, an abort or a failure; what is in flight comes to its end all the same. */
      async function launch({ index, sample }: Wanted): Promise<RolledOut | null> {
        if (failures.length > 0 || isOver()) return null;
        try {
          const task = taskAt(tasks, index, suite);
          const place = { generation, suite, task: task.id, sample };
          const rolledOut = await traceRollout(place, () => rollOut(rolling, { task, sample, view: at(index) }));
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
        launch: (one) => limit(launch, one),
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

interface Rolling {
  agent: TaskAgent;
  isEmbedded: boolean;
  /** Whether nothing more is to be started. */
  isOver(): boolean;
  verifier: Verifier;
  /** For what a verifier says of its own. */
  blot: Blot;
  ledger: Ledger;
  signal: AbortSignal;
  suite: SuiteName;
  tell(message: string): void;
}

/** One rollout, and what the agent sees in it. */
interface Rollable {
  task: Task;
  sample: number;
  view: View;
}

/** Agents whose costs were warned of. */
const warned = new WeakSet<TaskAgent>();

/** One task, answered and judged; `paid` is false for an answer the ledger had. `tokens` are those of its answers. */
interface RolledOut extends Outcome {
  paid: boolean;
  tokens: number;
}

async function rollOut(rolling: Rolling, { task, sample, view }: Rollable): Promise<RolledOut> {
  const { agent, isEmbedded, isOver, ledger, signal, suite, tell } = rolling;
  const { saw, skills, names: visible } = view;
  const question = questionOf(task);
  const { fingerprint, bound } = agent;
  const role = "agent" as const;
  const key = rolloutKey({ fingerprint, saw, question, sample });
  const work = {
    name: () => ({ rollout: key }),
    ledger,
    signal,
    role,
    isCovered: bound !== undefined,
    isRetried: true,
    tell,
  };
  let calls = 0;
  let isEstimated = false;
  const answer = async () => {
    const done = await withCalls(work, () => agent.answer(question, skills, { sample, signal }));
    ({ calls } = done);
    const given = calls === 0 ? done.value : { ...done.value, cost: done.cost };
    const { answer: usable, problem } = usableAnswer(given);
    if (problem !== undefined && !warned.has(agent)) {
      warned.add(agent);
      tell(`The cost of an answer of ${fingerprint} cannot be used (${problem}): what is missing counts as 0.`);
    }
    isEstimated = problem !== undefined;
    return usable;
  };
  const watched = {
    terms: { role, bound },
    costOf: ({ cost }: Answer) => (calls === 0 ? { ...cost, isEstimated } : null),
    attempts: { suite, task: task.id },
    isOver,
  };
  const outcome = await ledger.once({ ...key, ...(isEmbedded ? {} : watched) }, answer, Answer);
  const seen = visible === undefined ? {} : { visible };
  const place = { task: task.id, sample, key: outcome.key, ...seen };
  const { paid } = outcome;
  if (outcome.status === "missing") {
    const row: RolloutRow = { ...place, status: "missing", reason: outcome.reason, score: null };
    const silent = outcome.reason === heldReason ? null : "agent";
    return { row, silent, failures: [outcome.key], paid, tokens: 0 };
  }
  const { tokens, failures, ...judged } = await judge({ ...rolling, sample }, outcome.answer, task);
  const silent = judged.status === "missing" ? "verifier" : null;
  return { row: { ...place, ...judged }, silent, failures, paid, tokens: tokensIn(outcome.answer.cost) + tokens };
}

/** What a verifier pays for, such as a judge's call, goes through the ledger too; where it fails, nothing is known. */
async function judge(
  { verifier, blot, ledger, signal, sample, tell }: Rolling & { sample: number },
  answer: Answer,
  task: Task,
): Promise<Pick<RolloutRow, "status" | "reason" | "score"> & { tokens: number; failures: Hash[] }> {
  const name = () => ({ judged: hashJson(task), answer: hashJson(answer.text), sample });
  try {
    const work = { name, ledger, signal, role: "verifier" as const, tell };
    const { value, cost } = await withCalls(work, () => scoreOf(verifier, answer, task));
    return { status: "answered", score: blotJson(value, blot), tokens: tokensIn(cost), failures: [] };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const failures = error.key === undefined ? [] : [error.key];
    return {
      status: "missing",
      reason: blot(`not judged: ${reasonOf(error)}`),
      score: null,
      tokens: 0,
      failures,
    };
  }
}

/** A score outside 0..1 would make the accept gate wrong, so a verifier is held to its contract. */
async function scoreOf(verifier: Verifier, answer: Answer, task: Task): Promise<Score> {
  const score = Score.safeParse(await verifier.score(answer, task));
  if (score.success) return score.data;
  const [issue] = score.error.issues;
  throw new PartError(
    `Verifier ${verifier.fingerprint} returned no valid score for task "${task.id}": ${issue?.path.join(".")}: ${issue?.message}. A score has ` +
      "a value in 0..1, objectives (an object of numbers) and feedback (a string).",
  );
}

function taskAt(tasks: readonly Task[], index: number, suite: SuiteName): Task {
  const task = tasks[index];
  if (task === undefined)
    throw new StateError(`The ${suite} suite has ${tasks.length} tasks; there is no task at ${index}.`);
  return task;
}
