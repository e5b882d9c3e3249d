import { AsyncLocalStorage } from "node:async_hooks";
import type { z } from "zod";
import { CallError, PartError } from "../state/errors.ts";
import { hashJson, type Hash, type Json } from "../state/json.ts";
import { noCost, type Cost } from "../state/task.ts";
import { sumCosts, type Role } from "../state/usage.ts";
import type { Charge } from "../stores/ledger/sheets.ts";
import { endsWork, type Ledger } from "../stores/ledger/ledger.ts";
import type { CommonLimits } from "../stores/limits/common-limits.ts";

/** One paid call inside a piece of work: what kind it is, who answers, all that one is sent, and how to make it. */
interface Call<Reply> {
  kind: string;
  fingerprint: string;
  sends: Json;
  schema: z.ZodType<Reply>;
  pay(signal: AbortSignal): Promise<Reply>;
  costOf(reply: Reply): Charge;
  /** The most it may cost: what a budget of the run reserves for it. */
  bound?: Cost | undefined;
  /** Names what is asked where nobody knows its price: under a budget in US dollars it is not asked. */
  unpriced?: string;
  /** US dollars of attempts that came to nothing, beside what it costs itself; for a budget. */
  wasted?(): number;
}

/**
 * The paid calls of one piece of work, such as a rollout or the study of a batch. Identical calls are distinguished by
 * how many came before them, so that the work, done again after a crash, finds what it has paid for.
 */
export interface Calls {
  readonly signal: AbortSignal;
  readonly cost: Cost;
  /** The stored reply, or else what is paid for now. Throws a CallError where the call failed, in this run for good. */
  once<Reply>(call: Call<Reply>): Promise<Reply>;
  /** Reports something to whoever follows the run, such as what is missing. */
  tell(message: string): void;
  /** Limits over all processes that work for runs of the store, where others do. */
  readonly limits?: CommonLimits | undefined;
}

const current = new AsyncLocalStorage<Calls>();

/** The calls of the work around: what an agent, analyst or verifier pays through. Throws outside of any work. */
export function currentCalls(): Calls {
  const calls = current.getStore();
  if (calls !== undefined) return calls;
  throw new PartError(
    "A journaled model was called outside of a rollout, a study or a judgement, so its answer could not be stored. " +
      "Outside of skillgraph call the original chat model.",
  );
}

/** What the calls of the work around cost so far, answered from the ledger or not; nothing outside of any work. */
export function costSoFar(): Cost {
  return current.getStore()?.cost ?? noCost;
}

/** The limits over all processes that the work around shares its store with; undefined where it is one. */
export function commonLimits(): CommonLimits | undefined {
  return current.getStore()?.limits;
}

/** Reports to whoever follows the run; outside of any work, as a warning of the process. */
export function tell(message: string): void {
  const calls = current.getStore();
  if (calls === undefined) process.emitWarning(message);
  else calls.tell(message);
}

export interface Work {
  /** Names the work among all of its family; the same work done again has the same name. Asked for at its first call. */
  name(): Json;
  ledger: Ledger;
  signal: AbortSignal;
  /** Who pays; without it nothing is entered into the run's account. */
  role?: Role;
  /** Whether a budget has reserved for the whole of the work, and so for its calls. */
  isCovered?: boolean;
  /**
   * Whether failed calls are made again when the work is done again after it threw: for work on whose failure nothing is
   * decided, or whose failure is kept by itself.
   */
  isRetried?: boolean;
  /** Receives what the work reports; without it reports are dropped. */
  tell?: (message: string) => void;
  /** Waited for before each payment. */
  before?: () => Promise<unknown>;
  /**
   * Takes over waiting until all replies are stored: the work's value then comes back before. The promise rejects with an error
   * that ends the work.
   */
  storing?: (stored: Promise<unknown>) => void;
}

/**
 * Does some work whose paid calls go through the ledger. `cost` adds up those that were answered, from the ledger or not;
 * `calls` counts them. A reply comes back while it is being stored; before the work pays again, and before it ends, it waits for that.
 * An error that ends the work (see `Ledger.once`) is thrown even where the work catches it: nothing may be concluded then. Where another
 * process's reply was stored first, the work is done again with that one; with `storing`, whoever waits compares.
 */
