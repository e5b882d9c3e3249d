import { RunError } from "../state/errors.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";
import type { Runs } from "./session.ts";

/** The record of a run, by its name or thread id. */
export async function runRecordOf({ store, registry }: Runs, name: string): Promise<RunRecord> {
  const place = await registry.find(name);
  const record = place === undefined ? undefined : await readRunRecord(store, place);
  if (record !== undefined) return record;
  if (place !== undefined) {
    const message =
      `Run "${name}" in ${store.url} is registered but has no records: its start (by a full disk, for example) or its removal was interrupted. ` +
      `Start it again with optimize, or remove it: skillgraph rm ${name}.`;
    throw new RunError("missing", name, message);
  }
  const names = (await registry.entries()).map((entry) => entry.name).toSorted();
  const known =
    names.length === 0
      ? "The store has no runs yet."
      : `Its runs: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", ..." : ""}.`;
  throw new RunError(
    "missing",
    name,
    `There is no run "${name}" in ${store.url}. ${known} Check the name and --store.`,
  );
}
