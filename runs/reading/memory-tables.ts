import { knownRecipe } from "../../graphs/recipes/all.ts";
import { policyList } from "../../graphs/parts.ts";
import { recall, type MemoryTable } from "../../policies/policy.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import { memoriesOf } from "../../stores/payload/opened.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";
import { generationState } from "./generation-state.ts";

interface Reading {
  timeline: readonly GenerationRecord[];
  payload: Payload;
}

/** What the policies of a run remember after its last generation, of those that describe it. A custom recipe is not known here: none. */
export async function memoryTables(
  runs: Runs,
  record: RunRecord,
  { timeline, payload }: Reading,
): Promise<MemoryTable[]> {
  const { settings } = record.input;
  const recipe = knownRecipe(settings.recipe);
  const last = timeline.at(-1);
  if (recipe === undefined || last === undefined) return [];
  const policies = policyList(recipe.policies(settings)).filter(({ describe }) => describe !== undefined);
  const found = policies.length === 0 ? undefined : await generationState(runs, record, last.generation);
  if (found === undefined) return [];
  const memories = await memoriesOf(found.state, payload);
  return policies.flatMap((policy) => policy.describe?.(recall(policy, memories)) ?? []);
}
