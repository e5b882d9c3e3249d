import { usableAnswer } from "../agents/usable-answer.ts";
import type { TaskAgent } from "../agents/agent.ts";
import { withCalls } from "../models/calls.ts";
import { idleShare } from "../policies/rewards/steps.ts";
import { reasonOf } from "../skills/shorten.ts";
import { CallError, PartError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import { Answer, questionOf, Score, type RolloutRow, type SuiteName, type Task } from "../state/task.ts";
import { tokensIn } from "../state/usage.ts";
import { heldReason } from "../stores/ledger/attempts.ts";
import type { Ledger, LedgerOutcome } from "../stores/ledger/ledger.ts";
import { blotJson, type Blot } from "../stores/secrets.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { rolloutKey } from "./rollout-key.ts";
import type { Outcome } from "./silence.ts";
import type { Slot } from "./slots.ts";
import type { View } from "./views.ts";
import { createWrites, type Writes } from "./writes.ts";

/** One sample of a task of a suite, by its index there, with a program. */
export interface Piece {
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
export interface Watch {
  /** Passed to the agent, which gives up when it fires. */
  signal: AbortSignal;
  /** Whether nothing more is to be started. */
  isOver(): boolean;
  slot: Slot;
  tell(message: string): void;
}

interface Rolling extends Piece, Watch {
  agent: TaskAgent;
  isEmbedded: boolean;
  verifier: Verifier;
  /** For what a verifier says of its own. */
  blot: Blot;
  ledger: Ledger;
}

/** Agents whose costs were warned of. */
const warned = new WeakSet<TaskAgent>();

/**
 * One task, answered and judged; `paid` is false for an answer the ledger had. `tokens` are those of its answers, `idle` is the share of its steps without
 * effect, in 0..1.
 */
export interface RolledOut extends Outcome {
  paid: boolean;
  tokens: number;
  idle: number;
}

export async function rollOut(rolling: Rolling): Promise<RolledOut> {
  const { slot } = rolling;
  const writes = createWrites();
  try {
    const { outcome, stored } = await askAgent(rolling, writes);
    const rolledOut = await judged(rolling, outcome, writes);
    const written = writes.done();
    slot.pass(written);
    await written;
    const last = await stored;
    if (last === outcome) return rolledOut;
    // Another process was first with another answer: that one counts.
    const other = await judged(rolling, last, writes);
    await writes.done();
    return other;
  } catch (error) {
    await writes.settled();
    throw error;
  }
}

/** The agent's answer, and the same once it is stored. */
async function askAgent(rolling: Rolling, writes: Writes) {
  const { agent, isEmbedded, isOver, ledger, signal, view, suite, task, sample, tell, slot } = rolling;
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
    storing: writes.add,
  };
  let calls = 0;
  let isEstimated = false;
  const pay = async () => {
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
  let stored: Promise<LedgerOutcome<Answer>> | undefined;
  const storing = (given: Promise<LedgerOutcome<Answer>>) => {
    stored = given;
    writes.add(given);
  };
  const call = { ...key, ...(isEmbedded ? {} : watched), before: () => slot.before, storing };
  const outcome = await ledger.once(call, pay, Answer);
  return { outcome, stored: stored ?? outcome };
}

/** The rollout that an answer makes. */
async function judged(rolling: Rolling, outcome: LedgerOutcome<Answer>, writes: Writes): Promise<RolledOut> {
  const { task, sample } = rolling;
  const place = { task: task.id, sample, key: outcome.key };
  const { paid } = outcome;
  if (outcome.status === "missing") {
    const row: RolloutRow = { ...place, status: "missing", reason: outcome.reason, score: null };
    const silent = outcome.reason === heldReason ? null : "agent";
    return { row, silent, failures: [outcome.key], paid, tokens: 0, idle: 0 };
  }
  const { tokens, failures, ...score } = await judge(rolling, outcome.answer, writes);
  const silent = score.status === "missing" ? "verifier" : null;
  const { cost, trace } = outcome.answer;
  const counts = { tokens: tokensIn(cost) + tokens, idle: idleShare(trace) };
  return { row: { ...place, ...score }, silent, failures, paid, ...counts };
}

/** What a verifier pays for, such as a judge's call, goes through the ledger too; where it fails, nothing is known. */
async function judge(
  { verifier, blot, ledger, signal, task, sample, tell }: Rolling,
  answer: Answer,
  writes: Writes,
): Promise<Pick<RolloutRow, "status" | "reason" | "score"> & { tokens: number; failures: Hash[] }> {
  const name = () => ({ judged: hashJson(task), answer: hashJson(answer.text), sample });
  try {
    const work = { name, ledger, signal, role: "verifier" as const, tell, before: writes.done };
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
