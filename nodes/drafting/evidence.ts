import type { Patch } from "../../analysts/analyst.ts";
import type { BatchTask, Group } from "../../policies/drafting.ts";
import { byTask, meanOfSamples } from "../../policies/samples.ts";
import type { Origin } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";

/** What a proposer is given of a generation. */
export interface Evidence {
  deficiencies: readonly Deficiency[];
  replay: readonly ScoredRollout[];
}

/** The tasks of a batch with their scores, over all samples. */
export function batchOf(rollouts: readonly ScoredRollout[]): BatchTask[] {
  return byTask(rollouts, ({ rollout }) => rollout.task).map(({ task, rows }) => {
    return { task, score: meanOfSamples(rows.map(({ score }) => score))?.value ?? null };
  });
}

/** The tasks that failed: with a score below 1. */
export function failedIn(batch: readonly BatchTask[]): string[] {
  return batch.filter(({ score }) => score !== null && score < 1).map(({ task }) => task);
}

/** The deficiency that a draft is about: the one at its target, or else the worst. */
export function aboutOf({ target }: Origin, deficiencies: readonly Deficiency[]): Deficiency | undefined {
  return deficiencies.find((each) => placeOf(each) === target) ?? deficiencies[0];
}

function placeOf({ place, skill, file }: Deficiency): string {
  return place ?? `${skill}/${file}`;
}

/** What a draft aims at: the place of the worst deficiency. */
export function targetOf({ deficiencies: [worst] }: Evidence): string {
  return worst === undefined ? "" : placeOf(worst).slice(0, 80);
}

/** Edits with what asks for them, one a line: what is counted as a digest. */
export function editsText(patch: Patch): string {
  return patch.map(({ edit, support }) => JSON.stringify({ ...edit, support })).join("\n");
}

/**
 * What a group may learn from. One of failures: what is wrong with its tasks and with none, and of the batch's failures its own alone;
 * what went well stays in the replay, to be kept. One of successes: its own tasks.
 */
export function evidenceFor(group: Group, batch: readonly BatchTask[], all: Evidence): Evidence {
  const own = new Set(group.tasks);
  if (group.outcome === "successes")
    return { deficiencies: [], replay: all.replay.filter(({ rollout }) => own.has(rollout.task)) };
  const failed = new Set(failedIn(batch));
  return {
    deficiencies: all.deficiencies.flatMap((deficiency) => {
      const tasks = deficiency.tasks.filter((task) => own.has(task));
      return tasks.length > 0 || deficiency.tasks.length === 0 ? [{ ...deficiency, tasks }] : [];
    }),
    replay: all.replay.filter(({ rollout: { task } }) => own.has(task) || !failed.has(task)),
  };
}

/** How many tasks of a group ask for what is proposed from it: those with a deficiency, else all. */
export function supportOf(group: Group, { deficiencies }: Evidence): number {
  const blamed = new Set(deficiencies.flatMap(({ tasks }) => tasks));
  return blamed.size === 0 ? group.tasks.length : blamed.size;
}
