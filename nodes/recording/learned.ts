import { z } from "zod";
import type { Learned, TaskOutcome } from "../../policies/policy.ts";
import type { Sampling } from "../../policies/sampling.ts";
import type { RunState, SuiteRef } from "../../state/channels.ts";
import { Edit } from "../../state/program.ts";
import { categoriesOf } from "../../stores/payload/categories.ts";
import { measuredOf } from "../../stores/payload/opened.ts";
import type { Payload } from "../../stores/payload/payload.ts";

const Edits = z.array(Edit);

/** Outcomes with the categories of their tasks, for a sampling policy that draws by them. */
export async function withCategories(
  outcomes: readonly TaskOutcome[],
  train: SuiteRef,
  { sampling, payload }: { sampling: Pick<Sampling, "category">; payload: Payload },
): Promise<readonly TaskOutcome[]> {
  if (sampling.category === undefined) return outcomes;
  const categories = await categoriesOf(train, sampling.category, payload);
  return outcomes.map((outcome) => ({ ...outcome, category: categories[Number(outcome.task)] ?? "" }));
}

/** The candidates as they were drafted. Parts and fusions of them, which the trial makes, are not among them. */
export async function judgedIn(state: RunState, payload: Payload): Promise<Learned["candidates"]> {
  const measured = await measuredOf(state, payload);
  return state.candidates.map(({ program }) => {
    const found = measured.find(({ candidate }) => candidate.program === program);
    return { program, verdict: found?.verdict ?? null };
  });
}

export async function acceptedEdits(state: RunState, payload: Payload): Promise<number> {
  const measured = await measuredOf(state, payload);
  const accepted = measured.filter((one, index) => (state.verdicts[index] ?? one.verdict).accepted);
  const lists = await Promise.all(accepted.map(({ candidate }) => payload.json(candidate.edits, Edits)));
  return lists.flat().length;
}
