import { withCalls } from "../models/calls.ts";
import type { TaskAgent } from "../agents/agent.ts";
import { usableAnswer } from "../agents/usable-answer.ts";
import { reasonOf } from "../skills/shorten.ts";
import { CallError, PartError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import { Answer, questionOf, Score, type RolloutRow, type SuiteName, type Task } from "../state/task.ts";
import { tokensIn } from "../state/usage.ts";
import { heldReason } from "../stores/ledger/attempts.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { blotJson, createBlotter, type Blot } from "../stores/secrets.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { countCalls } from "./counted-agent.ts";
import { rolloutKey } from "./rollout-key.ts";
import type { Outcome } from "./silence.ts";
import type { View } from "./views.ts";

/** One sample of a task of a suite, by its index there, with a program. */
interface Piece {
  program: Hash;
  /** What the agent sees of it. */
  view: View;
  suite: SuiteName;
  /** The suite's tasks in the payload. */
  tasks: Hash;
  index: number;
  task: Task;
  sample: number;
}

/** What the work around a rollout says to it, and hears of it. */
interface Watch {
  /** Passed to the agent, which gives up when it fires. */
  signal: AbortSignal;
  /** Whether nothing more is to be started. */
  isOver(): boolean;
  tell(message: string): void;
}

/** Does rollouts. Errors that end the work are thrown; an attempt that had not begun when it was over is an AbortError. */
export interface Performer {
  perform(piece: Piece, watch: Watch): Promise<RolledOut>;
  /** Rollouts whose agents are at work. */
  inFlight(): number;
  /** Lets go of what it needed for them, once there are no more. */
  close(): Promise<void>;
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
}

/** Rollouts in this process. */
export function createPerformer({ agent: given, verifier, ledger }: Needs): Performer {
  const blot = createBlotter();
  const { agent, inFlight } = countCalls(given);
  const { isEmbedded = false } = given;
  return {
    inFlight,
    close: async () => undefined,
    perform: (piece, watch) => rollOut({ agent, isEmbedded, verifier, blot, ledger, ...piece, ...watch }),
  };
}

interface Rolling extends Needs, Piece, Watch {
  isEmbedded: boolean;
  /** For what a verifier says of its own. */
  blot: Blot;
}

/** Agents whose costs were warned of. */
const warned = new WeakSet<TaskAgent>();

/** One task, answered and judged; `paid` is false for an answer the ledger had. `tokens` are those of its answers. */
export interface RolledOut extends Outcome {
  paid: boolean;
  tokens: number;
}

async function rollOut(rolling: Rolling): Promise<RolledOut> {
  const { agent, isEmbedded, isOver, ledger, signal, view, suite, task, sample, tell } = rolling;
  const { saw, skills } = view;
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
  const place = { task: task.id, sample, key: outcome.key };
  const { paid } = outcome;
  if (outcome.status === "missing") {
    const row: RolloutRow = { ...place, status: "missing", reason: outcome.reason, score: null };
    const silent = outcome.reason === heldReason ? null : "agent";
    return { row, silent, failures: [outcome.key], paid, tokens: 0 };
  }
  const { tokens, failures, ...judged } = await judge(rolling, outcome.answer);
  const silent = judged.status === "missing" ? "verifier" : null;
  return { row: { ...place, ...judged }, silent, failures, paid, tokens: tokensIn(outcome.answer.cost) + tokens };
}

/** What a verifier pays for, such as a judge's call, goes through the ledger too; where it fails, nothing is known. */
async function judge(
  { verifier, blot, ledger, signal, task, sample, tell }: Rolling,
  answer: Answer,
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
