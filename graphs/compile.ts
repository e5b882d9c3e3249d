import type { BaseCheckpointSaver } from "@langchain/langgraph";
import type { createLoop } from "./loop.ts";

/** No run is bounded by LangGraph's own limit of supersteps: stopping is a policy. */
const recursionLimit = 1_000_000_000;

/** The loop ready to run: every superstep saved before the next begins. Plain `.compile()` works too, with LangGraph's defaults. */
export function compileLoop(
  loop: ReturnType<typeof createLoop>,
  { checkpointer }: { checkpointer: BaseCheckpointSaver },
) {
  return loop.compile({ checkpointer, name: "skillgraph" }).withConfig({ durability: "sync", recursionLimit });
}