export async function withCalls<Value>(
  terms: Work,
  work: () => Promise<Value> | Value,
): Promise<{ value: Value; cost: Cost; calls: number }> {
  const { name, ledger, signal, role, isCovered = false, isRetried = false, tell: listen = () => {} } = terms;
  const { before, storing } = terms;
  let question: Hash | undefined;
  const made = new Map<string, number>();
  const failed: Hash[] = [];
  let cost = noCost;
  let answered = 0;
  const replies = createReplies();

  const calls: Calls = {
    signal,
    get cost() {
      return cost;
    },
    tell: listen,
    limits: ledger.limits,
    async once({ kind, fingerprint, sends, schema, pay, costOf, ...others }) {
      const saw = hashJson(sends);
      const same = JSON.stringify([kind, fingerprint, saw]);
      const sample = made.get(same) ?? 0;
      made.set(same, sample + 1);
      const asked = (question ??= hashJson(name()));
      const paying = role === undefined ? {} : { terms: { role, isCovered, ...others }, costOf };
      const outcome = await replies.fly((store) => {
        const stages = { before: () => both(before?.(), replies.unstored()), storing: store };
        return ledger.once(
          { kind, fingerprint, saw, question: asked, sample, ...paying, ...stages },
          () => pay(signal),
          schema,
        );
      });
      if (outcome.status === "missing") {
        failed.push(outcome.key);
        throw new CallError(outcome.reason, { key: outcome.key });
      }
      cost = sumCosts(cost, costOf(outcome.answer));
      answered += 1;
      return outcome.answer;
    },
  };
  let value: Value;
  try {
    value = await current.run(calls, work);
  } catch (error) {
    await replies.settled();
    await replies.refuseEnded();
    if (replies.isOvertaken()) return withCalls(terms, work);
    if (isRetried && failed.length > 0 && !endsWork(error)) await ledger.forget(failed);
    throw error;
  }
  if (replies.areNone()) return { value, cost, calls: answered };
  if (storing === undefined) await replies.settled();
  await replies.refuseEnded();
  if (storing === undefined && replies.isOvertaken()) return withCalls(terms, work);
  storing?.(replies.stored());
  return { value, cost, calls: answered };
}

function both(one: Promise<unknown> | undefined, other: Promise<unknown> | undefined): Promise<unknown> | undefined {
  return one === undefined ? other : other === undefined ? one : Promise.all([one, other]);
}

/** The calls of some work, what of their replies is on its way to the store, and the first error that ends the work. */
function createReplies() {
  const flights: Array<Promise<unknown>> = [];
  const unstored: Array<Promise<unknown>> = [];
  let ending: { error: unknown } | undefined;
  let isOvertaken = false;
  function watched<Value>(promise: Promise<Value>): Promise<Value> {
    return promise.catch((error: unknown) => {
      ending ??= { error };
      throw error;
    });
  }
  return {
    /** A call, which hands over waiting until its reply is stored. */
    fly<Value>(call: (store: (stored: Promise<unknown>) => void) => Promise<Value>): Promise<Value> {
      const flight = call((storing) => {
        const compared = Promise.all([storing, flight]).then(([kept, given]) => (isOvertaken ||= kept !== given));
        const stored = watched(compared);
        stored.catch(() => undefined);
        unstored.push(stored);
      });
      flights.push(flight);
      return watched(flight);
    },
    /** Whether another reply than the one that was given was stored for a call. */
    isOvertaken: () => isOvertaken,
    stored: () => Promise.all(unstored),
    /** What is to be waited for, if anything. */
    unstored: () => (unstored.length === 0 ? undefined : Promise.all(unstored)),
    areNone: () => flights.length === 0,
    settled: () => Promise.allSettled(unstored),
    /** Whatever the work makes of it, a call that could not be made ends it, once its other calls are kept. */
    async refuseEnded(): Promise<void> {
      if (ending === undefined) return;
      await Promise.allSettled(flights);
      await Promise.allSettled(unstored);
      throw ending.error;
    },
  };
}
