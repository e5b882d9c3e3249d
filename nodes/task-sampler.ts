import type { Epochs } from "../policies/epochs.ts";
import type { Episodes } from "../policies/episodes/episodes.ts";
import { recall } from "../policies/policy.ts";
import type { Sampling } from "../policies/sampling.ts";
import { createDraw } from "../state/draw.ts";
import { TaskList, type Task } from "../state/task.ts";
import type { SuiteRef } from "../state/channels.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";

interface Needs {
  sampling: Sampling;
  epochs?: Epochs | undefined;
  episodes?: Episodes | undefined;
  payload: Pick<Payload, "json">;
}

/** Opens a generation and draws its train tasks: none where it only audits the head, else to be studied, those of its episode, or, at the end of an epoch, to look back on it. */
export function createTaskSampler({ sampling, epochs, episodes, payload }: Needs): RunNode {
  return async function taskSampler(state, runtime) {
    const { generation: last, suites, settings, closing } = state;
    const generation = last + 1;
    if (closing !== null) {
      emit(runtime, { type: "generation-start", generation, tasks: 0, samples: settings.samples });
      return { generation, batch: [], epoch: null, episode: null };
    }
    const memories = await memoriesOf(state, payload);
    const { size } = suites.train;
    const draw = createDraw(settings.seed, generation, "epoch");
    const plan = epochs?.decide({ size }, recall(epochs, memories), draw);
    const reviewed = plan?.reflects === true ? plan.tasks : null;
    const chain = reviewed === null ? episodes?.plan({ size, settings }, recall(episodes, memories)) : undefined;
    const batch =
      reviewed ??
      chain?.tasks ??
      sampling.decide(
        { size, generation, settings, ...(await categoriesFor(sampling, suites.train, payload)) },
        recall(sampling, memories),
      );
    emit(runtime, { type: "generation-start", generation, tasks: batch.length, samples: settings.samples });
    return {
      generation,
      batch,
      epoch: plan === undefined ? null : { number: plan.number, reflects: plan.reflects },
      episode: chain?.episode ?? null,
    };
  };
}

/** The categories of the train tasks, for a policy that asks for them. The only thing beside a verifier that reads their meta. */
async function categoriesFor(
  { category: key }: Sampling,
  train: SuiteRef,
  payload: Pick<Payload, "json">,
): Promise<{ categories?: string[] }> {
  if (key === undefined) return {};
  const tasks = await payload.json(train.hash, TaskList);
  return { categories: tasks.map((task) => categoryOf(task, key)) };
}

/** What the meta of a task has under a key, if it is one text, number or truth value; "" otherwise. */
function categoryOf({ meta = {} }: Task, key: string): string {
  const value = Object.hasOwn(meta, key) ? meta[key] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
