import type { SkillFolder } from "../../skills/folder.ts";
import { lostConcepts } from "../../skills/reduction/faithfulness.ts";
import { descriptionOf } from "../../skills/library/retrieval.ts";
import { misrouted, routeByWords, routingPool } from "../../skills/reduction/routing.ts";
import { shorten } from "../../skills/shorten.ts";
import { atLeastAcceptance } from "../acceptance.ts";
import { headStage, type Trial } from "../trial.ts";

/**
 * SkillReducer's gates (arXiv 2603.29919 [S]) in order: descriptions still route, no operational concept of a body is lost, and the tasks go no worse, so
 * that all of the score is retained ([R]: at least 1.0). The first two need no rollout.
 */
export const reductionTrial: Trial = {
  name: "trial.reduction",
  version: 1,
  takesShorter: true,
  stages: ({ validation: tasks }) => [
    { name: "routing", against: "texts", objection: routingObjection },
    { name: "faithfulness", against: "texts", objection: faithfulnessObjection },
    headStage({ name: "tasks", acceptance: atLeastAcceptance, tasks, keep: 1 }),
  ],
  cost: ({ settings, validation }) => ({
    start: validation,
    least: Math.min(settings.wave, validation),
    most: settings.candidates * validation,
  }),
};

type Programs = readonly SkillFolder[];

function routingObjection(before: Programs, after: Programs): string | null {
  for (const [old, young] of pairsOf(before, after)) {
    const description = descriptionOf(young);
    if (description === descriptionOf(old)) continue;
    const pool = routingPool(old, before);
    const wrong = misrouted(pool, description, routeByWords).length;
    if (wrong > 0)
      return `the description of ${old.name} does not route ${wrong} of ${pool.cases.length} questions any more`;
  }
  return null;
}

const shownCharacters = 80;

function faithfulnessObjection(before: Programs, after: Programs): string | null {
  for (const [old, young] of pairsOf(before, after)) {
    const [first, ...others] = lostConcepts(old, young);
    if (first !== undefined)
      return `${old.name} has lost ${others.length + 1} of its concepts, such as "${shorten(first, shownCharacters)}"`;
  }
  return null;
}

function pairsOf(before: Programs, after: Programs): Array<[SkillFolder, SkillFolder]> {
  return before.flatMap((old): Array<[SkillFolder, SkillFolder]> => {
    const young = after.find(({ name }) => name === old.name);
    return young === undefined || young.hash === old.hash ? [] : [[old, young]];
  });
}
