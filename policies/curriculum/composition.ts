import { createDraw, permutation, type Draw } from "../../state/draw.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import type { Task } from "../../state/task.ts";

export interface CompositionOptions {
  /** How many tasks one is composed of, each of another category; at least 2. */
  of: number;
  /** How many are made. */
  count: number;
  /** The field of a task's meta that names its category: the skill that it needs. Tasks without it take no part. */
  category: string;
  seed?: number;
}

/** Draws for one composed task that would not repeat another, before there are taken to be no more. */
const mostTries = 200;

/**
 * Tasks that need several skills at once (Skill-Mix, arXiv 2310.17567 [S]): each asks `of` questions of different categories, drawn at random, and no combination comes twice. There a model writes one text that
 * shows k named skills on a topic; here the questions are those of tasks that are there, so that no grader is needed [R]. The answers are numbered lines, `expected` is the list of right ones, and the
 * verifier `createMix` scores them. Throws a SettingsError where there are too few categories or combinations, and for a task with files.
 */
export function composeTasks(tasks: readonly Task[], { of, count, category, seed = 0 }: CompositionOptions): Task[] {
  const pools = poolsOf(tasks, category);
  if (!(Number.isInteger(of) && of >= 2 && of <= pools.length))
    throw new SettingsError(
      "of",
      `${of} tasks of different categories cannot be composed: "of" is at least 2, and ${pools.length} categories have tasks by meta.${category}.`,
    );
  const draw = createDraw(seed, 0, `composition of ${of}`);
  const made = new Map<string, Task[]>();
  for (let turn = 0; made.size < count; turn += 1) {
    if (turn >= mostTries * count)
      throw new SettingsError(
        "count",
        `There are too few combinations of ${of} tasks for ${count} of them. Ask for fewer.`,
      );
    const parts = drawnAt(pools, of, (index) => draw(turn * (pools.length + of) + index));
    made.set(keyOf(parts), made.get(keyOf(parts)) ?? parts);
  }
  return [...made.values()].map((parts, at) => composed(parts, { id: `mix-${of}-${at + 1}`, category }));
}

/** The tasks of each category, by name. */
function poolsOf(tasks: readonly Task[], category: string): Array<[string, Task[]]> {
  const pools = new Map<string, Task[]>();
  for (const task of tasks) {
    const name = nameOf(task, category);
    if (name === undefined) continue;
    if (task.files !== undefined)
      throw new SettingsError("tasks", `Task "${task.id}" has files, so it cannot be a part of another. Leave it out.`);
    pools.set(name, [...(pools.get(name) ?? []), task]);
  }
  return [...pools].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function nameOf({ meta = {} }: Task, category: string): string | undefined {
  const value = Object.hasOwn(meta, category) ? meta[category] : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function drawnAt(pools: ReadonlyArray<readonly [string, readonly Task[]]>, of: number, draw: Draw): Task[] {
  const order = permutation(pools.length, draw).slice(0, of);
  return order.map((place, at) => {
    const [, tasks] = pools[place] as readonly [string, readonly Task[]];
    return tasks[Math.floor(draw(pools.length + at) * tasks.length)] as Task;
  });
}

/** The same tasks in another order are the same combination. */
function keyOf(parts: readonly Task[]): string {
  return JSON.stringify(parts.map(({ id }) => id).toSorted());
}

function composed(parts: readonly Task[], { id, category }: { id: string; category: string }): Task {
  const questions = parts.map(({ input }, at) => `${at + 1}. ${input}`).join("\n\n");
  const input = `Answer each of these ${parts.length} questions, and nothing else. Begin each answer on a line of its own with its number, such as "1. ANSWER".\n\n${questions}`;
  const expected = parts.map((task): Json => task.expected ?? null);
  return { id, input, expected, meta: { [category]: parts.map((task) => nameOf(task, category)).join(" + ") } };
}
