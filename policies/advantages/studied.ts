import type { Policy } from "../policy.ts";
import { contrastPair, type Rewards } from "./advantages.ts";

/** Chooses which rollouts of a batch are analyzed, from the rewards of each task's samples. */
export interface Studied extends Policy {
  /** For each task the places of samples, in the order in which they are shown. */
  choose(tasks: readonly Rewards[]): number[][];
}

/** All of them. */
export const allStudied: Studied = {
  name: "studied.all",
  version: 1,
  choose: (tasks) => tasks.map((rewards) => [...rewards.keys()]),
};

/**
 * The best and the worst sample of each task, as a contrast; a task whose samples are equal has none and is left out with `skipEqual`. Where no
 * task has one, a sample of each is studied, as otherwise an agent that always answers alike could not be improved. Skill-R1
 * (arXiv 2605.09359), A.6 [R]; the exception is ours [R].
 */
export function contrastStudied({ skipEqual }: { skipEqual: boolean }): Studied {
  return {
    name: `studied.contrast${skipEqual ? "" : " and equal"}`,
    version: 1,
    choose(tasks) {
      const pairs = tasks.map(contrastPair);
      const isSkipping = skipEqual && pairs.some((pair) => pair !== null);
      return pairs.map((pair, place) => {
        if (pair !== null) return [pair.best, pair.worst];
        const known = (tasks[place] as Rewards).findIndex((reward) => reward !== null);
        return isSkipping || known === -1 ? [] : [known];
      });
    },
  };
}
