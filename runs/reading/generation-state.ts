import type { RunState } from "../../state/channels.ts";
import { DamageError, RunError } from "../../state/errors.ts";
import { checkpointAt } from "../cycle/fork.ts";
import { readRunRecord, type RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** A generation of a run, its own or one it inherited, with the run that made it. */
export interface GenerationState {
  state: RunState;
  owner: RunRecord;
}

/** The state at the end of a generation of a run's lineage; undefined, and warned of, where it can no longer be read. */
export async function generationState(
  runs: Runs,
  record: RunRecord,
  generation: number,
): Promise<GenerationState | undefined> {
  try {
    const { checkpoint } = await checkpointAt(runs, record, generation);
    return { state: checkpoint.channel_values as RunState, owner: await ownerOf(runs, record, generation) };
  } catch (error) {
    if (!(error instanceof DamageError || error instanceof RunError)) throw error;
    runs.store.warnings.add(`Generation ${generation} of run "${record.name}" is skipped: ${error.message}`);
    return undefined;
  }
}

async function ownerOf(runs: Runs, record: RunRecord, generation: number): Promise<RunRecord> {
  const { parent, family } = record;
  if (parent === null || generation > parent.generation) return record;
  const older = await readRunRecord(runs.store, { family, thread: parent.thread });
  return older === undefined ? record : ownerOf(runs, older, generation);
}
