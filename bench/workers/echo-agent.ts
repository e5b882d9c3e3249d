import { setTimeout as sleep } from "node:timers/promises";
import type { TaskAgent } from "../../agents/agent.ts";
import { noCost } from "../../state/task.ts";

/** An agent that takes its time and little else, in milliseconds, and is kept account of as one that costs money. */
export function createEchoAgent(milliseconds: number): TaskAgent {
  return {
    fingerprint: `echo@${milliseconds}`,
    async answer({ input }) {
      if (milliseconds > 0) await sleep(milliseconds);
      return { text: input, used: [], trace: [], cost: noCost };
    },
  };
}
