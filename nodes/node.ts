import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { RunState, RunUpdate } from "../state/channels.ts";
import type { RunEvent } from "../state/events.ts";

/** A plain LangGraph node over the run state: reads the state, returns a partial update. */
export type RunNode = (state: RunState, runtime: LangGraphRunnableConfig) => RunUpdate | Promise<RunUpdate>;

/** Tells an event on the graph's custom stream. */
export function emit(runtime: LangGraphRunnableConfig, event: RunEvent): void {
  runtime.writer?.(event);
}
