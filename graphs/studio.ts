import { compileLoop } from "./compile.ts";

type Loop = ReturnType<typeof compileLoop>;

/** What LangGraph's tooling has done by something else than the graph itself. */
export interface StudioNeeds {
  /** The state of a thread, and all there were, each with what comes next: by the graph of its run. */
  getState: Loop["getState"];
  getStateHistory: Loop["getStateHistory"];
  /** Streams a thread. `invoke` and `streamEvents` go by it. */
  stream: Loop["stream"];
  /** Changes the state of a thread. `updateState` goes by it. */
  bulkUpdateState: Loop["bulkUpdateState"];
}

/**
 * The loop as LangGraph's dev server may have it. The server puts a checkpointer of its own, which keeps everything in
 * memory, into each graph it loads; this one keeps its own. To be done last: what `withConfig` gives is another graph.
 */
export function forStudio(loop: Loop, needs: StudioNeeds): Loop {
  const { checkpointer } = loop;
  return Object.defineProperties(loop, {
    checkpointer: { get: () => checkpointer, set() {} },
    ...Object.fromEntries(Object.entries(needs).map(([name, value]) => [name, { value }])),
  });
}
