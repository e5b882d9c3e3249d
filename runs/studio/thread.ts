import type { RunnableConfig } from "@langchain/core/runnables";
import { RunError } from "../../state/errors.ts";
import { readRunRecord, type RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** The thread a config is about; every run is one. */
export function threadOf(config: RunnableConfig | undefined): string {
  const { thread_id: thread } = (config?.configurable ?? {}) as { thread_id?: string };
  if (thread !== undefined) return thread;
  const text = 'There is no "thread_id" in the "configurable" of the config. Give the thread id of the run.';
  throw new RunError("missing", "", text);
}

/** The run on a thread; undefined where there is none yet. */
export async function recordOn({ registry, store }: Runs, thread: string): Promise<RunRecord | undefined> {
  const place = await registry.find(thread);
  return place?.thread === thread ? readRunRecord(store, place) : undefined;
}
