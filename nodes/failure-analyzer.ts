import type { Analyzer } from "../analysts/analyst.ts";
import type { Payload } from "../stores/payload.ts";
import type { RolloutArchive } from "../stores/rollout-archive.ts";
import type { RunNode } from "./node.ts";

/** Says what went wrong in the batch, with evidence. */
export function createFailureAnalyzer(needs: {
  analyzer: Analyzer;
  payload: Payload;
  archive: RolloutArchive;
}): RunNode {
  const { analyzer, payload, archive } = needs;
  return async function failureAnalyzer({ rollouts, parent, suites, seen }) {
    if (rollouts === null) return { failures: null };
    const batch = await archive.study([rollouts], { suite: suites.train, seen });
    const failures = await analyzer.analyze(batch, await payload.program(parent));
    return { failures: await payload.putJson(failures) };
  };
}
