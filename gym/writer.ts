import { mainFile, textOf, type SkillFolder } from "../skills/folder.ts";
import type { TextEdit } from "../state/program.ts";
import { bulletOf, readSkills, type Bullet, type Directive } from "./skill.ts";

/** The next number in [0, 1) of a sequence. */
export type Chance = () => number;

/** What an analyst wants: a new directive in a skill, for requests of a desk; the same in a new skill; or a bullet emphasised or deleted. */
export type Change =
  | { readonly operator: "add"; readonly skill: string; readonly desk: string | null; readonly directive: Directive }
  | { readonly operator: "create"; readonly skill: string; readonly desk: string; readonly directive: Directive }
  | { readonly operator: "emphasise" | "delete"; readonly bullet: Bullet };

interface Damage {
  readonly victim: Bullet;
  readonly line: string;
}

export function pick<Item>(items: readonly Item[], chance: Chance): Item | undefined {
  return items[Math.floor(chance() * items.length)];
}

/**
 * Writes changes of one skill as anchored edits, one edit a change, none that touch the same bullet; null for what is said
 * already or was touched before. With the chance `drift` an edit damages a bullet on its way, which then names another
 * step: any bullet when a directive is added, a neighbour otherwise, so that one anchor holds both (rewrite drift).
 */
export function createWriter(
  skill: SkillFolder,
  { steps, drift, chance }: { steps: readonly string[]; drift: number; chance: Chance },
): (change: Exclude<Change, { operator: "create" }>) => TextEdit | null {
  const text = textOf(skill) ?? "";
  const { bullets } = readSkills([skill]);
  const saying = ({ cue, step }: Directive) => `${cue}: ${step}`;
  const said = new Set(bullets.map(saying));
  const touched = new Set<string>();
  const place = { skill: skill.name, file: mainFile(skill) };

  function damage(victims: readonly Bullet[]): Damage | undefined {
    const isDamaged = chance() < drift;
    const victim = pick(
      victims.filter((bullet) => !touched.has(bullet.line)),
      chance,
    );
    const step = pick(steps, chance);
    if (!isDamaged || victim === undefined || step === undefined) return undefined;
    const directive = { cue: victim.cue, step, isImportant: victim.isImportant };
    if (said.has(saying(directive))) return undefined;
    said.add(saying(directive));
    touched.add(victim.line);
    return { victim, line: bulletOf(directive) };
  }

  /** Bullets right above or below, with nothing in between. */
  const neighbours = ({ line }: Bullet) =>
    bullets.filter((other) => text.includes(`${line}\n${other.line}`) || text.includes(`${other.line}\n${line}`));

  function add(directive: Directive): TextEdit | null {
    if (said.has(saying(directive))) return null;
    said.add(saying(directive));
    const damaged = damage(bullets);
    const line = bulletOf(directive);
    if (damaged === undefined)
      return { ...place, op: "append", anchor: "", text: text.endsWith("\n") ? `${line}\n` : `\n${line}\n` };
    return { ...place, op: "replace", anchor: damaged.victim.line, text: `${damaged.line}\n${line}` };
  }

  function rewrite(bullet: Bullet, line: string | null): TextEdit | null {
    if (touched.has(bullet.line)) return null;
    touched.add(bullet.line);
    const damaged = damage(neighbours(bullet));
    if (damaged === undefined) {
      if (line !== null) return { ...place, op: "replace", anchor: bullet.line, text: line };
      const whole = text.includes(`${bullet.line}\n`) ? `${bullet.line}\n` : bullet.line;
      return { ...place, op: "delete", anchor: whole, text: "" };
    }
    const { victim } = damaged;
    const isAbove = text.includes(`${victim.line}\n${bullet.line}`);
    const [before, after] = isAbove ? [victim.line, bullet.line] : [bullet.line, victim.line];
    const lines = (isAbove ? [damaged.line, line] : [line, damaged.line]).filter((each) => each !== null);
    return { ...place, op: "replace", anchor: `${before}\n${after}`, text: lines.join("\n") };
  }

  return (change) => {
    if (change.operator === "add") return add(change.directive);
    const { bullet, operator } = change;
    return rewrite(bullet, operator === "delete" ? null : bulletOf({ ...bullet, isImportant: true }));
  };
}
