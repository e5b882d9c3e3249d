import { z } from "zod";
import type { Diagnostician } from "../analysts/analyst.ts";
import { clearOutcomes, type Failing } from "../policies/feedback/failing.ts";
import { Failure, type Deficiency } from "../state/study.ts";
import { lastTasks } from "../policies/samples.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { emit, studyOf, type RunNode } from "./node.ts";

const Failures = z.array(Failure);

interface Needs {
  diagnostician: Diagnostician;
  failing: Failing;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}

/** Traces the failures to places in the skill, worst first. */
export function createDiagnostician({ diagnostician, failing, payload, archive, ledger }: Needs): RunNode {
  return async function diagnose(state, runtime) {
    const { failures: hash, parents, generation, episode, replay, suites, seen, settings } = state;
    const [parent] = parents;
    if (hash === null || parent === undefined) return { deficiencies: null };
    const failures = await payload.json(hash, Failures);
    const from = { suite: suites.train, seen, without: episode?.later ?? [] };
    const last = lastTasks(await archive.study(replay, from), settings.replay);
    const skills = await payload.program(parent);
    const work = studyOf(runtime, { part: "diagnostician", generation, ledger });
    const { value: deficiencies, cost } = await withCalls(work, () =>
      diagnostician.diagnose(failures, skills, clearOutcomes(failing, last)),
    );
    const categories = countsOf(deficiencies);
    emit(runtime, { type: "deficiencies-found", generation, failures: failures.length, categories });
    return { deficiencies: await payload.putJson(deficiencies), spent: { tokens: tokensIn(cost) } };
  };
}

/** The tasks of each category; what failed nothing counts once. */
function countsOf(deficiencies: readonly Deficiency[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { category, tasks } of deficiencies) {
    counts[category] = (counts[category] ?? 0) + Math.max(1, tasks.length);
  }
  return counts;
}
