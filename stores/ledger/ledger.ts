import type { z } from "zod";
import { HostError, pausesRun, RunError, StoreError } from "../../state/errors.ts";
import { hostErrorOf } from "../../state/host-fault.ts";
import { reasonOf } from "../../skills/shorten.ts";
import { canonicalJson, hashJson, type Hash } from "../../state/json.ts";
import { noCost } from "../../state/task.ts";
import type { Account, Terms } from "./account.ts";
import type { Charge } from "./sheets.ts";
import { heldReason, type Attempts, type HeldTask } from "./attempts.ts";
import { fitting, parseAnswer } from "./fitting.ts";
import { createGroupCommit, type Change, type GroupCommit } from "./group-commit.ts";
import type { CommonLimits } from "../limits/common-limits.ts";
import type { RecordStore } from "../record-store.ts";
import { createSettlements, isFresh, type Settlement, type Settlements } from "./settlements.ts";
import { blotJson, createBlotter } from "../secrets.ts";

/**
 * What makes two paid calls the same call: what kind it is, who answers, what that one saw (a program, or messages), what
 * was asked, and which of several samples it is. The family the ledger is made for is the scope.
 */
export interface LedgerKey {
  kind: string;
  fingerprint: string;
  saw: Hash;
  question: Hash;
  sample: number;
}

/**
 * A call, with what is to be known of it before it is paid for. Calls of embedded parts, which pay for nothing and never
 * end the process, need neither terms nor task.
 */
interface LedgerCall<Answer> extends LedgerKey {
  /** Who pays, and the most it may cost. */
  terms?: Terms;
  /** What an answer cost; null where that was paid for by calls of their own. */
  costOf?(answer: Answer): Charge | null;
  /** The task whose attempts are noted, so that one that ends the process is held. */
  attempts?: HeldTask;
  /** Whether an attempt that waits for its turn is to give up. */
  isOver?(): boolean;
  /** Waited for right before it is paid for, if anything is given. Where this rejects, nothing is paid for and the error is thrown. */
  before?(): Promise<unknown> | undefined;
  /**
   * Takes over waiting for what is paid for now, which then comes back as soon as it is on its way to the store. The promise
   * gives the very same outcome once it is durable, or another where another writer's answer was stored first. Until then nothing
   * may be concluded from it, and nothing more be paid for in its place.
   */
  storing?(stored: Promise<LedgerOutcome<Answer>>): void;
}

/**
 * `key` is the answer's place in the ledger. `paid` says whether this very call was paid now: false for an answer from
 * the store and for a caller that joined one in flight.
 */
export type LedgerOutcome<Answer> =
  | { status: "answered"; key: Hash; paid: boolean; answer: Answer }
  | { status: "missing"; key: Hash; paid: boolean; reason: string };

/** The one door to everything that costs money or time. */
export interface Ledger {
  /** How often this ledger has paid so far, failed calls included. */
  readonly paid: number;
  /** Limits of what is asked that hold over all processes that pay for runs of the store, where there are others. */
  readonly limits?: CommonLimits | undefined;
  /**
   * The answer stored under the key, or else what `pay` gives without known secrets, once it is durable (or, with `storing`, before); another
   * writer's answer wins if it was stored first. When `pay` throws or gives what the schema refuses, the failure is stored and the outcome is
   * missing, for the rest of this run, with the error's message as the reason; other runs ask again. Errors that end
   * the work (an abort, a LangGraph drain or interrupt, a StoreError, a ProviderError, a BudgetError, an error of the host)
   * are thrown and not stored.
   */
  once<Answer>(
    call: LedgerCall<Answer>,
    pay: () => Promise<Answer>,
    schema: z.ZodType<Answer>,
  ): Promise<LedgerOutcome<Answer>>;
  /**
   * Drops this run's failures under these keys, by default all, so that what failed is asked again: where nothing was decided
   * on it.
   */
  forget(keys?: readonly Hash[]): Promise<void>;
  /** In which order tasks should be tried: those that may have ended an earlier session have a higher rank. */
  rank(question: () => Hash): number;
  /** Stored answers by their place; places without an answer are left out. */
  answers<Answer>(keys: readonly Hash[], schema: z.ZodType<Answer>): Promise<Map<Hash, Answer>>;
}

