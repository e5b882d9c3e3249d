import type { Hash } from "../state/json.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { Damage, OnDamage, RecordStore } from "./record-store.ts";
import { answerSpace, attemptSpace } from "./spaces.ts";

/** How a call ended, as stored: the JSON text of its answer, or the reason why there is none. */
export type Settlement = { answer: string } | { reason: string };

/**
 * The ledger's records. Answers are permanent and shared by the family; failures belong to the run that met them. The
 * first writer of either wins; what is kept resolves, once it is durable, to what is stored then.
 */
export interface Settlements {
  /** A failure of this run goes before an answer that another run of the family got in the meantime. */
  find(hash: Hash): Promise<Settlement | undefined>;
  /** An answer that was kept once: where it is lost, that is warned of. */
  answer(hash: Hash): Promise<string | undefined>;
  keepAnswer(hash: Hash, answer: string): Promise<Settlement>;
  keepFailure(hash: Hash, reason: string): Promise<Settlement>;
  dropFailures(hashes: readonly Hash[]): Promise<void>;
}

const answerKey = "answer";

export function createSettlements(place: { store: RecordStore; family: string; run: string }): Settlements {
  const { store, family, run } = place;
  const attempts = attemptSpace(family, run);
  const commit = createGroupCommit(store);

  async function read(space: string, key: string, onDamage: OnDamage = warn): Promise<string | undefined> {
    return (await store.get(space, [key], onDamage)).get(key)?.value;
  }

  function warn({ key, space, url }: Damage): void {
    store.warnings.add(`The answer or failure "${key}" of "${space}" in ${url} is damaged, so it is lost.`);
  }

  /** The first value wins; one that was damaged since is replaced. */
  async function putFirst(space: string, key: string, value: string): Promise<string> {
    let expected: number | "absent" = "absent";
    for (;;) {
      const outcome = await commit({ space, expect: [[key, expected]], put: { [key]: value } });
      if (outcome.committed) return value;
      expected = "absent";
      const stored = await read(space, key, ({ version }) => (expected = version));
      if (stored !== undefined) return stored;
    }
  }

  return {
    async find(hash) {
      const reason = await read(attempts, hash);
      if (reason !== undefined) return { reason: JSON.parse(reason) as string };
      const answer = await read(answerSpace(family, hash), answerKey);
      return answer === undefined ? undefined : { answer };
    },
    async answer(hash) {
      const space = answerSpace(family, hash);
      const answer = await read(space, answerKey);
      if (answer === undefined) store.warnings.add(`The answer "${space}" is lost to ${store.url}.`);
      return answer;
    },
    async keepAnswer(hash, answer) {
      return { answer: await putFirst(answerSpace(family, hash), answerKey, answer) };
    },
    async dropFailures(hashes) {
      await commit({ space: attempts, delete: [...hashes] });
    },
    async keepFailure(hash, reason) {
      return { reason: JSON.parse(await putFirst(attempts, hash, JSON.stringify(reason))) as string };
    },
  };
}
