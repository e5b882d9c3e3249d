import type { SkillFolder } from "../../skills/folder.ts";
import { cueOf } from "../cue.ts";
import { createShelvedSkill, type Directive } from "../skill.ts";
import type { Rule, World } from "../world.ts";

/**
 * What a skill of the first library is for. `shared`: procedures that all desks have. `own`: those of one desk. `rare`: those of the desk that seldom sends a request, all of them.
 * `look-alike`: says that it is for a desk, and has procedures of another one. `harmful`: triggers of shared procedures with other steps. `unused`: triggers that never come.
 */
export type ShelfKind = "shared" | "own" | "rare" | "look-alike" | "harmful" | "unused";

export interface Shelved {
  readonly kind: ShelfKind;
  readonly skill: SkillFolder;
}

/** Rules of the shared procedures, and of each desk, that the first library has; the others are to be learned. */
const known = { shared: 3, own: 2 };
const harmful = 3;
const unused = ["paper", "ink", "folder", "envelope"];
const misplaced = 3;

/** The library that learning begins with: part of what is true, and things that should not be in it. A pure function of its world. */
export function stockLibrary(world: World): Shelved[] {
  const { families, rules, options } = world;
  const { core } = options;
  const usual = families.slice(0, options.families);
  const [first, second] = usual;
  const own = (rulesOf: readonly Rule[] | undefined) => (rulesOf ?? []).slice(core);
  const wrong = rules.slice(0, harmful).map(({ trigger }, at) => {
    const { step = "" } = rules[core + at] ?? {};
    return directive(cueOf("trigger", trigger), step);
  });
  const never = unused.map((word, at) => directive(cueOf("trigger", word), rules[at]?.step ?? ""));
  const shelved = (kind: ShelfKind, name: string, said: string, directives: readonly Directive[]): Shelved => ({
    kind,
    skill: createShelvedSkill({ name, description: said }, directives),
  });
  return [
    shelved(
      "shared",
      "shared-procedures",
      "Says which steps requests of every desk need.",
      truths(rules.slice(0, known.shared)),
    ),
    ...usual.map(({ name, rules: all }) =>
      shelved("own", `${name}-requests`, forDesk(name), truths(own(all).slice(0, known.own))),
    ),
    ...families
      .slice(options.families)
      .map(({ name, rules: all }) => shelved("rare", `${name}-requests`, forDesk(name), truths(own(all)))),
    ...(first === undefined
      ? []
      : [
          shelved(
            "look-alike",
            `${first.name}-desk`,
            forDesk(first.name),
            truths(own(second?.rules).slice(0, misplaced)),
          ),
        ]),
    shelved("harmful", "old-habits", "Says which steps requests of every desk needed before.", wrong),
    shelved("unused", "stationery", "Says which steps orders of stationery need.", never),
  ];
}

/** All that is true in a world, a skill for the shared procedures and one for each desk: what a person writes who knows it. */
export function curatedLibrary({ families, rules, options: { core } }: World): SkillFolder[] {
  return [
    createShelvedSkill(
      { name: "shared-procedures", description: "Says which steps requests of every desk need." },
      truths(rules.slice(0, core)),
    ),
    ...families.map(({ name, rules: all }) =>
      createShelvedSkill({ name: `${name}-requests`, description: forDesk(name) }, truths(all.slice(core))),
    ),
  ];
}

/** The description of a skill for a desk. */
export function forDesk(desk: string): string {
  return `Says which steps requests of the ${desk} desk need.`;
}

function truths(rules: readonly Rule[]): Directive[] {
  return rules.map(({ trigger, step }) => directive(cueOf("trigger", trigger), step));
}

function directive(cue: Directive["cue"], step: string): Directive {
  return { cue, step, isImportant: false };
}
