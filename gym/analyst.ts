import type { Analyst, EditBudget, Proposal } from "../analysts/analyst.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { Draw } from "../state/draw.ts";
import { canonicalJson, hashJson } from "../state/json.ts";
import type { TextEdit } from "../state/program.ts";
import type { Deficiency } from "../state/study.ts";
import { cueOf, type Cue } from "./cue.ts";
import { analyzeGym, diagnoseGym, Extra } from "./diagnosis.ts";
import { readSkills, type Bullet, type Directive } from "./skill.ts";
import type { World } from "./world.ts";
import { createWriter, pick, type Chance, type Change } from "./writer.ts";

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

const defaults: Skillfulness = { identify: 0.4, tempted: 0.6, recognise: 0.12, drift: 0.08 };

/** Lapses of a directive in one batch from which on the analyst emphasises it. */
const lapsesToAct = 2;

/**
 * Stands in for a language model that studies failures: sees a missing rule the more surely the more often it failed,
 * is tempted by shortcuts, guesses where it sees nothing, and damages what it rewrites (design note 06, section 4). Works
 * on a program of one skill, on this batch's failures alone; never simulates.
 */
export function createGymAnalyst(world: World, changes: Partial<Skillfulness> = {}): Analyst {
  const skillfulness = { ...defaults, ...changes };
  return {
    fingerprint: `gym-analyst@1:${hashJson({ world, skillfulness }).slice(0, 12)}`,
    analyze: async (rollouts, skills) => analyzeGym(world, rollouts, skills),
    diagnose: async (failures, skills) => diagnoseGym(world, failures, skills),
    propose: async (deficiencies, [skill], _replay, budget) => {
      if (skill === undefined) return { drafts: [], simulations: 0 };
      const chance = createChance(budget.draw);
      const study = { world, bullets: readSkills([skill]).bullets, skillfulness, chance };
      const wanted = deficiencies.map((deficiency) => repairOf(deficiency, study));
      return writeDraft(skill, wanted, { budget, chance, world, drift: skillfulness.drift });
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
function repairOf({ category, place, tasks, extra }: Deficiency, study: Study): Change | null {
  const { bullets, skillfulness, chance } = study;
  if (category === "missing-rule") {
    return { operator: "add", directive: directiveFor(Extra.parse(extra), tasks.length, study) };
  }
  const bullet = bullets.find(({ id }) => id === place);
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

interface Writing {
  budget: EditBudget;
  chance: Chance;
  world: World;
  drift: number;
}

/** As many of the changes as the budget allows in one draft, first come first; none the gate has turned down before. */
export function writeDraft(
  skill: SkillFolder,
  changes: ReadonlyArray<Change | null>,
  { budget, chance, world, drift }: Writing,
): Proposal {
  const write = createWriter(skill, { steps: world.rules.map(({ step }) => step), drift, chance });
  const rejected = new Set(budget.rejected.map((edit) => canonicalJson(edit)));
  const edits: TextEdit[] = [];
  const operators: string[] = [];
  for (const change of changes) {
    const edit = change === null ? null : write(change);
    if (edit === null || change === null || rejected.has(canonicalJson(edit))) continue;
    edits.push(edit);
    operators.push(change.operator);
    if (edits.length === budget.edits) break;
  }
  if (edits.length === 0) return { drafts: [], simulations: 0 };
  const origin = { operator: operators[0] ?? "none", target: skill.name, features: { operators } };
  return { drafts: [{ edits, origin }], simulations: 0 };
}
