import type { Epochs } from "../policies/epochs.ts";
import type { Episodes } from "../policies/episodes/episodes.ts";
import { recall } from "../policies/policy.ts";
import type { Sampling } from "../policies/sampling.ts";
import { createDraw } from "../state/draw.ts";
import { categoriesOf } from "../stores/payload/categories.ts";
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
    const categoriesFor = async ({ category }: { category?: string } = {}) =>
      category === undefined ? {} : { categories: await categoriesOf(suites.train, category, payload) };
    const chain =
      reviewed === null
        ? episodes?.plan({ size, settings, ...(await categoriesFor(episodes)) }, recall(episodes, memories))
        : undefined;
    const batch =
      reviewed ??
      chain?.tasks ??
      sampling.decide({ size, generation, settings, ...(await categoriesFor(sampling)) }, recall(sampling, memories));
    emit(runtime, { type: "generation-start", generation, tasks: batch.length, samples: settings.samples });
    return {
      generation,
      batch,
      epoch: plan === undefined ? null : { number: plan.number, reflects: plan.reflects },
      episode: chain?.episode ?? null,
    };
  };
}
