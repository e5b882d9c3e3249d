import * as fc from "fast-check";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createStateProbe, hostileValue } from "../../tests/support/durability/hostile.ts";
import { saverName } from "./langgraph/loop.ts";
import { keepHostile } from "./langgraph/state.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

export const state: Trial = {
  id: "T14",
  name: "state",
  what: "hostile values in the state of a graph, written and read back; 10,000 values",
  langgraph: { [saverName]: keepHostile },
  async run({ share, progress }): Promise<Finding> {
    const probe = createStateProbe(createMemoryStore());
    const counts = { equal: 0, refused: 0 };
    const problems: string[] = [];
    const samples = fc.sample(hostileValue, { numRuns: shareOf(10_000, share), seed: 41 });
    for (const [index, value] of samples.entries()) {
      const outcome = await probe("channel", value);
      if (typeof outcome === "string") counts[outcome] += 1;
      else problems.push(outcome.finding);
      progress(index + 1, samples.length);
    }
    const figures = {
      "read back equal": `${counts.equal}`,
      "refused with the path": `${counts.refused}`,
    };
    return { figures, problems };
  },
};
