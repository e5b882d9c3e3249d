import { z } from "zod";
import { hashJson } from "../../state/json.ts";
import type { RecordStore } from "../record-store.ts";
import { queuesSpace } from "../spaces.ts";

/** Who does the work of a queue: the fingerprints of agent and verifier. */
export const Doers = z.strictObject({ agent: z.string(), verifier: z.string() });
export type Doers = z.infer<typeof Doers>;

/** The layout of jobs and replies; another one has queues of its own. */
const format = 1;

/** The queue of work for these; it is not shared with others. */
export function queueNameOf(doers: Doers): string {
  return `rollouts-${format}-${hashJson(doers).slice(0, 16)}`;
}

/** Notes for whom a queue is. */
export async function registerQueue(store: RecordStore, doers: Doers): Promise<void> {
  const key = queueNameOf(doers);
  // Whoever was first has noted the same.
  await store.commit([{ space: queuesSpace, expect: [[key, "absent"]], put: { [key]: JSON.stringify(doers) } }]);
}

/** All queues that were ever used in this store, by name. */
export async function readQueues(store: RecordStore): Promise<Map<string, Doers>> {
  const records = await store.list(queuesSpace, {}, () => undefined);
  return new Map(records.map(({ key, value }) => [key, Doers.parse(JSON.parse(value))]));
}
