import type { Certificate } from "../../state/certificate.ts";
import type { Hash } from "../../state/json.ts";
import { openCertificates } from "../../stores/ledger/certificates.ts";
import { readRunRecord, type RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** The threads that a run comes from, itself first, each with the generation up to which it is part of its history. */
export type Line = ReadonlyArray<{ thread: string; until: number }>;

export async function lineOf({ store }: Pick<Runs, "store">, record: RunRecord): Promise<Line> {
  const line = [{ thread: record.thread, until: Infinity }];
  for (let { parent } = record, until = Infinity; parent !== null;) {
    until = Math.min(until, parent.generation);
    line.push({ thread: parent.thread, until });
    parent = (await readRunRecord(store, { family: record.family, thread: parent.thread }))?.parent ?? null;
  }
  return line;
}

/** The last program that was certified in the history of a run; undefined where none was. */
export function lastCertified(certificates: readonly Certificate[], line: Line): Certificate | undefined {
  return certificates.findLast(
    ({ thread, generation, finding }) =>
      finding?.outcome === "certified" && line.some((one) => one.thread === thread && generation <= one.until),
  );
}

/** How far the best skill of a run can be trusted. */
export interface Trust {
  /** Certified: its gain was shown on the sealed tasks. */
  status: "certified" | "uncertified";
  /** Number of sealed tasks. */
  tasks: number;
  /** Number of certificates made on them by all runs in the store: the looks that the error is divided over. */
  made: number;
  /** The last one of the run, with or without a finding. */
  last: Certificate | null;
  warnings: string[];
}

/** Below so many tasks, or where only a larger difference can be found, a certificate says little (ours [R]). */
const fewestTasks = 30;
const largestDetectable = 0.15;

/** Null where no task is sealed. */
export async function trustOf(runs: Pick<Runs, "store">, record: RunRecord, best: Hash): Promise<Trust | null> {
  const { sealed } = record.input.suites;
  if (sealed.size === 0) return null;
  const certificates = await openCertificates(runs.store, sealed).list();
  const line = await lineOf(runs, record);
  const isCertified = lastCertified(certificates, line)?.program === best;
  const last = certificates.findLast(({ thread }) => line.some((one) => one.thread === thread)) ?? null;
  const detectable = last?.finding?.detectable ?? 0;
  const few = `only ${sealed.size} sealed tasks; a certificate says little below ${fewestTasks}`;
  const large = `only a difference of ${Math.round(100 * detectable)} points or more is likely to be found`;
  return {
    status: isCertified ? "certified" : "uncertified",
    tasks: sealed.size,
    made: certificates.length,
    last,
    warnings: [...(sealed.size < fewestTasks ? [few] : []), ...(detectable > largestDetectable ? [large] : [])],
  };
}
