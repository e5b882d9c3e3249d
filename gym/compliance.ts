import type { Cue } from "./cue.ts";
import type { Demand } from "./requests.ts";
import type { Bullet, Reading } from "./skill.ts";
import type { World } from "./world.ts";

/** A directive whose cue is in the request: whether the request wants its step, and the chance that it is followed. */
export interface Prompt {
  readonly bullet: Bullet;
  readonly isWanted: boolean;
  readonly chance: number;
}

/**
 * How a reader of this skill meets a request. A directive at place u in 0..1 of a skill of W words is followed with
 * sigmoid(2.6 - g ln(1 + W/200) - 0.5 * 4u(1 - u) - 0.9 c + 0.8 e / (1 + 0.4 (E - 1))), where g is the world's dilution, c
 * counts the other prompted directives that are not wanted, each by its weight, e is 1 for an emphasised directive, and E counts those in the
 * skill (design note 06, section 4). The chance of a directive is multiplied by its weight.
 */
export function createReader({ options }: World, { bullets, words }: Reading): (demand: Demand) => Prompt[] {
  const emphasised = bullets.filter(({ isImportant }) => isImportant).length;
  const prompts = new Map<Cue, Array<{ bullet: Bullet; logit: number }>>();
  for (const [index, bullet] of bullets.entries()) {
    const place = bullets.length === 1 ? 0 : index / (bullets.length - 1);
    const emphasis = bullet.isImportant ? 0.8 / (1 + 0.4 * (emphasised - 1)) : 0;
    const logit = 2.6 - options.dilution * Math.log(1 + words / 200) - 2 * place * (1 - place) + emphasis;
    prompts.set(bullet.cue, [...(prompts.get(bullet.cue) ?? []), { bullet, logit }]);
  }
  return ({ cues, wanted }) => {
    const prompted = [...cues].flatMap((cue) => prompts.get(cue) ?? []);
    const unwanted = prompted.reduce((sum, { bullet }) => sum + (wanted.has(bullet.step) ? 0 : bullet.weight), 0);
    return prompted.map(({ bullet, logit }) => {
      const isWanted = wanted.has(bullet.step);
      const conflicts = unwanted - (isWanted ? 0 : bullet.weight);
      return { bullet, isWanted, chance: bullet.weight / (1 + Math.exp(0.9 * conflicts - logit)) };
    });
  };
}

/**
 * The exact chance that everything wanted is done and nothing else: a wanted step is missed when it is neither done
 * unprompted nor by any of the directives that prompt it, an unwanted one is left out when no directive for it is followed.
 */
export function successChance({ wanted }: Demand, prompts: readonly Prompt[]): number {
  let chance = prompts.reduce((product, prompt) => product * (prompt.isWanted ? 1 : 1 - prompt.chance), 1);
  for (const { step, innate } of wanted.values()) {
    const own = prompts.filter(({ bullet }) => bullet.step === step);
    chance *= 1 - own.reduce((missed, prompt) => missed * (1 - prompt.chance), 1 - innate);
  }
  return chance;
}
