import { resultOf, type RunStatus } from "../result.ts";
import { readRunRecord, type RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** A run of the family a run belongs to, a parent before its branches. */
export interface FamilyRun {
  run: string;
  /** How many forks lie between it and the root. */
  depth: number;
  /** The run it branched from and the generation; null for the root. */
  parent: { run: string; generation: number } | null;
  status: RunStatus | "running";
  generations: number;
  /** Its best validation score; null where nothing was measured. */
  best: number | null;
}

/** More runs than this are counted, not shown. */
const mostRuns = 40;

/** The family of a run: what it branched from, its branches, and theirs. `left` is how many more there are. */
export async function readFamily(runs: Runs, { family }: RunRecord): Promise<{ runs: FamilyRun[]; left: number }> {
  const records: RunRecord[] = [];
  for (const entry of await runs.registry.entries()) {
    const record = entry.family === family ? await readRunRecord(runs.store, entry) : undefined;
    if (record !== undefined) records.push(record);
  }
  const ordered = inOrder(records);
  const shown = await Promise.all(ordered.slice(0, mostRuns).map((each) => describe(runs, records, each)));
  return { runs: shown, left: ordered.length - shown.length };
}

interface Placed {
  record: RunRecord;
  depth: number;
}

function inOrder(records: readonly RunRecord[]): Placed[] {
  const threads = new Set(records.map(({ thread }) => thread));
  const childrenOf = (thread: string | null): RunRecord[] =>
    records
      .filter(({ parent }) => (parent !== null && threads.has(parent.thread) ? parent.thread : null) === thread)
      // The last fork first: drawn below each other, no branch then crosses another.
      .toSorted((one, other) => forkOf(other) - forkOf(one) || (one.createdAt < other.createdAt ? -1 : 1));
  const walk = (record: RunRecord, depth: number): Placed[] => [
    { record, depth },
    ...childrenOf(record.thread).flatMap((child) => walk(child, depth + 1)),
  ];
  return childrenOf(null).flatMap((root) => walk(root, 0));
}

function forkOf({ parent }: RunRecord): number {
  return parent?.generation ?? 0;
}

async function describe(runs: Runs, records: readonly RunRecord[], { record, depth }: Placed): Promise<FamilyRun> {
  const { name, thread, parent } = record;
  const { status, generations, score } = await resultOf(runs, record);
  const isAtWork = (await runs.leases.ownerOf(thread)) !== undefined;
  const from = records.find((each) => each.thread === parent?.thread)?.name ?? parent?.thread ?? "";
  return {
    run: name,
    depth,
    parent: parent === null ? null : { run: from, generation: parent.generation },
    status: isAtWork ? "running" : status,
    generations,
    best: score.validation.best,
  };
}
