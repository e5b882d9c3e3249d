import { z } from "zod";
import { ProviderError, RunError, StoreError } from "../state/errors.ts";
import { canonicalJson, hashJson, type Hash } from "../state/json.ts";
import type { RecordStore } from "./record-store.ts";
import { createSettlements, type Settlement } from "./settlements.ts";

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
  /**
   * The answer stored under the key, or else what `pay` gives, once it is durable; another writer's answer wins if it
   * was stored first. When `pay` throws or gives what the schema refuses, the failure is stored and the outcome is
   * missing, for the rest of this run, with the error's message as the reason; other runs ask again. Errors that end
   * the work (an abort, a LangGraph drain or interrupt, a StoreError or a ProviderError) are thrown and not stored.
   */
  once<Answer>(key: LedgerKey, pay: () => Promise<Answer>, schema: z.ZodType<Answer>): Promise<LedgerOutcome<Answer>>;
  /** Drops this run's failures under these keys, so that it asks again: for failures that nothing was decided on. */
  forget(keys: readonly Hash[]): Promise<void>;
  /** Stored answers by their place; places without an answer are left out. */
  answers<Answer>(keys: readonly Hash[], schema: z.ZodType<Answer>): Promise<Map<Hash, Answer>>;
}

interface Place {
  store: RecordStore;
  family: string;
  run: string;
  /** Asked before each payment: throws where this process may not work on the run any more. */
  confirm?: () => Promise<void>;
}

/** The ledger of a family, used by one of its runs. Any number may be open at a time, in any number of processes. */
export function createLedger(place: Place): Ledger {
  const settlements = createSettlements(place);
  const flights = new Map<Hash, Promise<Settlement>>();
  let paid = 0;

  async function ask(hash: Hash, pay: () => Promise<unknown>, schema: z.ZodType): Promise<Settlement> {
    await place.confirm?.();
    paid += 1;
    let answer: string;
    try {
      answer = canonicalJson(fitting(await pay(), schema));
    } catch (error) {
      if (endsWork(error)) throw error;
      return settlements.keepFailure(hash, error instanceof Error ? error.message : String(error));
    }
    return settlements.keepAnswer(hash, answer);
  }

  return {
    get paid() {
      return paid;
    },
    async once({ kind, fingerprint, saw, question, sample }, pay, schema) {
      const key = hashJson({ kind, fingerprint, saw, question, sample });
      let isMine = false;
      const settle = async (): Promise<Settlement> => {
        const stored = await settlements.find(key);
        if (stored !== undefined) return stored;
        isMine = true;
        return ask(key, pay, schema);
      };
      const flight = flights.get(key) ?? settle().finally(() => flights.delete(key));
      flights.set(key, flight);
      const settlement = await flight;
      if ("reason" in settlement) return { status: "missing", key, paid: isMine, reason: settlement.reason };
      return { status: "answered", key, paid: isMine, answer: parseAnswer(settlement.answer, schema, key) };
    },
    forget: (keys) => settlements.dropFailures(keys),
    async answers(keys, schema) {
      const found = await Promise.all(keys.map(async (key) => [key, await settlements.answer(key)] as const));
      return new Map(
        found.flatMap(([key, text]) => (text === undefined ? [] : [[key, parseAnswer(text, schema, key)] as const])),
      );
    },
  };
}

/** Not a failure of the call, but the end of the work around it. LangGraph marks its own with `is_bubble_up`. */
function endsWork(error: unknown): boolean {
  if (error instanceof StoreError || error instanceof RunError || error instanceof ProviderError) return true;
  const { name, is_bubble_up: bubblesUp } = (error ?? {}) as { name?: unknown; is_bubble_up?: unknown };
  return name === "AbortError" || bubblesUp === true;
}

function fitting<Answer>(value: unknown, schema: z.ZodType<Answer>): Answer {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`The answer has the wrong shape: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

function parseAnswer<Answer>(text: string, schema: z.ZodType<Answer>, hash: Hash): Answer {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new StoreError(
    `The ledger's answer ${hash} does not fit: ${parsed.error.issues[0]?.message}. It was stored by another version; give the agent a new fingerprint to ask again.`,
    { cause: parsed.error },
  );
}
