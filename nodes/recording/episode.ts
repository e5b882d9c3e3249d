import type { Episodes } from "../../policies/episodes/episodes.ts";
import { recall, type TaskOutcome } from "../../policies/policy.ts";
import { meanScore } from "../../policies/scores.ts";
import type { RunState } from "../../state/channels.ts";
import { CurationLog } from "../../state/curation.ts";
import type { EpisodeRecord, Measured } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import type { RolloutRow } from "../../state/task.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Result } from "../trial/asking.ts";
import { rewardsOf } from "../trial/rewards.ts";

/** How each task of the batch went that has a result; its rollouts are in the order of the batch. */
export function outcomesOf(rows: readonly RolloutRow[], batch: readonly number[]): TaskOutcome[] {
  const scores = new Map<string, number[]>();
  for (const { task, score } of rows)
    scores.set(task, [...(scores.get(task) ?? []), ...(score === null ? [] : [score.value])]);
  return [...scores.values()].flatMap((values, place) => {
    const success = meanScore(values);
    return success === null ? [] : [{ task: String(batch[place]), rollouts: values.length, success }];
  });
}

interface Closed {
  episodes: Episodes | undefined;
  memories: Record<string, Json>;
  /** The candidate that the generation is about. */
  measured: Measured | undefined;
  results: readonly Result[];
  outcomes: readonly TaskOutcome[];
  payload: Payload;
}

/** Where the episode stands after the generation; null without one. */
export async function episodeOf(
  { episode, batch, parents: [parent], verdict, candidate, curated, head }: RunState,
  { episodes, memories, measured, results, outcomes, payload }: Closed,
): Promise<EpisodeRecord | null> {
  if (episodes === undefined || episode === null || parent === undefined) return null;
  const accepted = verdict?.accepted === true ? (candidate?.program ?? null) : null;
  const closed = episodes.close(
    {
      episode,
      parent,
      score: meanScore(results.map(({ score }) => score?.value ?? null)),
      accepted,
      rewards: await rewardsOf(measured, { tasks: batch, results, payload }),
      outcomes,
      curated: curated === null ? null : await payload.json(curated, CurationLog),
      tokens: {
        candidate: candidate === null ? null : await payload.tokens(candidate.program),
        head: await payload.tokens(head),
      },
    },
    recall(episodes, memories),
  );
  return { ...closed, tasks: episode.tuned ? batch : [] };
}
