import type { Episodes } from "../../policies/episodes/episodes.ts";
import type { RevisedTask } from "../../policies/episodes/revision.ts";
import { recall } from "../../policies/policy.ts";
import { meanScore } from "../../policies/scores.ts";
import type { Means } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { Evidence, type EpisodeRecord, type Measured } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Result } from "./asking.ts";
import { columnOf, meansOf } from "./columns.ts";

interface Closing extends Pick<Batch, "results" | "payload"> {
  episodes: Episodes | undefined;
  memories: Readonly<Record<string, Json>>;
  /** The candidate that the verdict is about. */
  measured: Measured | undefined;
}

/** Where the episode stands at the end of a generation; null without one. */
export async function closedEpisode(
  { episode, batch, parents: [parent], verdict, candidate }: RunState,
  { episodes, memories, measured, results, payload }: Closing,
): Promise<EpisodeRecord | null> {
  if (episodes === undefined || episode === null || parent === undefined) return null;
  const found = await rewardsOf(measured, { tasks: batch, results, payload });
  const closed = episodes.close(
    {
      episode,
      parent,
      score: meanScore(results.map(({ score }) => score?.value ?? null)),
      accepted: verdict?.accepted === true ? (candidate?.program ?? null) : null,
      rewards: found?.tasks ?? null,
      means: { before: meansOf(columnOf(results)), after: found?.means ?? null },
    },
    recall(episodes, memories),
  );
  return { ...closed, tasks: episode.tuned ? batch : [] };
}

interface Batch {
  /** Indices in the train suite, and the parent's results on them. */
  tasks: readonly number[];
  results: readonly Result[];
  payload: Pick<Payload, "json">;
}

/** The rewards of the tasks of the batch under the parent and under a candidate that was measured on them, and the candidate's means there; null where it was not. */
export async function rewardsOf(
  measured: Measured | undefined,
  { tasks, results, payload }: Batch,
): Promise<{ tasks: RevisedTask[]; means: Means } | null> {
  const found = await Promise.all((measured?.stages ?? []).map(({ evidence }) => payload.json(evidence, Evidence)));
  const evidence = found.find(({ suite }) => suite === "train");
  if (evidence === undefined) return null;
  const { columns, means } = evidence;
  const samples = columns.samples ?? [columns.candidate];
  const revised = results.map((result, place) => {
    const row = columns.task.indexOf(tasks[place] as number);
    return { before: result.samples, after: samples.map((values) => values[row] ?? null) };
  });
  return { tasks: revised, means: means.candidate };
}
