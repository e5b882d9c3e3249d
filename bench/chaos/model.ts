import { runAgainstFaults } from "../../tests/support/model-faults.ts";
import { faultNames } from "../../tests/support/model-server/faults.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

export const modelFaults: Trial = {
  id: "T12",
  name: "model-faults",
  what: "1,000 rollouts, a call of a model each over HTTP, against a server of which 30 % of the answers are faults of 12 kinds",
  async run({ share }): Promise<Finding> {
    const calls = shareOf(1000, share);
    const { rows, again, requests, counts, script } = await runAgainstFaults({ seed: 12, calls, share: 0.3 });
    const answered = rows.filter(({ status }) => status === "answered");
    const faults = [...script.met.values()].reduce((sum, count) => sum + count, 0);
    const refused = script.met.get("refusal") ?? 0;
    const problems: string[] = [];

    if (rows.length !== calls) problems.push(`${rows.length} of ${calls} rollouts came to an end`);
    for (const { task, status, score } of rows) {
      if (status === "missing" ? score !== null : score?.value !== 1) problems.push(`${task}: a fault became a score`);
    }
    const unmet = faultNames.filter((name) => !script.met.has(name));
    if (share === 1 && unmet.length > 0) problems.push(`never met: ${unmet.join(", ")}`);
    for (const [kind, count] of Object.entries(script.kinds())) {
      const counted = counts.faults[kind as keyof typeof counts.faults] ?? 0;
      if (counted !== count) problems.push(`${kind}: ${count} happened, ${counted} were counted`);
    }
    if (requests > calls + faults) problems.push(`${requests} requests for ${calls} calls and ${faults} faults`);
    if (again.requests > 0) problems.push(`${again.requests} requests for what was there`);

    const figures = {
      "faults, each counted as what it was": `${faults}`,
      answered: `${answered.length} of ${calls}`,
      "missing, all but the refused after 6 attempts": `${calls - answered.length} (${refused} refused)`,
      "faults that became a score": `${problems.filter((problem) => problem.endsWith("a score")).length}`,
      "requests a call": (requests / calls).toFixed(2),
      "requests when asked for once more": `${again.requests}`,
    };
    return { figures, problems };
  },
};
