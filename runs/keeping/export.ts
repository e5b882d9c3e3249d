import { RunError, StoreError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { copyRecords, copyThread, replaceRecords, type StorePair } from "../../stores/copy.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { RunEntry } from "../../stores/registry.ts";
import { attemptSpace, certificateSpace, familyPrefix, threadSpace } from "../../stores/spaces.ts";
import { looksSpace } from "../evaluation/evaluate.ts";
import { refuseNewcomers } from "../closed-runs.ts";
import { resultOf } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns, withLeases, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";

export interface ExportOptions {
  store?: string | RecordStore;
  /** The store to copy to, which is made where it does not exist. */
  to: string | RecordStore;
}

/** What was copied: the runs of the family, their records, and the digest of the run that was asked for, equal in both stores. */
export interface RunExport {
  run: string;
  runs: string[];
  records: number;
  digest: Hash;
}

/**
 * Copies a run to another store, with all runs it shares its ledger with: the run it branched from, and branches. There
 * it can be shown, resumed and branched as here. Refused where one of them is being worked on, or its name is taken
 * there. They appear there at the end, all at once; where the export was cut short, do it again.
 */
export async function exportRun(name: string, { store: where, to: target }: ExportOptions): Promise<RunExport> {
  const source = await storeOf(where, { create: false });
  try {
    const runs = openRuns(source.store);
    const record = await runRecordOf(runs, name);
    const destination = await storeOf(target);
    try {
      return await exportFamily({ from: runs, to: openRuns(destination.store) }, record);
    } finally {
      await destination.close();
    }
  } finally {
    await source.close();
  }
}

async function exportFamily({ from, to }: { from: Runs; to: Runs }, record: RunRecord): Promise<RunExport> {
  const family = (await from.registry.entries()).filter((entry) => entry.family === record.family);
  for (const entry of family) await refuseTaken(to, entry);
  return withLeases(from, family, async () => {
    await refuseNewcomers(from, record.family, family);
    const pair = { from: from.store, to: to.store };
    const records = await copyFamily(pair, record, family);
    await to.registry.registerAll(family);
    const { digest } = await resultOf(from, record);
    if ((await resultOf(to, await runRecordOf(to, record.thread))).digest !== digest) {
      throw new StoreError(
        `Run "${record.name}" has a different digest in ${to.store.url} than in ${from.store.url}. Keep the original; this is a bug in skillgraph.`,
      );
    }
    return { run: record.name, runs: family.map((entry) => entry.name), records, digest };
  });
}

async function copyFamily(pair: StorePair, { family, input }: RunRecord, entries: readonly RunEntry[]) {
  const threads = entries.map(({ thread }) => threadSpace(family, thread));
  const attempts = entries.map(({ thread }) => attemptSpace(family, thread));
  const ordered = new Set([...threads, ...attempts]);
  const shared = (await pair.from.spaces(familyPrefix(family))).filter((space) => !ordered.has(space));
  const certificates = certificateSpace(input.suites.sealed.hash);
  await refuseOtherCertificates(pair, certificates);
  let records = await copyRecords(pair, [...shared, looksSpace(input.suites.test), certificates]);
  for (const space of attempts) records += await replaceRecords(pair, space);
  for (const space of threads) records += await copyThread(pair, space);
  return records;
}

/** Certificates have one account: those of two stores on the same sealed tasks cannot be put together afterwards. */
async function refuseOtherCertificates({ from, to }: StorePair, space: string): Promise<void> {
  const [here, there] = [await from.list(space, {}), await to.list(space, {})];
  const isPart = there.every(({ key, value }) => here.some((one) => one.key === key && one.value === value));
  if (isPart) return;
  throw new StoreError(
    `${to.url} has other certificates on the same sealed tasks, and their error cannot be shared afterwards. Export to another store.`,
  );
}

async function refuseTaken({ registry, store }: Runs, { name, thread }: RunEntry): Promise<void> {
  const taken = (await registry.find(name)) ?? (await registry.find(thread));
  if (taken === undefined) return;
  const text =
    taken.thread === thread
      ? `Run "${name}" is already in ${store.url}. Show or resume it there.`
      : `${store.url} contains a different run "${taken.name}". Export to another store.`;
  throw new RunError("exists", name, text);
}
