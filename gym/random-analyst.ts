import type { Analyst } from "../analysts/analyst.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { ScoredRollout } from "../state/task.ts";
import { createChance, writeDraft } from "./analyst.ts";
import { analyzeGym, diagnoseGym } from "./diagnosis.ts";
import { demandOf } from "./requests.ts";
import { readSkills } from "./skill.ts";
import type { World } from "./world.ts";
import { pick, type Chance, type Change } from "./writer.ts";

/** Adding comes more often, as in any search that grows directives. */
const operators = ["add", "add", "add", "emphasise", "delete"] as const;

/**
 * The control: the same edits with the same drift, but cues and steps are drawn from the failing requests, and bullets from
 * the skill, at random. What it reaches with a gate is the gate's doing.
 */
export function createRandomGymAnalyst(world: World, { drift = 0.08 }: { drift?: number } = {}): Analyst {
  return {
    fingerprint: `gym-random@1:${world.seed}:${drift}`,
    analyze: async (rollouts, skills) => analyzeGym(world, rollouts, skills),
    diagnose: async (failures, skills) => diagnoseGym(world, failures, skills),
    propose: async (deficiencies, [skill], replay, budget) => {
      const failing = new Set(deficiencies.flatMap(({ tasks }) => tasks));
      const rollouts = replay.filter(({ rollout }) => failing.has(rollout.task));
      if (skill === undefined || rollouts.length === 0) return { drafts: [], simulations: 0 };
      const chance = createChance(budget.draw);
      const changes = Array.from({ length: budget.edits }, () => changeAtRandom(world, { skill, rollouts, chance }));
      return writeDraft(skill, changes, { budget, chance, world, drift });
    },
  };
}

function changeAtRandom(
  world: World,
  { skill, rollouts, chance }: { skill: SkillFolder; rollouts: readonly ScoredRollout[]; chance: Chance },
): Change | null {
  const operator = pick(operators, chance) ?? "add";
  const bullet = pick(readSkills([skill]).bullets, chance);
  if (operator !== "add") return bullet === undefined ? null : { operator, bullet };
  const failing = () => demandOf(world, pick(rollouts, chance)?.question.input ?? "");
  const cue = pick([...failing().cues], chance);
  const step = pick([...failing().wanted.keys()], chance);
  return cue === undefined || step === undefined ? null : { operator, directive: { cue, step, isImportant: false } };
}
