import type { Analyst } from "../analysts/analyst.ts";
import type { Draw } from "../state/draw.ts";
import { hashJson } from "../state/json.ts";
import type { Deficiency } from "../state/study.ts";
import { aimed } from "./aim.ts";
import { cueOf, type Cue } from "./cue.ts";
import { analyzeGym, diagnoseGym, Extra } from "./diagnosis.ts";
import { writeDraft } from "./draft.ts";
import { compressions, moves } from "./reshaping.ts";
import { readSkills, type Bullet, type Directive } from "./skill.ts";
import type { World } from "./world.ts";
import { pick, type Chance, type Change } from "./writer.ts";

/** How good the simulated analyst is: chances in 0..1. */
export interface Skillfulness {
  /** Chance per failure to see which rule is missing. */
  identify: number;
  /** Chance to write a rule it has seen as a shortcut, where most of its failures carry the rule's mark. */
  tempted: number;
  /** Chance per failure to see that a directive does harm. */
  recognise: number;
  /** Chance per edit that another bullet is damaged. */
  drift: number;
}

export const skilled: Skillfulness = { identify: 0.4, tempted: 0.6, recognise: 0.12, drift: 0.08 };

/** Lapses of a directive in one batch from which on the analyst emphasises it. */
const lapsesToAct = 2;

/**
 * Stands in for a language model that studies failures: sees a missing rule the more surely the more often it failed,
 * is tempted by shortcuts, guesses where it sees nothing, and damages what it rewrites (design note 06, section 4). Works
 * on this batch's failures alone; never simulates. In a library it writes into the skill that the failing requests belong to, or, where it may, a new one for a desk
 * that has none beside skills of other desks; deletes a skill that it leaves without a directive; and compresses or splits one by what answers followed.
 */
export function createGymAnalyst(world: World, changes: Partial<Skillfulness> = {}): Analyst {
  const skillfulness = { ...skilled, ...changes };
  return {
    fingerprint: `gym-analyst@1:${hashJson({ world, skillfulness }).slice(0, 12)}`,
    analyze: async (rollouts, skills) => analyzeGym(world, rollouts, skills),
    diagnose: async (failures, skills) => diagnoseGym(world, failures, skills),
    propose: async (deficiencies, skills, replay, budget) => {
      const chance = createChance(budget.draw);
      const study = { world, bullets: readSkills(skills).bullets, skillfulness, chance };
      const { purpose, edits } = budget;
      const about = { skills, rollouts: replay, edits };
      const wanted =
        purpose?.action === "compress"
          ? compressions(purpose.skill, about)
          : purpose?.action === "split"
            ? moves(purpose, about)
            : deficiencies.map((deficiency) => repairOf(deficiency, study));
      const { drift } = skillfulness;
      return writeDraft(skills, aimed(wanted, { skills, world, budget }), { budget, chance, world, drift });
    },
  };
}

/** Draws one number after the other. */
export function createChance(draw: Draw): Chance {
  let index = 0;
  return () => draw(index++);
}

interface Study {
  world: World;
  bullets: readonly Bullet[];
  skillfulness: Skillfulness;
  chance: Chance;
}

/** The change that is to repair a deficiency; null where the analyst sees none. */
function repairOf({ skill, category, place, tasks, extra }: Deficiency, study: Study): Change | null {
  const { bullets, skillfulness, chance } = study;
  if (category === "missing-rule") {
    const about = Extra.parse(extra);
    return { operator: "add", skill, desk: about.desk, directive: directiveFor(about, tasks.length, study) };
  }
  const bullet = bullets.find((each) => each.place === `${skill}/${place}`);
  if (bullet === undefined) return null;
  if (category === "lapse") {
    return tasks.length < lapsesToAct || bullet.isImportant ? null : { operator: "emphasise", bullet };
  }
  return isSeen(skillfulness.recognise, tasks.length, chance) ? { operator: "delete", bullet } : null;
}

/** Whether something shows at least once in n failures. */
function isSeen(chanceEach: number, failures: number, chance: Chance): boolean {
  return chance() < 1 - (1 - chanceEach) ** failures;
}

/** What the analyst writes for a missing rule: the rule or its shortcut where it is seen, else a guess. */
function directiveFor({ step, isMarked, cases }: Extra, failures: number, study: Study): Directive {
  const { world, skillfulness, chance } = study;
  const rule = world.rules.find((each) => each.step === step);
  const [trigger, mark] = [cueOf("trigger", rule?.trigger ?? ""), cueOf("mark", rule?.mark ?? "")];
  const directive = (cue: Cue, wanted = step): Directive => ({ cue, step: wanted, isImportant: false });
  if (isSeen(skillfulness.identify, failures, chance)) {
    return directive(isMarked && chance() < skillfulness.tempted ? mark : trigger);
  }
  const others = world.rules.filter((each) => each.step !== step);
  const guesses = [
    directive(mark),
    directive(cueOf("case", pick(cases, chance) ?? "0")),
    directive(trigger, pick(others, chance)?.step),
  ];
  return pick(guesses, chance) ?? directive(trigger);
}