interface Place {
  store: RecordStore;
  family: string;
  run: string;
  /** Whether the run may go before others of its family do: what it pays for is then marked. */
  isBranch?: boolean;
  /** Asked before each payment: throws where this process may not work on the run any more. */
  confirm?: () => Promise<void>;
  /** What the run spends, and which of its tasks never came back. Both commit as the ledger does. */
  books?: Books;
  limits?: CommonLimits | undefined;
}

interface Books {
  account: Account;
  attempts?: Attempts | undefined;
  commit: GroupCommit;
}

/** How a call ended; `stored` where that is still on its way to the store. */
interface Flight {
  settlement: Settlement;
  stored?: Promise<Settlement>;
}

interface Asked<Answer> {
  hash: Hash;
  call: LedgerCall<Answer>;
  pay: () => Promise<Answer>;
  schema: z.ZodType<Answer>;
  /** Nothing is stored under the key. */
  onMiss(): void;
  /** When that was found, on the monotonic clock. */
  lookedAt: number;
}

/** The ledger of a family, used by one of its runs. Any number may be open at a time, in any number of processes. */
export function createLedger(place: Place): Ledger {
  const settlements = createSettlements({ ...place, commit: place.books?.commit ?? createGroupCommit(place.store) });
  const flights = new Map<Hash, Promise<Flight>>();
  const flightOf = createAsking(place, settlements);
  let paid = 0;

  /** Others that ask the same meanwhile join, until it is stored. */
  function fly(key: Hash, flight: Promise<Flight>): Promise<Flight> {
    flights.set(key, flight);
    const land = () => void flights.delete(key);
    flight.then(({ stored }) => (stored === undefined ? land() : void stored.then(land, land)), land);
    return flight;
  }

  return {
    limits: place.limits,
    get paid() {
      return paid;
    },
    async once<Answer>(call: LedgerCall<Answer>, pay: () => Promise<Answer>, schema: z.ZodType<Answer>) {
      const { kind, fingerprint, saw, question, sample } = call;
      const key = hashJson({ kind, fingerprint, saw, question, sample });
      let isMine = false;
      const begin = () =>
        flightOf({
          hash: key,
          call,
          schema,
          pay() {
            paid += 1;
            return pay();
          },
          onMiss: () => (isMine = true),
          lookedAt: performance.now(),
        });
      const { settlement, stored } = await (flights.get(key) ?? fly(key, begin()));
      const outcomeOf = (settled: Settlement): LedgerOutcome<Answer> =>
        "reason" in settled
          ? { status: "missing", key, paid: isMine, reason: settled.reason }
          : { status: "answered", key, paid: isMine, answer: parseAnswer(settled.answer, schema, key) };
      const outcome = outcomeOf(settlement);
      if (stored === undefined) return outcome;
      const kept = stored.then((settled) => (settled === settlement ? outcome : outcomeOf(settled)));
      if (call.storing === undefined) return kept;
      call.storing(kept);
      return outcome;
    },
    rank: (question) => place.books?.attempts?.rank(question) ?? 0,
    async forget(keys) {
      await place.confirm?.();
      await settlements.dropFailures(keys ?? (await settlements.failures()));
    },
    async answers(keys, schema) {
      const found = await Promise.all(keys.map(async (key) => [key, await settlements.answer(key)] as const));
      return new Map(
        found.flatMap(([key, text]) => (text === undefined ? [] : [[key, parseAnswer(text, schema, key)] as const])),
      );
    },
  };
}

