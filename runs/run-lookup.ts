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
      `Run "${name}" in ${store.url} has a name and no more: it was cut short before it began, as by a full disk, or in its removal. ` +
      `Start it again with optimize, or take the name away: skillgraph rm ${name}.`;
    throw new RunError("missing", name, message);
  }
  const names = (await registry.entries()).map((entry) => entry.name).toSorted();
  const known =
    names.length === 0
      ? "There are no runs in it yet."
      : `Runs there: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", ..." : ""}.`;
  throw new RunError(
    "missing",
    name,
    `There is no run "${name}" in ${store.url}. ${known} Check the name and --store.`,
  );
}
