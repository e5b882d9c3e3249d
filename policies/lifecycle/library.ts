import { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { Hash } from "../../state/json.ts";
import type { Observed, SkillEvidence } from "../policy.ts";

/** What is to be done with a skill. */
export const Due = z.enum(["expand", "retire"]);
export type Due = z.infer<typeof Due>;

/**
 * What is known of a skill, or, under the name "", of the general skills together. `parent` is the skill for whose failures it was created. `version` is the hash of
 * its folder as it was last seen. `ema` is its mean contribution in -1..1, `low` how often in a row that was low. `last` are mean scores
 * with and without it, and their pairs; `differences` the last ones of single pairs. `head`, `sample` and `next` say which pairs are next. `contexts`
 * counts rollouts that showed it, most first; `failures` are failed train tasks with their contexts, oldest first. `standing` is for people.
 */
export const Unit = z.strictObject({
  skill: z.string(),
  parent: z.string().nullable(),
  version: Hash.nullable(),
  ema: z.number().min(-1).max(1),
  low: z.int().nonnegative(),
  uses: z.int().nonnegative(),
  ablations: z.int().nonnegative(),
  last: z.strictObject({ with: z.number(), without: z.number(), pairs: z.int().positive() }).nullable(),
  differences: z.array(z.number().min(-1).max(1)),
  head: Hash.nullable(),
  sample: z.int().nonnegative(),
  next: z.int().nonnegative(),
  contexts: z.array(z.tuple([z.string(), z.int().nonnegative()])),
  failures: z.array(z.tuple([z.string(), z.string()])),
  standing: z.enum(["not left out yet", "retained", "useful", "internalised"]),
  due: z.array(Due),
});
export type Unit = z.infer<typeof Unit>;

const Retired = z.strictObject({
  skill: z.string(),
  parent: z.string().nullable(),
  ema: z.number(),
  generation: z.int(),
});

/** What is known of the skills of a program, the ones that were shown last at the end; how many may still be created; and the last ones that were retired. */
export const Library = z.strictObject({
  units: z.array(Unit),
  room: z.int().nonnegative(),
  retired: z.array(Retired),
});
export type Library = z.infer<typeof Library>;

export const emptyLibrary: Library = { units: [], room: 0, retired: [] };

/** The most failures of a skill that are remembered [C]. */
const mostFailures = 32;
/** The most characters of the ids of these tasks, contexts of a skill, and characters of a context (ours [R]). */
const mostCharacters = 4000;
const mostContexts = 4;
const contextCharacters = 40;
const mostRetired = 64;

/** Beyond it the skills that were not shown for longest are forgotten (ours [R]). */
export const mostBytes = 2_000_000;

export function newUnit(skill: string, of: Partial<Unit> = {}): Unit {
  return {
    skill,
    parent: null,
    version: null,
    ema: 0,
    low: 0,
    uses: 0,
    ablations: 0,
    last: null,
    differences: [],
    head: null,
    sample: 0,
    next: 0,
    contexts: [],
    failures: [],
    standing: "not left out yet",
    due: [],
    ...of,
  };
}

/** What is known of a skill, or of the general ones; of one that is not known yet, nothing. */
export function unitOf({ units }: Pick<Library, "units">, skill: string): Unit {
  return units.find((unit) => unit.skill === skill) ?? newUnit(skill);
}

/**
 * The library after a batch: each rollout is a use of the skills that it showed [C], and where it failed a failure of theirs; one that goes well takes its task from the
 * failures [R]. Skills that are gone are forgotten. One whose text was changed has to be low again for as long as any, and its earlier pairs do not count [R].
 */
export function observe(library: Library, { skills, rollouts }: Observed, general: readonly string[]): Library {
  if (Object.keys(skills).length === 0) return library;
  const isThere = ({ skill }: Unit) =>
    skill === "" ? general.some((name) => Object.hasOwn(skills, name)) : Object.hasOwn(skills, skill);
  const units = new Map(
    library.units.filter(isThere).map((unit) => [unit.skill, withVersion(unit, skills[unit.skill])]),
  );
  for (const rollout of rollouts) {
    const shown = new Set(rollout.shown.map((skill) => (general.includes(skill) ? "" : skill)));
    for (const skill of shown) {
      const unit = units.get(skill) ?? newUnit(skill, { version: skills[skill] ?? null });
      units.delete(skill);
      units.set(skill, withRollout(unit, rollout));
    }
  }
  return { ...library, units: [...units.values()] };
}

function withVersion(unit: Unit, version: Hash | undefined): Unit {
  if (unit.skill === "" || version === undefined || unit.version === version) return unit;
  const known = { ...unit, version };
  return unit.version === null ? known : { ...known, low: 0, differences: [], due: [] };
}

function withRollout(unit: Unit, { task, context: name, success }: SkillEvidence): Unit {
  const context = shorten(name, contextCharacters);
  const others = unit.failures.filter(([failed]) => failed !== task);
  const failures = success || unit.skill === "" ? others : [...others, [task, context] as [string, string]];
  const shown = new Map(unit.contexts);
  shown.set(context, (shown.get(context) ?? 0) + 1);
  const contexts = [...shown].toSorted(([, one], [, other]) => other - one).slice(0, mostContexts);
  return { ...unit, uses: unit.uses + 1, contexts, failures: lastFailures(failures) };
}

/** Those of the end that are within the bounds. */
function lastFailures(failures: Unit["failures"]): Unit["failures"] {
  let left = mostCharacters;
  const from = failures.findLastIndex(([task]) => (left -= task.length) < 0);
  return failures.slice(Math.max(from + 1, failures.length - mostFailures));
}

/** The library with these units in place of what it knew of them, or in addition. */
export function withUnits(library: Library, changed: readonly Unit[]): Library {
  const byName = new Map(changed.map((unit) => [unit.skill, unit]));
  const known = library.units.map((unit) => byName.get(unit.skill) ?? unit);
  const names = new Set(known.map(({ skill }) => skill));
  return { ...library, units: [...known, ...changed.filter(({ skill }) => !names.has(skill))] };
}

/** The library without a skill that was retired. */
export function withoutUnit(library: Library, { skill, parent, ema }: Unit, generation: number): Library {
  const units = library.units.filter((unit) => unit.skill !== skill);
  return { ...library, units, retired: [...library.retired, { skill, parent, ema, generation }].slice(-mostRetired) };
}

/** The library within its bound. */
export function withinBound(library: Library): Library {
  const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) + 1;
  let left = mostBytes - sizeOf({ ...library, units: [] });
  const from = library.units.findLastIndex((unit) => (left -= sizeOf(unit)) < 0);
  return from === -1 ? library : { ...library, units: library.units.slice(from + 1) };
}
