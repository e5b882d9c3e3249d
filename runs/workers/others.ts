import { queueNameOf, type Doers } from "../../stores/queue/directory.ts";
import { surveyQueues, type QueueState } from "../../stores/queue/survey.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { counted } from "../words.ts";

/** What a run is told that no worker takes rollouts of; undefined where one does, or nobody can know. */
export async function whyNobodyWorks(store: RecordStore, doers: Doers): Promise<string | undefined> {
  const queues = await surveyQueues(store);
  const name = queueNameOf(doers);
  const own = queues.find((queue) => queue.name === name);
  if (own !== undefined && own.workers !== 0) return undefined;
  const others = queues.filter((queue) => queue.name !== name && (queue.workers ?? 0) > 0);
  const found = others.map((queue) => `${counted(queue.workers ?? 0, "worker")} with ${partsThatDiffer(queue, doers)}`);
  const seen = found.length === 0 ? "There is no worker at all" : `There are ${found.join(", and ")}, which differ`;
  return `No worker takes the rollouts of this run, which waits. ${seen}. Start one with the config of the run: skillgraph worker --store ${store.url}`;
}

/** What a worker is told about runs that wait for another agent or verifier, while none waits for it. */
export async function whoWaitsForOthers(store: RecordStore, doers: Doers): Promise<string[]> {
  const queues = await surveyQueues(store);
  const name = queueNameOf(doers);
  if (queues.some((queue) => queue.name === name && queue.waiting + queue.active > 0)) return [];
  return queues
    .filter((queue) => queue.name !== name && queue.waiting > 0 && queue.workers === 0)
    .map(
      (queue) =>
        `${counted(queue.waiting, "rollout")} in this store wait for a worker with ${partsThatDiffer(queue, doers)}. ` +
        "This worker does not take them: start it with the config of their run.",
    );
}

/** The parts of a queue that are not those of whoever is told, with both fingerprints. */
function partsThatDiffer(queue: QueueState, own: Doers): string {
  const differing = (["agent", "verifier"] as const).filter((part) => queue[part] !== own[part]);
  return differing.map((part) => `${part} ${queue[part]} (here: ${own[part]})`).join(" and ");
}
