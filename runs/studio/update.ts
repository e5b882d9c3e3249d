import type { RunnableConfig } from "@langchain/core/runnables";
import type { StudioNeeds } from "../../graphs/studio.ts";
import { RunState } from "../../state/channels.ts";
import { RunError, SkillgraphError, StateError } from "../../state/errors.ts";
import type { Settings } from "../../state/settings.ts";
import { writeRunRecord, type RunRecord } from "../run-record.ts";
import { withLease, type Runs } from "../session.ts";
import { changedSettings } from "../cycle/settings-change.ts";
import { recordOn, threadOf } from "./thread.ts";

type Update = StudioNeeds["bulkUpdateState"];

/**
 * Updates of a thread's state under its lease, which is given back at once. Settings may be given in part; those of the run
 * change with those of its state.
 */
export function createUpdate(runs: Runs, update: Update): Update {
  async function updateUnderLease(config: RunnableConfig, supersteps: Parameters<Update>[1]): Promise<RunnableConfig> {
    const thread = threadOf(config);
    const record = await recordOn(runs, thread);
    if (record === undefined) throw missing(thread);
    return withLease(runs, record, async (lease) => {
      checkChannels(supersteps);
      const { steps, settings } = withWholeSettings(supersteps, record);
      const next = await update(config, steps);
      if (settings !== undefined) await writeRunRecord(lease, { ...record, input: { ...record.input, settings } });
      await lease.release();
      return next;
    });
  }
  return async (config, supersteps) => {
    try {
      return await updateUnderLease(config, supersteps);
    } catch (error) {
      throw withResponse(error);
    }
  };
}

/** LangGraph would drop what is no channel in silence. */
function checkChannels(supersteps: Parameters<Update>[1]): void {
  const channels = RunState.getChannelKeys();
  const written = supersteps.flatMap(({ updates }) => updates.flatMap(({ values }) => Object.keys(values ?? {})));
  const unknown = written.find((channel) => !channels.includes(channel));
  if (unknown === undefined) return;
  throw new StateError(`"${unknown}" is not a channel of the run state. Channels are: ${channels.join(", ")}.`);
}

/** The updates with the settings they change filled up from those the run has, and the settings it has after them. */
function withWholeSettings(supersteps: Parameters<Update>[1], record: RunRecord) {
  let settings: Settings | undefined;
  const steps = supersteps.map(({ updates }) => ({
    updates: updates.map((update) => {
      const { settings: changes } = (update.values ?? {}) as { settings?: Record<string, unknown> };
      if (changes === undefined) return update;
      settings = changedSettings(record, { ...settings, ...changes });
      return { ...update, values: { ...(update.values as object), settings } };
    }),
  }));
  return { steps, settings };
}

/** The dev server reports an error only through its `getResponse`; any other is an "Internal Server Error" there. */
function withResponse(error: unknown): unknown {
  if (!(error instanceof SkillgraphError)) return error;
  const { name, message } = error;
  return Object.assign(error, { getResponse: () => Response.json({ error: name, message }, { status: 409 }) });
}

function missing(thread: string): RunError {
  return new RunError("missing", thread, `There is no run on thread ${thread} yet. Start one, then update it.`);
}
