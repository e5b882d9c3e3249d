import { DamageError } from "../../state/errors.ts";
import { sha256, type Hash } from "../../state/json.ts";
import type { RecordStore, SpaceCommit } from "../record-store.ts";
import { blobSpace } from "../spaces.ts";

/** Bytes by their sha256: stored once, never changed. */
export interface Blobs {
  /** Stores what is not there yet, as one batch. Resolves to the hashes, in the order given. */
  put(blobs: readonly Uint8Array[]): Promise<Hash[]>;
  /** Throws a DamageError for a hash that is not there, or whose bytes do not fit it. */
  get(hash: Hash): Promise<Uint8Array>;
}

/** The one record of a blob's space. */
export const blobKey = "blob";

export function createBlobs({ store, family }: { store: RecordStore; family: string }): Blobs {
  const stored = new Set<Hash>();

  async function restore({ space, put }: SpaceCommit): Promise<void> {
    let damaged: number | undefined;
    await store.get(space, [blobKey], ({ version }) => (damaged = version));
    if (damaged !== undefined) await store.commit([{ space, expect: [[blobKey, damaged]], put: { ...put } }]);
  }

  return {
    async put(blobs) {
      const hashes = blobs.map(sha256);
      const fresh = new Map(hashes.map((hash, index) => [hash, blobs[index] as Uint8Array]));
      for (const hash of hashes) if (stored.has(hash)) fresh.delete(hash);
      const batch = [...fresh].map(([hash, bytes]): SpaceCommit => ({
        space: blobSpace(family, hash),
        expect: [[blobKey, "absent"]],
        put: { [blobKey]: textOf(bytes) },
      }));
      const outcomes = batch.length > 0 ? await store.commit(batch) : [];
      // What is there already may have been damaged since.
      await Promise.all(batch.filter((_, index) => outcomes[index]?.committed === false).map(restore));
      for (const hash of hashes) stored.add(hash);
      return hashes;
    },
    async get(hash) {
      const space = blobSpace(family, hash);
      const text = (await store.get(space, [blobKey])).get(blobKey)?.value;
      if (text === undefined) throw new DamageError({ space, key: blobKey, url: store.url }, "missing");
      const bytes = bytesOf(text);
      if (sha256(bytes) === hash) return bytes;
      throw new DamageError({ space, key: blobKey, url: store.url });
    },
  };
}

/** Text stays text, so that a store can be read by people; what is not UTF-8, or holds a NUL, is written in base64. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8");
  const isText = !text.includes("\0") && Buffer.from(text).equals(bytes);
  return isText ? `text:${text}` : `base64:${Buffer.from(bytes).toString("base64")}`;
}

function bytesOf(stored: string): Uint8Array {
  const colon = stored.indexOf(":");
  const encoding = stored.slice(0, colon) === "text" ? "utf8" : "base64";
  return new Uint8Array(Buffer.from(stored.slice(colon + 1), encoding));
}
