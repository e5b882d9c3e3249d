import { StoreError } from "../../../state/errors.ts";
import type { RecordStore } from "../../../stores/record-store.ts";

/** When a store dies: at its n-th commit (from 1), before it is written or after, and how. */
export interface Death {
  atCommit: number;
  when: "before" | "after";
  /** What dying is: by default every later call fails, as if the process were gone. */
  die?: () => void;
  /** What every later call throws; by default a StoreError. */
  error?: Error;
}

/** The store, until it dies. `commits` counts the commits asked for. */
export function createMortalStore(store: RecordStore, death?: Death): RecordStore & { readonly commits: number } {
  let commits = 0;
  let dead = false;
  const refuseDead = () => {
    if (dead) throw death?.error ?? new StoreError("The store died, as the test asked.");
  };
  const dieAt = (commit: number, when: Death["when"]) => {
    if (death?.atCommit !== commit || death.when !== when) return;
    dead = true;
    death.die?.();
    refuseDead();
  };
  return {
    url: store.url,
    warnings: store.warnings,
    ...(store.redis === undefined ? {} : { redis: store.redis }),
    get commits() {
      return commits;
    },
    async get(...from) {
      refuseDead();
      return store.get(...from);
    },
    async list(...from) {
      refuseDead();
      return store.list(...from);
    },
    async spaces(familyPrefix) {
      refuseDead();
      return store.spaces(familyPrefix);
    },
    async bytes(familyPrefix) {
      refuseDead();
      return store.bytes(familyPrefix);
    },
    async commit(batch) {
      refuseDead();
      // Others may be asked for before this one is written.
      const commit = (commits += 1);
      dieAt(commit, "before");
      const outcomes = await store.commit(batch);
      dieAt(commit, "after");
      return outcomes;
    },
    async close() {},
  };
}
