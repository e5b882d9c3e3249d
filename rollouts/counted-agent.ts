import type { TaskAgent } from "../agents/agent.ts";
import { pausesRun, RunError, StoreError } from "../state/errors.ts";

/** The agent, and how many of its calls are under way. */
export function countCalls(agent: TaskAgent): { agent: TaskAgent; inFlight(): number } {
  let underWay = 0;
  return {
    inFlight: () => underWay,
    agent: {
      fingerprint: agent.fingerprint,
      ...(agent.bound === undefined ? {} : { bound: agent.bound }),
      async answer(...call) {
        underWay += 1;
        try {
          return await agent.answer(...call);
        } catch (error) {
          // A provider or a store that is gone, or a run that was lost, says nothing of the task.
          if (pausesRun(error) || error instanceof StoreError || error instanceof RunError) throw error;
          // An aborted call is the end of the work, not a failed attempt; the ledger knows it by this name.
          // An agent's own time limit is not: its rollout is missing.
          const isAborted = call[2].signal.aborted;
          const message = isAborted ? "The run was aborted." : error instanceof Error ? error.message : String(error);
          throw Object.assign(new Error(message, { cause: error }), isAborted ? { name: "AbortError" } : {});
        } finally {
          underWay -= 1;
        }
      },
    },
  };
}
