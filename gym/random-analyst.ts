import type { Analyst } from "../analysts/analyst.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { ScoredRollout } from "../state/task.ts";
import { aimed } from "./aim.ts";
import { createChance } from "./analyst.ts";
import { analyzeGym, diagnoseGym } from "./diagnosis.ts";
import { writeDraft } from "./draft.ts";
import { createHome } from "./home.ts";
import { demandOf, deskOf } from "./requests.ts";
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
    propose: async (deficiencies, skills, replay, budget) => {
      const failing = new Set(deficiencies.flatMap(({ tasks }) => tasks));
      const rollouts = replay.filter(({ rollout }) => failing.has(rollout.task));
      if (rollouts.length === 0) return { drafts: [], simulations: 0 };
      const chance = createChance(budget.draw);
      const homeOf = createHome(skills);
      const changes = Array.from({ length: budget.edits }, () =>
        changeAtRandom(world, { skills, rollouts, chance, homeOf }),
      );
      return writeDraft(skills, aimed(changes, { skills, world, budget }), { budget, chance, world, drift });
    },
  };
}

interface Drawing {
  skills: readonly SkillFolder[];
  rollouts: readonly ScoredRollout[];
  chance: Chance;
  homeOf: ReturnType<typeof createHome>;
}

function changeAtRandom(world: World, { skills, rollouts, chance, homeOf }: Drawing): Change | null {
  const operator = pick(operators, chance) ?? "add";
  const bullet = pick(readSkills(skills).bullets, chance);
  if (operator !== "add") return bullet === undefined ? null : { operator, bullet };
  const failing = () => pick(rollouts, chance)?.question.input ?? "";
  const request = failing();
  const cue = pick([...demandOf(world, request).cues], chance);
  const step = pick([...demandOf(world, failing()).wanted.keys()], chance);
  if (cue === undefined || step === undefined) return null;
  const directive = { cue, step, isImportant: false };
  return { operator, skill: homeOf([request]), desk: deskOf(request) ?? null, directive };
}
