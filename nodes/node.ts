import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { RunState, RunUpdate } from "../state/channels.ts";
import type { RunEvent } from "../state/events.ts";
import type { SuiteName } from "../state/task.ts";
import type { Work } from "../stores/calls.ts";
import type { RolloutOptions } from "../stores/executor.ts";
import type { Ledger } from "../stores/ledger.ts";

/** A plain LangGraph node over the run state: reads the state, returns a partial update. */
export type RunNode = (state: RunState, runtime: LangGraphRunnableConfig) => RunUpdate | Promise<RunUpdate>;

/** How a node rolls out: stops for a drain or an abort of the graph, and tells each rollout. */
export function rolloutOptions(
  runtime: LangGraphRunnableConfig,
  { generation, suite }: { generation: number; suite: SuiteName },
): RolloutOptions {
  return {
    control: runtime.control,
    signal: runtime.signal,
    onRollout: ({ task, score }, paid) =>
      emit(runtime, { type: "rollout-end", generation, suite, task, value: score?.value ?? null, paid }),
  };
}

/** The study of one part in one generation: the calls of a model that it makes belong to it. */
export function studyOf(
  runtime: LangGraphRunnableConfig,
  { part, generation, ledger }: { part: string; generation: number; ledger: Ledger },
): Work {
  return { name: () => ({ part, generation }), ledger, signal: runtime.signal ?? new AbortController().signal };
}

/** Tells an event on the graph's custom stream. */
export function emit(runtime: LangGraphRunnableConfig, event: RunEvent): void {
  runtime.writer?.(event);
}
