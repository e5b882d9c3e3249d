import { basename } from "node:path";
import { quote } from "../skills/shorten.ts";
import { canonicalJson } from "../state/json.ts";
import { SuiteName, type Task } from "../state/task.ts";
import { findNeighbours, plainText } from "./near-duplicates.ts";
import { questionKey } from "./split.ts";
import type { TaskPlace, TaskSet } from "./tasks.ts";

/** Two tasks that ask nearly the same. */
export interface TaskPair {
  task: Task;
  other: Task;
}

/** What is alike in a task set. */
export interface TaskSurvey {
  /** For each held-out task that asks nearly, and not word for word, what a train task asks, the first such train task. */
  overlap: Record<Exclude<SuiteName, "train">, TaskPair[]>;
  /** Each task that asks nearly what an earlier one asks and expects a text that is another and stands in neither. */
  contradictions: TaskPair[];
}

/** Looks for near-duplicates among all tasks of a set. */
export function surveyTasks(set: TaskSet): TaskSurvey {
  const all = SuiteName.options.flatMap((suite) =>
    set[suite].map((task) => ({ suite, task, asks: questionKey(task), folded: foldedKey(task) })),
  );
  const neighbours = findNeighbours(all.map(({ task }) => task));
  const survey: TaskSurvey = { overlap: { validation: [], sealed: [], test: [] }, contradictions: [] };
  for (const [index, { suite, task, asks, folded }] of all.entries()) {
    const near = neighbours(index).map((found) => ({
      at: found.index,
      ...(all[found.index] as (typeof all)[number]),
    }));
    const trained = near.filter((other) => other.suite === "train");
    // What is asked word for word in train is counted as such.
    if (suite !== "train" && trained[0] !== undefined && !trained.some((other) => other.asks === asks))
      survey.overlap[suite].push({ task, other: trained[0].task });
    const contrary = near.find((other) => other.at < index && other.folded !== folded && contradict(task, other.task));
    if (contrary !== undefined) survey.contradictions.push({ task, other: contrary.task });
  }
  return survey;
}

/** A text that stands in what is asked is picked from there, so that other texts are expected where others stand. */
function contradict(left: Task, right: Task): boolean {
  if (typeof left.expected !== "string" || typeof right.expected !== "string") return false;
  const [one, other] = [left.expected, right.expected].map((text) => plainText({ id: "", input: text }));
  if (one === undefined || other === undefined || one === other) return false;
  const stands = (text: string, asked: Task) => ` ${plainText(asked)} `.includes(` ${text} `);
  return !stands(one, left) && !stands(other, right);
}

/** Tasks that ask the same, capitals and white space aside, and expect something else, in groups of the same question. */
export function contradictoryGroups(set: TaskSet): Task[][] {
  const groups = new Map<string, Task[]>();
  for (const task of SuiteName.options.flatMap((suite) => set[suite])) {
    if (task.expected === undefined) continue;
    const key = foldedKey(task);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  return [...groups.values()].filter((group) => new Set(group.map(({ expected }) => canonicalJson(expected))).size > 1);
}

/** What a task asks, capitals and white space of the input aside. */
function foldedKey(task: Task): string {
  return questionKey({ ...task, input: task.input.toLowerCase().replaceAll(/\s+/g, " ").trim() });
}

/** How a task is named to its owner: id, file and line. */
export function nameOfTask(task: Task, places: ReadonlyMap<Task, TaskPlace>): string {
  const place = places.get(task);
  return place === undefined ? quote(task.id) : `${quote(task.id)} (${basename(place.file)}, line ${place.line})`;
}
