import { setMaxListeners } from "node:events";
import type { AIMessage } from "@langchain/core/messages";
import { draw } from "../state/draw.ts";
import { CallError, ProviderError, SkillgraphError } from "../state/errors.ts";
import { hostErrorOf } from "../state/host-fault.ts";
import { hashJson, type Json } from "../state/json.ts";
import { tell } from "./calls.ts";
import { FaultyReply, faultOf, type Fault, type FaultKind } from "./faults.ts";
import type { Limits } from "./limits.ts";
import type { Timer } from "./timer.ts";
import { trickle } from "./trickle.ts";
import { usageIn } from "./replies/reply.ts";
import { checkUsable } from "./replies/usable.ts";

/** What a model was asked so far in this process, and what went wrong on the way. */
export interface CallCounts {
  calls: number;
  /** At least one a call. */
  attempts: number;
  /** Milliseconds that calls waited before they tried again, summed over calls that waited side by side. */
  waited: number;
  /** Attempts that went wrong, by kind. */
  faults: Partial<Record<FaultKind, number>>;
}

export interface AttemptNeeds {
  /** Names the model in errors. */
  model: string;
  /** Where it is asked, where that is known. */
  address: string | null;
  /** Attempts a call has. Being turned away by a rate limit is none. */
  attempts: number;
  /** Milliseconds an attempt may take. */
  timeLimit: number;
  /** Milliseconds that a call waits for rate limits, all in all. */
  patience: number;
  limits: Limits;
  timer: Timer;
}

export interface Attempts {
  counts(): CallCounts;
  /**
   * One call with all its attempts, in which `sends` is what it sends to the model. Throws a CallError where this call comes to
   * nothing, a ProviderError where no call would be answered, and an AbortError as soon as the signal fires.
   */
  make(ask: (signal: AbortSignal) => Promise<AIMessage>, signal: AbortSignal, sends: Json): Promise<AIMessage>;
}

/** The first wait, doubled each time up to the longest, each drawn between half and all of it. Milliseconds. */
const [firstWait, longestWait] = [500, 30_000];

/** Waits from this length on are reported to whoever follows the run. */
const longWait = 15_000;

export function createAttempts(needs: AttemptNeeds): Attempts {
  const { limits, timer } = needs;
  const counts: CallCounts = { calls: 0, attempts: 0, waited: 0, faults: {} };
  let saidUntil = -Infinity;

  async function attempt(
    ask: (signal: AbortSignal) => Promise<AIMessage>,
    signal: AbortSignal,
    tokens: number,
  ): Promise<AIMessage> {
    const leave = await limits.enter(tokens, signal);
    counts.attempts += 1;
    let used: number | undefined;
    try {
      const message = await within(needs, ask, signal);
      const { input, output } = usageIn(message);
      if (input !== undefined && output !== undefined) used = input + output;
      checkUsable(message);
      return message;
    } finally {
      leave(used);
    }
  }

  return {
    counts: () => ({ ...counts, faults: { ...counts.faults } }),
    async make(ask, signal, sends) {
      setMaxListeners(0, signal);
      counts.calls += 1;
      const tokens = tokensIn(sends);
      const series: Fault[] = [];
      let patience = needs.patience;
      for (;;) {
        refuseAborted(signal);
        try {
          return await attempt(ask, signal, tokens).then(trickle);
        } catch (error) {
          refuseAborted(signal);
          const hosts = hostErrorOf(error, { doing: "open a connection", place: needs.address ?? needs.model });
          if (hosts !== undefined) throw hosts;
          if (error instanceof SkillgraphError) throw error;
          series.push(faultOf(error, timer.date()));
        }
        const fault = series.at(-1) as Fault;
        counts.faults[fault.kind] = (counts.faults[fault.kind] ?? 0) + 1;
        const wait = Math.max(fault.wait ?? 0, backoff(sends, series.length));
        if (fault.kind === "rate-limit") patience -= wait;
        refuseHopeless(needs, series, patience);
        if (fault.wait !== undefined) limits.hold(fault.wait);
        counts.waited += wait;
        // Calls side by side are made to wait together, which is said once.
        if (fault.wait !== undefined && wait >= longWait && timer.now() + wait > saidUntil + longWait) {
          saidUntil = timer.now() + wait;
          tell(
            `The server of model ${needs.model} asked to wait; retrying in ${Math.ceil(wait / 1000)} seconds. ${fault.message}`,
          );
        }
        await timer.wait(wait, signal);
      }
    },
  };
}

/** The attempt, for as long as it may take. Clients that go on after the signal are not waited for. */
async function within(
  { timer, timeLimit }: AttemptNeeds,
  ask: (signal: AbortSignal) => Promise<AIMessage>,
  signal: AbortSignal,
): Promise<AIMessage> {
  const end = new AbortController();
  const stop = () => end.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const isLate = () => end.abort(new FaultyReply("time-out", `Timed out after ${timeLimit / 1000} seconds.`));
  const callOff = timer.after(timeLimit, isLate);
  try {
    return await new Promise<AIMessage>((resolve, reject) => {
      end.signal.addEventListener("abort", () => reject(end.signal.reason as Error), { once: true });
      ask(end.signal).then(resolve, reject);
    });
  } finally {
    callOff();
    signal.removeEventListener("abort", stop);
  }
}

/** Throws where a call is not to be tried again. */
function refuseHopeless({ model, address, attempts, ...needs }: AttemptNeeds, series: Fault[], patience: number): void {
  const { next, status, message, wait = 0, kind } = series.at(-1) as Fault;
  const provider = (problem: string) =>
    new ProviderError(`Model ${model}${address === null ? "" : ` at ${address}`} ${problem} Then resume the run.`, {
      status,
    });
  if (next === "pause") throw provider(`is not available. ${message}`);
  if (wait > needs.patience)
    throw provider(`is not available: its server asks to wait ${minutes(wait)} (${message}). Wait that long.`);
  if (next === "fail") throw new CallError(`The call to model ${model} failed. ${message}`, { status });

  const tried = series.filter((fault) => fault.kind !== "rate-limit").length;
  if (kind === "rate-limit" ? patience >= 0 : tried < attempts) return;
  if (series.every((fault) => fault.next === "unreachable"))
    throw provider(
      `is not available after ${attempted(series.length)}. ${message} Start the server, or correct its address.`,
    );
  throw new CallError(`The call to model ${model} failed after ${attempted(series.length)}. Last error: ${message}`, {
    status,
  });
}

const attempted = (count: number) => `${count} ${count === 1 ? "attempt" : "attempts"}`;

function minutes(wait: number): string {
  const count = Math.ceil(wait / 60_000);
  return count < 120 ? `${count} minutes` : `${Math.ceil(count / 60)} hours`;
}

function backoff(sends: Json, count: number): number {
  const whole = Math.min(longestWait, firstWait * 2 ** (count - 1));
  return whole * (0.5 + draw(0, 0, `wait/${hashJson(sends)}`, count) / 2);
}

/** By the rule of thumb of four characters a token, which is good enough: the usage of the reply corrects it. */
const tokensIn = (sends: Json) => Math.ceil(JSON.stringify(sends).length / 4);

/** The ledger knows the end of the work by this name; reasons of signals may have any. */
function refuseAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw Object.assign(new Error("The run was aborted.", { cause: signal.reason }), { name: "AbortError" });
}
