import type { MemoryTable } from "../../policies/policy.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import type { Member } from "../../state/archive.ts";
import type { Hash } from "../../state/json.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Settings } from "../../state/settings.ts";
import type { SuiteName } from "../../state/task.ts";
import type { Limits } from "../../state/usage.ts";
import { diffPrograms } from "../../skills/diff.ts";
import { membersOf } from "../../stores/payload/members.ts";
import { createPayload, type Payload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { lineage, resultOf, type RunResult } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { Fingerprints, RunRecord } from "../run-record.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";
import { memoryTables } from "../reading/memory-tables.ts";
import { fileOperationsOf, type GenerationFiles } from "../reading/operations.ts";
import { readSkillUses, type SkillUses } from "../reading/skill-use.ts";
import { readFamily, type FamilyRun } from "./family.ts";
import { readHeatMaps, type HeatMap } from "./heat-map.ts";
import { scoredMean, type ScoredMean } from "../../policies/inference/score-interval.ts";

/** The contents of the report of a run. */
export interface RunReport {
  result: RunResult;
  isAtWork: boolean;
  createdAt: string;
  settings: Settings;
  limits: Limits;
  fingerprints: Fingerprints;
  /** How many tasks each split has. */
  tasks: Record<SuiteName, number>;
  /** How many validation tasks the gate uses. */
  gateTasks: number;
  timeline: GenerationRecord[];
  /** What the candidates that were made on files were made by. */
  operations: GenerationFiles[];
  /** What its policies remember, of those that describe it. */
  memories: MemoryTable[];
  /** The generation the best program is of; 0 for the start. */
  bestGeneration: number;
  /** The programs kept, as of the last generation. */
  members: readonly Member[];
  /** The looks at the test split; null where there was none. */
  test: { start: ScoredMean | null; best: ScoredMean | null };
  family: { runs: FamilyRun[]; left: number };
  maps: { validation: HeatMap; train: HeatMap };
  /** Which skills were visible and used; null if neither the start nor the best program has more than one. */
  uses: SkillUses | null;
  /** From the start to the best, unified; empty where nothing changed. */
  diff: string;
  warnings: readonly string[];
}

/** Reads a run for its report; needs neither its lease nor its agent, so it works while the run is active. */
export async function readReport(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): Promise<RunReport> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { settings, suites, start } = record.input;
    const result = await resultOf(runs, record);
    const timeline = await lineage(runs, record);
    const payload = createPayload({ store, family: record.family });
    const { train, validation, sealed, test } = suites;
    const [first, best] = await Promise.all([payload.program(start), payload.program(result.skill.hash)]);
    const hasSeveral = Math.max(first.length, best.length) > 1;
    return {
      result,
      isAtWork: (await runs.leases.ownerOf(record.thread)) !== undefined,
      createdAt: record.createdAt,
      settings,
      limits: record.limits,
      fingerprints: record.fingerprints,
      tasks: { train: train.size, validation: validation.size, sealed: sealed.size, test: test.size },
      gateTasks: validationTasks(settings, validation.size).length,
      timeline,
      operations: await fileOperationsOf(timeline, payload),
      memories: await memoryTables(runs, record, { timeline, payload }),
      bestGeneration:
        timeline.findLast(({ head, parents }) => head === result.skill.hash && !parents.includes(head))?.generation ??
        0,
      members: await membersIn(payload, timeline, start),
      test: { start: lookAt(record, start), best: lookAt(record, result.skill.hash) },
      family: await readFamily(runs, record),
      maps: await readHeatMaps(runs, record, timeline),
      uses: hasSeveral ? await readSkillUses(name, { store }) : null,
      diff: diffPrograms(first, best),
      warnings: store.warnings.all(),
    };
  } finally {
    await close();
  }
}

async function membersIn(payload: Payload, timeline: readonly GenerationRecord[], start: Hash): Promise<Member[]> {
  const archive = timeline.at(-1)?.archive.members;
  return membersOf({ archive: archive ?? null, start }, payload);
}

function lookAt({ looks }: RunRecord, wanted: string): ScoredMean | null {
  const look = looks.findLast(({ program }) => program === wanted);
  return look === undefined || look.score === null ? null : scoredMean(look.score, look.tasks - look.missing);
}
