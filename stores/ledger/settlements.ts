import { Hash } from "../../state/json.ts";
import { withoutSecrets } from "../secrets.ts";
import type { Change, GroupCommit } from "./group-commit.ts";
import type { Damage, OnDamage, RecordStore } from "../record-store.ts";
import { answerSpace, attemptSpace } from "../spaces.ts";

/** How a call ended, as stored: the JSON text of its answer, or the reason why there is none. */
export type Settlement = { answer: string } | { reason: string };

/**
 * The ledger's records. Answers are permanent and shared by the family; failures belong to the run that met them. The
 * first writer of either wins; what is kept resolves, once it is durable, to what is stored then. `beside` is stored in
 * the same batch.
 */
export interface Settlements {
  /** A failure of this run goes before an answer that another run of the family got in the meantime. */
  find(hash: Hash): Promise<Settlement | undefined>;
  /** The same, again until a look takes no time in which what it says could have become untrue. */
  findLate(hash: Hash): Promise<Settlement | undefined>;
  /** An answer that was kept once: where it is lost, that is warned of. */
  answer(hash: Hash): Promise<string | undefined>;
  keepAnswer(hash: Hash, answer: string, beside?: readonly Change[]): Promise<Settlement>;
  /** Known secrets in the reason are taken out. */
  keepFailure(hash: Hash, reason: string, beside?: readonly Change[]): Promise<Settlement>;
  /** From now on these are asked again; why they failed is still known. */
  dropFailures(hashes: readonly Hash[]): Promise<void>;
  /** Why the call failed in this run, be it dropped since. */
  reason(hash: Hash): Promise<string | undefined>;
  /** The keys of all failures of this run. */
  failures(): Promise<Hash[]>;
}

/** For how long it is taken to be so that nothing is stored under a key, in milliseconds: shorter than jobs are locked. [R] */
const freshFor = 1_000;

/** Whether a look at this moment of the monotonic clock was short enough ago. */
export const isFresh = (lookedAt: number) => performance.now() - lookedAt <= freshFor;

const answerKey = "answer";

/** Failures that are asked again. */
const pastPrefix = "past/";

/** Beside an answer: the branch that paid for it. The root of a family leaves none, as it lives as long as its branches. */
export const payerKey = "payer";

interface Place {
  store: RecordStore;
  family: string;
  run: string;
  isBranch?: boolean;
  commit: GroupCommit;
}

export function createSettlements({ store, family, run, isBranch = false, commit }: Place): Settlements {
  const payer: Record<string, string> = isBranch ? { [payerKey]: run } : {};
  const attempts = attemptSpace(family, run);
  const warn: OnDamage = (damage) => store.warnings.add(damageText(damage));

  async function read(space: string, key: string, onDamage: OnDamage = warn): Promise<string | undefined> {
    return (await store.get(space, [key], onDamage)).get(key)?.value;
  }

  /** The first value wins; one that was damaged since is replaced. */
  async function putFirst(
    [space, key]: readonly [space: string, key: string],
    value: string,
    { beside = [], marks = {} }: { beside?: readonly Change[] | undefined; marks?: Record<string, string> } = {},
  ): Promise<string> {
    let expected: number | "absent" = "absent";
    let others = beside;
    for (;;) {
      const outcome = await commit({ space, expect: [[key, expected]], put: { [key]: value, ...marks } }, ...others);
      others = [];
      if (outcome.committed) return value;
      expected = "absent";
      const stored = await read(space, key, ({ version }) => (expected = version));
      if (stored !== undefined) return stored;
    }
  }

  async function find(hash: Hash): Promise<Settlement | undefined> {
    // Side by side: each look takes its time where a store is far or busy.
    const reading = [store.get(attempts, [hash], warn), store.get(answerSpace(family, hash), [answerKey], warn)];
    const [reasons, answers] = await Promise.all(reading);
    return settlementIn(reasons?.get(hash)?.value, answers?.get(answerKey)?.value);
  }

  return {
    find,
    findLate: (hash) => untilFresh(() => find(hash)),
    async answer(hash) {
      const space = answerSpace(family, hash);
      const answer = await read(space, answerKey);
      if (answer === undefined) store.warnings.add(`The answer "${space}" is missing in ${store.url}; it is lost.`);
      return answer;
    },
    async keepAnswer(hash, answer, beside) {
      return { answer: await putFirst([answerSpace(family, hash), answerKey], answer, { beside, marks: payer }) };
    },
    async dropFailures(hashes) {
      const found = await store.get(attempts, hashes, warn);
      const past = [...found].map(([key, { value }]) => [`${pastPrefix}${key}`, value]);
      await commit({ space: attempts, put: Object.fromEntries(past), delete: [...hashes] });
    },
    async reason(hash) {
      const found = (await read(attempts, hash)) ?? (await read(attempts, `${pastPrefix}${hash}`));
      return found === undefined ? undefined : (JSON.parse(found) as string);
    },
    async failures() {
      const records = await store.list(attempts, {}, warn);
      return records.map(({ key }) => key).filter((key) => Hash.safeParse(key).success);
    },
    async keepFailure(hash, reason, beside) {
      const text = JSON.stringify(withoutSecrets(reason));
      return { reason: JSON.parse(await putFirst([attempts, hash], text, { beside })) as string };
    },
  };
}

function settlementIn(reason: string | undefined, answer: string | undefined): Settlement | undefined {
  if (reason !== undefined) return { reason: JSON.parse(reason) as string };
  return answer === undefined ? undefined : { answer };
}

async function untilFresh<Found>(find: () => Promise<Found | undefined>): Promise<Found | undefined> {
  for (;;) {
    const lookedAt = performance.now();
    const late = await find();
    if (late !== undefined || isFresh(lookedAt)) return late;
  }
}

function damageText({ key, space, url }: Damage): string {
  return `The answer or failure "${key}" of "${space}" in ${url} is damaged and lost.`;
}
