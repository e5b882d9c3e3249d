import { createRetriever } from "../skills/library/retrieval.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { Draw } from "../state/draw.ts";
import { SettingsError } from "../state/errors.ts";
import type { Settings } from "../state/settings.ts";
import { suggestionFor } from "../state/suggestion.ts";
import type { Policy } from "./policy.ts";

/** A question of a suite, by its place, and the texts of all questions of the suite. */
interface Asked {
  index: number;
  questions: readonly string[];
}

/** What of a program can be seen. */
interface Visible {
  /** The skills that some question may be shown. */
  readonly skills: readonly SkillFolder[];
  /** The names of those that a question is shown; without it, each is shown all of them. `draw` is by the place of the question. */
  decide?(asked: Asked, draw: Draw): readonly string[];
}

/** Which skills of a program an agent sees for a question. What is decided depends on nothing but program, question and draw. */
export interface Visibility extends Policy {
  /** So many tasks a suite needs. */
  readonly leastTasks: number;
  /** Called once for a program, so that it can be indexed. */
  of(skills: readonly SkillFolder[]): Visible;
}

/** Skills that a question is shown at most, where the setting `visible` does not say [R]. */
const usualVisible = 5;

/** The visibility that the common settings choose; undefined if every skill is visible. Throws a SettingsError for one without effect. */
export function visibilityOf({
  visibility,
  visible,
  hidden,
}: Pick<Settings, "visibility" | "visible" | "hidden">): Visibility | undefined {
  if (visibility !== "all-but" && hidden.length > 0)
    throw new SettingsError(
      "hidden",
      `The setting "hidden" has no effect with "visibility": "${visibility}". Set "visibility" to "all-but", or leave out "hidden".`,
    );
  if (visible !== null && visibility !== "retrieved" && visibility !== "shuffled")
    throw new SettingsError(
      "visible",
      `The setting "visible" has no effect with "visibility": "${visibility}". Set "visibility" to "retrieved" or "shuffled", or leave out "visible" (null).`,
    );
  switch (visibility) {
    case "all":
      return undefined;
    case "retrieved":
      return retrieved(visible ?? usualVisible);
    case "all-but":
      return allBut(hidden);
    case "shuffled":
      return shuffled(visible ?? usualVisible);
  }
}

/** Those that fit the question best. A question that no skill has a word of is shown none. */
function retrieved(most: number): Visibility {
  return {
    name: `visibility.retrieved ${most}`,
    version: 1,
    leastTasks: 1,
    of(skills) {
      const retriever = createRetriever(skills);
      return {
        skills,
        decide: ({ index, questions }) => retriever.find(questions[index] as string, most).map(({ name }) => name),
      };
    },
  };
}

/** All except some: what a program does without them, and a program that has none of them as it is. */
function allBut(hidden: readonly string[]): Visibility {
  const names = [...new Set(hidden)].toSorted();
  if (names.length === 0)
    throw new SettingsError(
      "hidden",
      'With "visibility": "all-but", "hidden" must name the skills that are not shown.',
    );
  return {
    name: `visibility.all-but ${JSON.stringify(names)}`,
    version: 1,
    leastTasks: 1,
    of: (skills) => ({ skills: skills.filter(({ name }) => !names.includes(name)) }),
  };
}

/** A control: what is retrieved for another question of the suite, the same one in every generation and for every program. */
function shuffled(most: number): Visibility {
  const { of } = retrieved(most);
  return {
    name: `visibility.shuffled ${most}`,
    version: 1,
    leastTasks: 2,
    of(skills) {
      const { decide } = of(skills);
      return {
        skills,
        decide({ index, questions }, draw) {
          const { length } = questions;
          const other = (index + 1 + Math.floor(draw(index) * (length - 1))) % length;
          return decide?.({ index: other, questions }, draw) ?? [];
        },
      };
    },
  };
}

/** Throws a SettingsError for a suite that is too small to be rolled out; one without a task is not rolled out. */
export function refuseFewTasks(visibility: Visibility | undefined, suite: string, tasks: number): void {
  const { name, leastTasks } = visibility ?? { name: "", leastTasks: 1 };
  if (tasks === 0 || tasks >= leastTasks) return;
  throw new SettingsError(
    "visibility",
    `The ${suite} suite has ${tasks} task, but ${name} needs at least ${leastTasks}. Add tasks, or choose another "visibility".`,
  );
}

/** Throws a SettingsError if a program has no skill of a name that a setting gives. */
export function refuseUnknownSkills(
  { setting, skills: named }: { setting: string; skills: readonly string[] },
  program: readonly SkillFolder[],
): void {
  const names = program.map(({ name }) => name);
  const unknown = named.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new SettingsError(
    setting,
    `The setting "${setting}" names "${unknown}", but there is no skill "${unknown}"${suggestionFor(unknown, names)}. Skills are: ${names.join(", ")}.`,
  );
}
