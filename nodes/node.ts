import { interrupt, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { Approval, type ApprovalRequest } from "../state/approval.ts";
import type { RunState, RunUpdate } from "../state/channels.ts";
import type { RunEvent } from "../state/events.ts";
import type { RolloutRow, SuiteName } from "../state/task.ts";
import { heldReason } from "../stores/ledger/attempts.ts";
import type { Work } from "../models/calls.ts";
import type { RolloutOptions } from "../rollouts/executor.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";

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
    generation,
    onRollout: (row, paid) => {
      for (const event of rolloutEvents(row, { generation, suite, paid })) emit(runtime, event);
    },
    onWarning: (message) => emit(runtime, { type: "rollout-warned", generation, suite, message }),
  };
}

/** What is told of one rollout. */
export function rolloutEvents(
  { task, score, reason }: RolloutRow,
  { paid, ...place }: { generation: number; suite: SuiteName; paid: boolean },
): RunEvent[] {
  const end = { type: "rollout-end" as const, ...place, task, value: score?.value ?? null, paid };
  return reason === heldReason ? [{ type: "task-held", ...place, task, reason }, end] : [end];
}

/** The study of one part in one generation: the calls of a model that it makes belong to it. */
export function studyOf(
  runtime: LangGraphRunnableConfig,
  { part, generation, ledger }: { part: string; generation: number; ledger: Ledger },
): Work {
  const { signal = new AbortController().signal } = runtime;
  const tell = (message: string) => emit(runtime, { type: "study-warned", generation, part, message });
  return { name: () => ({ part, generation }), ledger, signal, role: "analyst", isRetried: true, tell };
}

/** Asks a person. Ends this attempt of the node unless it was answered. An invalid answer is refused, and can be given again. */
export function ask(request: ApprovalRequest): Approval {
  return interrupt<ApprovalRequest, Approval>(request, { responseSchema: Approval });
}

/** Tells an event on the graph's custom stream. */
export function emit(runtime: LangGraphRunnableConfig, event: RunEvent): void {
  runtime.writer?.(event);
}
