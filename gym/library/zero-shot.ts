import type { SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import { createChance, skilled } from "../analyst.ts";
import { cueOf } from "../cue.ts";
import { deskOf, demandOf } from "../requests.ts";
import { createShelvedSkill, type Directive } from "../skill.ts";
import { pick } from "../writer.ts";
import type { World } from "../world.ts";
import { forDesk } from "./stock.ts";

/**
 * Skills drafted once from what requests say, without an answer or feedback: one for each desk. The author knows what a trigger asks for as surely as the analyst sees it in one failure, writes
 * a wrong step as often as the analyst damages an edit, and nothing of what it does not know.
 */
export function draftZeroShot(world: World, inputs: readonly string[]): SkillFolder[] {
  const chance = createChance(createDraw(world.seed, 0, "zero-shot"));
  const steps = world.rules.map(({ step }) => step);
  const byDesk = new Map<string, Set<string>>();
  for (const input of inputs) {
    const desk = deskOf(input) ?? "";
    const triggers = byDesk.get(desk) ?? new Set<string>();
    for (const { trigger } of demandOf(world, input).wanted.values()) triggers.add(trigger);
    byDesk.set(desk, triggers);
  }
  const known = new Map(world.rules.map(({ trigger, step }) => [trigger, chance() < skilled.identify ? step : null]));
  const wrong = new Map(
    world.rules.map(({ trigger }) => [trigger, chance() < skilled.drift ? (pick(steps, chance) ?? null) : null]),
  );
  return [...byDesk].map(([desk, triggers]) => {
    const directives = [...triggers].flatMap((trigger): Directive[] => {
      const step = known.get(trigger) ?? wrong.get(trigger) ?? null;
      return step === null ? [] : [{ cue: cueOf("trigger", trigger), step, isImportant: false }];
    });
    return createShelvedSkill({ name: `${desk}-requests`, description: forDesk(desk) }, directives);
  });
}
