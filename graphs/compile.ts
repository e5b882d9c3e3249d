import type { BaseCheckpointSaver, CompiledStateGraph } from "@langchain/langgraph";
import type { RunState, RunUpdate } from "../state/channels.ts";

/** No run is bounded by LangGraph's own limit of supersteps: stopping is a policy. */
const recursionLimit = 1_000_000_000;

/** A graph over the run state before it is compiled, whatever its nodes are. */
export interface LoopGraph {
  compile(options?: {
    checkpointer?: BaseCheckpointSaver;
    name?: string;
  }): CompiledStateGraph<RunState, RunUpdate, string, typeof RunState, typeof RunState>;
}

/** The loop ready to run: every superstep saved before the next begins. Plain `.compile()` works too, with LangGraph's defaults. */
export function compileLoop(
  loop: LoopGraph,
  { checkpointer }: { checkpointer: BaseCheckpointSaver },
): ReturnType<LoopGraph["compile"]> {
  return loop.compile({ checkpointer, name: "skillgraph" }).withConfig({ durability: "sync", recursionLimit });
}
