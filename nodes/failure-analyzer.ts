import type { Analyzer } from "../analysts/analyst.ts";
import { withoutNearMisses, type Failing } from "../policies/feedback/failing.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { studyOf, type RunNode } from "./node.ts";

/** Says what went wrong in the batch, with evidence. */
export function createFailureAnalyzer(needs: {
  analyzer: Analyzer;
  failing: Failing;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}): RunNode {
  const { analyzer, failing, payload, archive, ledger } = needs;
  return async function failureAnalyzer({ rollouts, parents: [parent], suites, seen, generation }, runtime) {
    if (rollouts === null || parent === undefined) return { failures: null };
    const batch = withoutNearMisses(failing, await archive.study([rollouts], { suite: suites.train, seen }));
    const skills = await payload.program(parent);
    const work = studyOf(runtime, { part: "failure-analyzer", generation, ledger });
    const { value: failures, cost } = await withCalls(work, () => analyzer.analyze(batch, skills));
    return { failures: await payload.putJson(failures), spent: { tokens: tokensIn(cost) } };
  };
}
