import type { Json } from "../../state/json.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns } from "../session.ts";
import { limitNames, type Source } from "../sources.ts";
import { storeOf } from "../store.ts";

/** What a run was made with. */
export interface RunSettings {
  run: string;
  parent: { run: string; generation: number } | null;
  settings: Record<string, { value: Json; source: Source }>;
}

/** Reads all settings, parts and limits of a run, each with where it comes from. */
export async function settingsOf(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): Promise<RunSettings> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { parent, sources } = record;
    const parentName = parent === null ? undefined : (await runs.registry.find(parent.thread))?.name;
    const sourceOf = (key: string) => sources[key] as Source;
    return {
      run: record.name,
      parent: parent === null ? null : { run: parentName ?? parent.thread, generation: parent.generation },
      settings: Object.fromEntries(valuesOf(record).map(([key, value]) => [key, { value, source: sourceOf(key) }])),
    };
  } finally {
    await close();
  }
}

/** Values by the names of their sources. Tasks are given by their number, the start by its hash. */
function valuesOf({ input, limits, parts, fingerprints }: RunRecord): Array<[string, Json]> {
  const { train, validation, sealed, test } = input.suites;
  return [
    ["tasks", { train: train.size, validation: validation.size, sealed: sealed.size, test: test.size }],
    ["skill", input.start],
    ["agent", parts?.agent ?? fingerprints.agent],
    ["analyst", parts?.analyst ?? fingerprints.analyst],
    ["verifier", parts?.verifier ?? fingerprints.verifier],
    ["rubric", parts?.rubric ?? null],
    ...Object.entries(input.settings),
    ...limitNames.map((key): [string, Json] => [`limits.${key}`, limits[key]]),
  ];
}
