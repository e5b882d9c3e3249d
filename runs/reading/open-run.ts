import type { RunState } from "../../state/channels.ts";
import { RunError } from "../../state/errors.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createStateReader, type StateReader } from "../../stores/payload/state-reader.ts";
import { checkpointAt } from "../cycle/fork.ts";
import { stateOf } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

/** A run opened for reading: its states, and what their hashes stand for. */
export interface OpenRun extends StateReader {
  /** Its LangGraph thread. */
  readonly thread: string;
  /** The state at the end of a generation, its own or one it inherited; without one, at its last checkpoint. */
  state(generation?: number): Promise<RunState>;
  close(): Promise<void>;
}

/** Opens a run by its name or thread id. Needs neither its lease nor its agent, so it can be read while it works. */
export async function openRun(name: string, { store: where }: { store?: string | RecordStore } = {}): Promise<OpenRun> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { family, thread } = record;
    const payload = createPayload({ store, family });
    const ledger = createLedger({ store, family, run: thread });
    return {
      ...createStateReader({ payload, ledger }),
      thread,
      close,
      async state(generation) {
        if (generation !== undefined) {
          const { checkpoint } = await checkpointAt(runs, record, generation);
          return checkpoint.channel_values as RunState;
        }
        const state = await stateOf(runs, thread);
        if (state !== undefined) return state;
        const text = `Run "${record.name}" has no checkpoint yet. Start it, or wait for its first generation.`;
        throw new RunError("generation", record.name, text);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
