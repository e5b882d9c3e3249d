import type { AblationInput, AblationPlan } from "./ablating.ts";
import { unitOf, type Library } from "./library.ts";
import { termsOf } from "./terms.ts";

/**
 * Which skills are left out, each on the next of the validation tasks that show it: the general ones together, and of the others those that most tasks show, of
 * these the one with the smallest contribution, then the one that was low more often (SLIM, lifecycle.py [C]). Where all tasks were used with a head, the next
 * sample of them is (ours [R]; in the source every audit runs all of them anew). A skill that no task shows is not left out [C].
 */
export function planAblations(
  { settings, head, tasks }: AblationInput,
  library: Library,
  general: readonly string[],
): AblationPlan[] {
  const { ablated, ablationTasks } = termsOf(settings);
  const shownBy = new Map<string, number[]>();
  const names = new Set<string>();
  for (const { task, shows } of tasks)
    for (const skill of new Set(shows.map((name) => (general.includes(name) ? "" : name)))) {
      const known = shownBy.get(skill);
      if (known === undefined) shownBy.set(skill, [task]);
      else known.push(task);
    }
  for (const { shows } of tasks) for (const name of shows) if (general.includes(name)) names.add(name);
  const shown = [...shownBy].map(([skill, on]) => ({ on, unit: unitOf(library, skill) }));
  const single = shown
    .filter(({ unit }) => unit.skill !== "")
    .toSorted(
      (one, other) =>
        other.on.length - one.on.length ||
        one.unit.ema - other.unit.ema ||
        other.unit.low - one.unit.low ||
        (one.unit.skill < other.unit.skill ? -1 : 1),
    )
    .slice(0, ablated);
  return [...shown.filter(({ unit }) => unit.skill === ""), ...single].map(({ on, unit }) => {
    const { skill } = unit;
    const isSame = unit.head === head;
    const isThrough = unit.next >= on.length;
    const from = isThrough ? 0 : unit.next;
    return {
      skill: skill === "" ? null : skill,
      hidden: skill === "" ? [...names].toSorted() : [skill],
      tasks: on.slice(from, from + ablationTasks),
      from,
      sample: isSame ? unit.sample + (isThrough ? 1 : 0) : 0,
    };
  });
}
