import { mainObjective, memberOf, type ArchiveView, type Values } from "../state/archive.ts";
import type { Hash } from "../state/json.ts";
import { atLeastAcceptance, strictAcceptance } from "./acceptance.ts";
import type { Trial } from "./trial.ts";

/** Number of validation tasks that a merge is compared on before it is measured on all [C]. */
const mergeTasks = 5;

/**
 * GEPA's trial (arXiv 2507.19457, gepa 0.1.4 [C]): a candidate must have a larger sum than its parent on the minibatch that the
 * parent was run on, and is then measured on all validation tasks. A merge must be no worse than the better of its parents on five
 * validation tasks, a third each of where the one is better, the other is, and neither.
 */
export const minibatchTrial: Trial = {
  name: "trial.minibatch",
  version: 1,
  takesShorter: false,
  stages: ({ batch, validation, parents, archive, settings }) => [
    parents.length === 2
      ? {
          name: "merge",
          suite: "validation",
          tasks: spreadTasks(validation, archive, parents),
          against: "parents",
          acceptance: atLeastAcceptance,
          keep: settings.candidates,
        }
      : {
          name: "minibatch",
          suite: "train",
          tasks: batch,
          against: "parents",
          acceptance: strictAcceptance,
          keep: settings.candidates,
        },
    { name: "validation", against: "none" },
  ],
  cost: ({ settings, batch, validation }) => ({
    start: validation,
    least: Math.min(settings.wave, batch),
    most: settings.candidates * (batch + validation),
  }),
};

/** Up to two tasks each of where one parent is better, where the other is, and where neither is, filled up in order. */
function spreadTasks(validation: readonly number[], { members }: ArchiveView, parents: readonly Hash[]): number[] {
  const [one, other] = parents.map((program): Values => memberOf(members, program)?.values[mainObjective] ?? []);
  const difference = (place: number) => (one?.[place] ?? 0) - (other?.[place] ?? 0);
  const places = [...validation.keys()];
  const share = Math.ceil(mergeTasks / 3);
  const buckets = [
    places.filter((place) => difference(place) > 0),
    places.filter((place) => difference(place) < 0),
    places.filter((place) => difference(place) === 0),
  ];
  const first = buckets.flatMap((bucket) => bucket.slice(0, share)).slice(0, mergeTasks);
  const filled = [...new Set([...first, ...places])].slice(0, mergeTasks);
  return filled.map((place) => validation[place] as number);
}
