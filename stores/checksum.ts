import { createHash } from "node:crypto";
import { DamageError, StoreError } from "../state/errors.ts";
import type { Damage, Driver, OnDamage, RecordStore, SpaceCommit, StoredRecord } from "./record-store.ts";
import { createWarnings } from "./warnings.ts";

/** Base64 characters of a checksum: 132 bits of a sha256. */
const length = 22;

/**
 * A driver as the record store that everything stands on. Each value is stored behind a checksum of its space, its key
 * and itself, and checked when it is read: a changed, truncated or misplaced record is never taken for a good one. Text
 * that not every driver keeps is refused before anything is written, and so is all that comes once the store is being closed,
 * as a last heartbeat may.
 */
export function withChecksums(driver: Driver): RecordStore {
  let closing: Promise<void> | undefined;
  const refuseWhenClosed = () => {
    if (closing !== undefined) throw new StoreError(`The store ${driver.url} is closed. Open it again to continue.`);
  };
  return {
    url: driver.url,
    warnings: createWarnings(driver.risks),
    async get(space, keys, onDamage) {
      refuseWhenClosed();
      const records = await driver.get(space, keys);
      if (records.size === 0) return records;
      const found = [...records].map(([key, record]) => ({ key, ...record }));
      return new Map(intact(found, { space, url: driver.url, onDamage }).map(({ key, ...record }) => [key, record]));
    },
    async list(space, range, onDamage) {
      refuseWhenClosed();
      return intact(await driver.list(space, range), { space, url: driver.url, onDamage });
    },
    async commit(batch) {
      refuseWhenClosed();
      refuseUnstorable(batch);
      return driver.commit(batch.map((change) => (change.put === undefined ? change : signed(change, change.put))));
    },
    async spaces(familyPrefix) {
      refuseWhenClosed();
      return driver.spaces(familyPrefix);
    },
    async bytes(familyPrefix) {
      refuseWhenClosed();
      return driver.bytes(familyPrefix);
    },
    ...(driver.redis === undefined ? {} : { redis: driver.redis }),
    ...(driver.compact === undefined ? {} : { compact: driver.compact }),
    close: () => (closing ??= driver.close()),
  };
}

function signed(change: SpaceCommit, put: Readonly<Record<string, string>>): SpaceCommit {
  const { space } = change;
  const entries = Object.entries(put).map(([key, value]) => [key, `${checksumOf(space, key, value)} ${value}`]);
  return { ...change, put: Object.fromEntries(entries) as Record<string, string> };
}

function checksumOf(space: string, key: string, value: string): string {
  // Neither a space nor a key holds NUL.
  const hash = createHash("sha256").update(`${space}\0${key}\0`).update(value);
  return hash.digest("base64url").slice(0, length);
}

/** Whether a stored value is as it was written in this place. */
export function isIntact(space: string, key: string, stored: string): boolean {
  const value = stored.slice(length + 1);
  return stored === `${checksumOf(space, key, value)} ${value}`;
}

type Keyed = StoredRecord & { key: string };

function intact(
  records: readonly Keyed[],
  { space, url, onDamage = refuse }: { space: string; url: string; onDamage: OnDamage | undefined },
): Keyed[] {
  return records.flatMap(({ key, value: found, version }) => {
    // A damaged database may give anything.
    const stored = String(found);
    if (isIntact(space, key, stored)) return [{ key, value: stored.slice(length + 1), version }];
    onDamage({ space, key, version, url });
    return [];
  });
}

function refuse(damage: Damage): never {
  throw new DamageError(damage);
}

function refuseUnstorable(batch: readonly SpaceCommit[]): void {
  for (const { space, put = {}, delete: gone = [] } of batch) {
    for (const text of [space, ...gone, ...Object.keys(put)]) {
      if (!isStorable(text)) throw unstorableText(`The name ${JSON.stringify(text)}`);
    }
    for (const [key, value] of Object.entries(put)) {
      if (!isStorable(value)) throw unstorableText(`The value of "${key}"`);
    }
  }
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function unstorableText(what: string): StoreError {
  return new StoreError(
    `${what} contains a NUL character or half a surrogate pair, which no store can hold. Store it as JSON, which escapes both.`,
  );
}
