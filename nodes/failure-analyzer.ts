import type { Analyzer } from "../analysts/analyst.ts";
import type { Studied } from "../policies/advantages/studied.ts";
import { clearOutcomes, type Failing } from "../policies/feedback/failing.ts";
import { byTask } from "../policies/samples.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { studyOf, type RunNode } from "./node.ts";

/** Says what went wrong in the rollouts of the batch that are studied, with evidence. */
export function createFailureAnalyzer(needs: {
  analyzer: Analyzer;
  studied: Studied;
  failing: Failing;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}): RunNode {
  const { analyzer, studied, failing, payload, archive, ledger } = needs;
  return async function failureAnalyzer({ rollouts, parents: [parent], suites, seen, generation }, runtime) {
    if (rollouts === null || parent === undefined) return { failures: null };
    const all = clearOutcomes(failing, await archive.study([rollouts], { suite: suites.train, seen }));
    const tasks = byTask(all, ({ rollout }) => rollout.task);
    const chosen = studied.choose(tasks.map(({ rows }) => rows.map(({ score }) => score?.value ?? null)));
    const shown = tasks.flatMap(({ rows }, place) => (chosen[place] ?? []).flatMap((sample) => rows[sample] ?? []));
    const batch = clearOutcomes(failing, shown);
    const skills = await payload.program(parent);
    const work = studyOf(runtime, { part: "failure-analyzer", generation, ledger });
    const { value: failures, cost } = await withCalls(work, () => analyzer.analyze(batch, skills));
    return { failures: await payload.putJson(failures), spent: { tokens: tokensIn(cost) } };
  };
}
