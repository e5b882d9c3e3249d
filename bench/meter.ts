import type { RecordStore } from "../stores/record-store.ts";

/** Counts what goes into the store: bytes of keys and values, apart for the run's own space and the payload. */
export function createMeter(store: RecordStore) {
  const bytes = { state: 0, payload: 0 };
  let [commits, commitWall, steps] = [0, 0, 0];
  const metered: RecordStore = {
    ...store,
    async commit(batch) {
      const from = performance.now();
      const outcomes = await store.commit(batch);
      commitWall += performance.now() - from;
      commits += 1;
      for (const { space, put = {} } of batch) {
        for (const [key, value] of Object.entries(put)) {
          const isState = space.includes("/thread/") && /^(checkpoint|write)/.test(key);
          bytes[isState ? "state" : "payload"] += Buffer.byteLength(key) + Buffer.byteLength(value);
          if (key.startsWith("checkpoint/")) steps += 1;
        }
      }
      return outcomes;
    },
  };
  return { store: metered, read: () => ({ bytes, commits, commitWall, steps }) };
}
