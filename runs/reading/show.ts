import { diffPrograms } from "../../skills/diff.ts";
import type { MemoryTable } from "../../policies/policy.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Settings } from "../../state/settings.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { lineage, resultOf, type RunResult } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";
import { memoryTables } from "./memory-tables.ts";
import { fileOperationsOf, type GenerationFiles } from "./operations.ts";

/** A run as it stands: what it came to, how it got there, and what it made of the skill. */
export interface RunView {
  result: RunResult;
  settings: Settings;
  /** The process that works on it now, as far as can be seen from here. */
  owner: { pid: number; host: string } | null;
  parent: { run: string; generation: number } | null;
  timeline: GenerationRecord[];
  /** What the candidates that were made on files were made by. */
  operations: GenerationFiles[];
  /** What its policies remember, of those that describe it. */
  memories: MemoryTable[];
  best: SkillFolder[];
  /** What was found damaged on the way, or is at risk. */
  warnings: readonly string[];
  /** From the program the run started from to its best, as a unified diff; empty where nothing changed. */
  diff: string;
}

/** Reads a run; needs neither its lease nor its agent, so it can be watched while it works. */
export async function show(name: string, { store: where }: { store?: string | RecordStore } = {}): Promise<RunView> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const result = await resultOf(runs, record);
    const payload = createPayload({ store, family: record.family });
    const best = await payload.program(result.skill.hash);
    const timeline = await lineage(runs, record);
    const fork = record.parent;
    const owner = await runs.leases.ownerOf(record.thread);
    return {
      result,
      settings: record.input.settings,
      owner: owner === undefined ? null : { pid: owner.pid, host: owner.host },
      parent:
        fork === null
          ? null
          : { run: (await runs.registry.find(fork.thread))?.name ?? fork.thread, generation: fork.generation },
      timeline,
      operations: await fileOperationsOf(timeline, payload),
      memories: await memoryTables(runs, record, { timeline, payload }),
      best,
      warnings: store.warnings.all(),
      diff: diffPrograms(await payload.program(record.input.start), best),
    };
  } finally {
    await close();
  }
}
