import { diffPrograms } from "../../skills/diff.ts";
import type { Json } from "../../state/json.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { lineage, resultOf, type RunResult } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";

/** Two runs side by side. */
export interface Comparison {
  results: [RunResult, RunResult];
  /** Settings and parts that differ, each with what it is in either run. */
  differences: Array<{ name: string; values: [Json, Json] }>;
  /** Whether both have the same tasks and start program, so that their scores mean the same. */
  isComparable: boolean;
  /** How many generations they share before they part; 0 for runs that are not of one family. */
  shared: number;
  /** Validation score of the head after each generation, null where it was not measured or the run had ended. */
  curves: [Array<number | null>, Array<number | null>];
  /** From the best of the first to the best of the second, unified; empty where they are equal. */
  diff: string;
}

/** Reads two runs of a store side by side. */
export async function compareRuns(
  left: string,
  right: string,
  { store: where }: { store?: string | RecordStore } = {},
): Promise<Comparison> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const [one, other] = await Promise.all([sideOf(runs, left), sideOf(runs, right)]);
    const parting = one.records.findIndex((record, index) => record !== other.records[index]);
    return {
      results: [one.result, other.result],
      differences: differencesOf(one.record, other.record),
      isComparable: isSameInput(one.record, other.record),
      shared: one.record.family !== other.record.family ? 0 : parting === -1 ? one.records.length : parting,
      curves: [one.curve, other.curve],
      diff: diffPrograms(one.best, other.best),
    };
  } finally {
    await close();
  }
}

async function sideOf(runs: Runs, name: string) {
  const record = await runRecordOf(runs, name);
  const result = await resultOf(runs, record);
  const timeline = await lineage(runs, record);
  const payload = createPayload({ store: runs.store, family: record.family });
  return {
    record,
    result,
    records: timeline.map((entry) => JSON.stringify(entry)),
    curve: timeline.map(({ headScore }) => headScore),
    best: await payload.program(result.skill.hash),
  };
}

function differencesOf(one: RunRecord, other: RunRecord): Comparison["differences"] {
  const of = (record: RunRecord): Record<string, Json> => {
    const { graph: _graph, ...parts } = record.fingerprints;
    return { ...parts, ...record.input.settings };
  };
  const [left, right] = [of(one), of(other)];
  return Object.keys(left)
    .filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]))
    .map((name) => ({ name, values: [left[name] ?? null, right[name] ?? null] }));
}

function isSameInput({ input: one }: RunRecord, { input: other }: RunRecord): boolean {
  const isSameSuites = (Object.keys(one.suites) as Array<keyof typeof one.suites>).every(
    (suite) => one.suites[suite].hash === other.suites[suite].hash,
  );
  return isSameSuites && one.start === other.start;
}