/** What is stored of a call, or else what is paid for now. */
function createAsking(place: Place, settlements: Settlements) {
  const { books } = place;
  const blot = createBlotter();

  async function ask<Answer>({ hash, call, pay, schema, lookedAt }: Asked<Answer>): Promise<Flight> {
    if (place.confirm !== undefined) await place.confirm();
    const { attempts: task, question } = call;
    if (task !== undefined && (await books?.attempts?.begin(question, task, call.isOver)) === false) {
      return { settlement: await settlements.keepFailure(hash, heldReason) };
    }
    const settle = createSettling(place, { hash, call });
    let answer: Answer;
    let text: string;
    try {
      const reserving = books?.account.reserve(hash, call.terms);
      if (reserving !== undefined) await reserving;
      const storing = call.before?.();
      if (storing !== undefined) await storing;
      // All that took its time, in which the lease may have been lost.
      if (place.confirm !== undefined) await place.confirm();
      // Where that was long, as this process waited for its turn, was suspended or cut off, another may have answered meanwhile.
      const late = isFresh(lookedAt) ? undefined : await settlements.findLate(hash);
      if (late !== undefined) {
        await settle.found();
        return { settlement: late };
      }
      answer = blotJson(fitting(await pay(), schema), blot);
      text = canonicalJson(answer);
    } catch (given) {
      // Whoever met it, and however it was wrapped: a full disk says nothing of the task.
      const error = hostErrorOf(given) ?? given;
      if (endsWork(error)) {
        await settle.ended(error);
        throw error;
      }
      return {
        settlement: await settle.stored(settlements.keepFailure(hash, reasonOf(error), settle.failed())),
      };
    }
    const settlement = { answer: text };
    const kept = settle.stored(settlements.keepAnswer(hash, text, settle.answered(answer)));
    const stored = kept.then((last) => {
      books?.account.check();
      return "answer" in last && last.answer === text ? settlement : last;
    });
    return { settlement, stored };
  }

  return async function flightOf<Answer>(asked: Asked<Answer>): Promise<Flight> {
    const { hash, call, schema, onMiss } = asked;
    const stored = await settlements.find(hash);
    if (stored === undefined) {
      onMiss();
      return ask(asked);
    }
    if ("answer" in stored && call.terms !== undefined) {
      books?.account.reconcile(hash, call.terms, () => costIn(call, parseAnswer(stored.answer, schema, hash)));
    }
    return { settlement: stored };
  };
}

/** What is stored of a call beside its answer or failure: what it cost, and that its attempt came to an end. */
function createSettling<Answer>({ books }: Place, { hash, call }: Pick<Asked<Answer>, "hash" | "call">) {
  const { terms, attempts, question } = call;
  const beside = (cost: Parameters<Account["settle"]>[2]): Change[] => {
    const sheet = books?.account.settle(hash, terms, cost);
    const note = attempts === undefined ? undefined : books?.attempts?.end(question);
    const ended = note === undefined ? [] : [note];
    return sheet === undefined ? ended : [sheet, ...ended];
  };
  const endLate = async () => (attempts === undefined ? undefined : books?.attempts?.endLate(question));
  return {
    answered: (answer: Answer) => beside(costIn(call, answer)),
    failed: () => beside("lost"),
    /** Nothing was paid for. */
    async found() {
      const [first, ...others] = beside("free");
      if (first !== undefined) await books?.commit(first, ...others);
    },
    /** Waits until the answer or failure is stored. */
    stored: (storing: Promise<Settlement>): Promise<Settlement> =>
      storing.catch(async (error: unknown) => {
        await endLate();
        throw error;
      }),
    /** Stores by itself, as there is no answer; a run that was lost to another process is told by the error itself. */
    async ended(error: unknown) {
      const isFree = pausesRun(error) && !(error instanceof HostError && error.hasBegun);
      const [first, ...others] = beside(isFree ? "free" : "lost");
      if (first === undefined || error instanceof RunError) return;
      if (error instanceof StoreError) await endLate();
      else await books?.commit(first, ...others);
    },
  };
}

function costIn<Answer>({ costOf }: LedgerCall<Answer>, answer: Answer): Charge | null {
  return costOf === undefined ? noCost : costOf(answer);
}

/** Not a failure of the call, but the end of the work around it. LangGraph marks its own with `is_bubble_up`. */
export function endsWork(error: unknown): boolean {
  if (error instanceof StoreError || error instanceof RunError || pausesRun(error)) return true;
  const { name, is_bubble_up: bubblesUp } = (error ?? {}) as { name?: unknown; is_bubble_up?: unknown };
  return name === "AbortError" || bubblesUp === true;
}
