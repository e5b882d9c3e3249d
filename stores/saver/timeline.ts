import { GenerationRecord, RecordRef } from "../../state/evidence.ts";
import { canonicalJson } from "../../state/json.ts";
import { createPayload } from "../payload/payload.ts";
import { under, type RecordStore } from "../record-store.ts";
import type { Label } from "./saver.ts";

const prefix = "timeline/";

/**
 * The saver's label function for the run state: the checkpoint after the archivist is generation N, so the commit that
 * stores it also stores the archivist's record, which is in the payload, on the timeline, and where generation N can be found again.
 */
export function labelGeneration(store: RecordStore): Label {
  return async (checkpoint, newVersions, family) => {
    const value = checkpoint.channel_values["record"];
    if (!("record" in newVersions) || value === undefined || value === null) return {};
    const { entry, generation } = RecordRef.parse(value);
    const record = await createPayload({ store, family }).json(entry, GenerationRecord);
    return {
      [`${prefix}${padded(generation)}`]: canonicalJson(record),
      [`generation/${padded(generation)}`]: checkpoint.id,
    };
  };
}

/**
 * What the generations stored in this thread's space did, up to one, oldest first: the canonical JSON of a
 * `GenerationRecord` by generation. Damaged entries are left out. A branch holds those since its fork.
 */
export async function timeline(store: RecordStore, space: string, last: number): Promise<Map<number, string>> {
  const { from } = under(prefix);
  const records = await store.list(space, { from, to: `${prefix}${padded(last + 1)}` }, () => undefined);
  return new Map(records.map(({ key, value }) => [Number(key.slice(prefix.length)), value]));
}

/** The id of the checkpoint after a generation; undefined where the thread's space holds no such generation. */
export async function checkpointOf(store: RecordStore, space: string, generation: number): Promise<string | undefined> {
  const key = `generation/${padded(generation)}`;
  return (await store.get(space, [key])).get(key)?.value;
}

function padded(generation: number): string {
  return String(generation).padStart(10, "0");
}
