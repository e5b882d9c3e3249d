import type { Hash } from "../../state/json.ts";

/** A rollout of a chain: its task, its score in 0..1, and the skills that it used. */
export interface ChainRollout {
  task: string;
  score: number;
  used: readonly string[];
}

/** Rollouts made with the same skills, each with the hash of its folder. What is new in the skills was made from the batch before. */
export interface ChainBatch {
  skills: Readonly<Record<string, Hash>>;
  rollouts: readonly ChainRollout[];
}

/** The bonus of SAGE is not published; the reconstruction [R]. */
const usualBonus = 1;

/**
 * The rewards of the rollouts of a chain, batch by batch: the score, and a bonus where a later rollout of another task went well and used a skill that was made in the chain, for that
 * rollout and for those of the batch that the skill was made from, once each (SAGE, arXiv 2512.17102 [P/S]: the skill-integrated reward credits who made a skill and who used it; its chains are two similar tasks). A
 * skill counts as made anew by each change of its text, skills that were there from the beginning as not made, and a score of 1 as going well [R]. That replies
 * without code have -1 there has no equivalent here.
 */
export function chainRewards(
  batches: readonly ChainBatch[],
  { bonus = usualBonus }: { bonus?: number } = {},
): number[][] {
  const makers = makersOf(batches);
  const credited = batches.map(() => new Set<number>());
  for (const [at, { skills, rollouts }] of batches.entries())
    for (const [place, { task, score, used }] of rollouts.entries()) {
      if (score < 1) continue;
      const made = used.flatMap((skill) => makers.get(versionOf(skill, skills)) ?? []);
      const others = made.filter((maker) => batches[maker]?.rollouts.every((rollout) => rollout.task !== task));
      if (others.length > 0) credited[at]?.add(place);
      for (const maker of others) for (const each of batches[maker]?.rollouts.keys() ?? []) credited[maker]?.add(each);
    }
  return batches.map(({ rollouts }, at) =>
    rollouts.map(({ score }, place) => score + (credited[at]?.has(place) === true ? bonus : 0)),
  );
}

/** The batch that each version of a skill was made from. */
function makersOf(batches: readonly ChainBatch[]): Map<string, number> {
  const makers = new Map<string, number>();
  const known = new Set<string>();
  for (const [at, { skills }] of batches.entries())
    for (const skill of Object.keys(skills)) {
      const version = versionOf(skill, skills);
      if (at > 0 && !known.has(version)) makers.set(version, at - 1);
      known.add(version);
    }
  return makers;
}

function versionOf(skill: string, skills: ChainBatch["skills"]): string {
  return JSON.stringify([skill, Object.hasOwn(skills, skill) ? skills[skill] : null]);
}

/** The most turns of an agent there [C]. */
const usualTurns = 20;
const turnWeight = 0.1;

/**
 * The score with what EvoDS (KDD'26, usail-hkust/EvoDS [C]) takes off for turns: score - 0.1 turns / most, at most all of it, and nothing where the score is 0. Its bonus for calls of sub-agents is
 * left out, as agents here have none.
 */
export function turnReward({
  score,
  turns,
  most = usualTurns,
}: {
  score: number;
  turns: number;
  most?: number;
}): number {
  return score > 0 ? score - turnWeight * Math.min(1, turns / most) : 0;
}
