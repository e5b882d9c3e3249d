import { labelOf } from "../../analysts/label.ts";
import { contradictoryGroups, nameOfTask, type TaskSurvey } from "../../readers/task-survey.ts";
import type { TaskSet } from "../../readers/tasks.ts";
import { quote } from "../../skills/shorten.ts";
import type { Task } from "../../state/task.ts";
import { ok, warning, type Check } from "./check.ts";

/** Labels are classes where there are at most so many, and so many train tasks for each. */
const mostClasses = 50;
const leastTasks = 5;
/** Where all labels are numbers, more of them are rather amounts. */
const mostNumbers = 10;
/** A class with fewer validation tasks decides nothing. */
const leastValidation = 5;
const shown = { examples: 2, classes: 5 };

/** Tasks that contradict each other, and classes that are rare or missing where labels are few. */
export function checkLabels(set: TaskSet, survey: TaskSurvey): Check[] {
  const classes = classesOf(set.train);
  return [
    ...checkContradictions(set),
    ...(classes === undefined ? [] : [...checkNearContradictions(set, survey), ...checkClasses(set, classes)]),
  ];
}

function checkContradictions(set: TaskSet): Check[] {
  const groups = contradictoryGroups(set);
  if (groups.length === 0) return [];
  const tasks = groups.reduce((sum, group) => sum + group.length, 0);
  const examples = groups.map((group) => {
    const other = group.find(({ expected }) => JSON.stringify(expected) !== JSON.stringify(group[0]?.expected));
    return pairInWords(set, group[0] as Task, other as Task);
  });
  return [
    warning(
      "tasks",
      `${tasks} tasks contradict each other: same input, different expected answers. ${exampleOf(examples)}`,
      "Fix or remove them: no skill can be right for both.",
    ),
  ];
}

function checkNearContradictions(set: TaskSet, { contradictions }: TaskSurvey): Check[] {
  if (contradictions.length === 0) return [];
  const examples = contradictions.map(({ task, other }) => pairInWords(set, other, task));
  return [
    warning(
      "tasks",
      `${contradictions.length} tasks are near-duplicates of another task with a different label. ${exampleOf(examples)}`,
      "Check them: either the difference in the input matters, or a label is wrong.",
    ),
  ];
}

function pairInWords({ places }: TaskSet, left: Task, right: Task): string {
  const inWords = (task: Task) => `${nameOfTask(task, places)} expects ${quote(textOf(task), 40)}`;
  return `${inWords(left)}, ${inWords(right)}`;
}

const exampleOf = (examples: readonly string[]) => `For example ${examples.slice(0, shown.examples).join("; ")}.`;

const textOf = ({ expected }: Task) => labelOf(expected ?? null) ?? JSON.stringify(expected);

type Classes = ReadonlyMap<string, number>;

/** The classes of train by their number of tasks; undefined where expected answers are no classes. */
function classesOf(train: readonly Task[]): Classes | undefined {
  const classes = countLabels(train);
  const labelled = [...classes.values()].reduce((sum, count) => sum + count, 0);
  const most = [...classes.keys()].every((label) => label.trim() !== "" && Number.isFinite(Number(label)))
    ? mostNumbers
    : mostClasses;
  const isClasses = classes.size > 1 && classes.size <= most && labelled >= leastTasks * classes.size;
  return isClasses ? classes : undefined;
}

function countLabels(tasks: readonly Task[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { expected } of tasks) {
    const label = labelOf(expected ?? null);
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

function checkClasses({ train, validation, sealed, test }: TaskSet, classes: Classes): Check[] {
  const held = { validation, sealed, test };
  const counts = countLabels(validation);
  const rare = [...classes.keys()].filter((label) => (counts.get(label) ?? 0) < leastValidation);
  const [largest = "", most = 0] = [...classes].toSorted((left, right) => right[1] - left[1])[0] ?? [];
  const share = ((counts.get(largest) ?? 0) / validation.length).toFixed(2);
  const size = `${classes.size} classes, the largest ${quote(largest, 40)} with ${most} of ${train.length} train tasks`;
  return [
    ok("tasks", `${size}; always answering that scores ${share} on validation`),
    ...Object.entries(held).flatMap(([suite, tasks]) => checkUnknown(suite, countLabels(tasks), classes)),
    ...(rare.length === 0
      ? []
      : [
          warning(
            "tasks",
            `Classes with fewer than ${leastValidation} validation tasks: ${listed(rare, counts)}.`,
            "Add tasks of these classes: the effect of an edit on so few cannot be measured.",
          ),
        ]),
  ];
}

function checkUnknown(suite: string, counts: Classes, classes: Classes): Check[] {
  const unknown = [...counts.keys()].filter((label) => !classes.has(label));
  if (unknown.length === 0) return [];
  return [
    warning(
      "tasks",
      `Classes in ${suite} that are missing from train: ${listed(unknown, counts)}.`,
      "Add train tasks of these classes: the analyst learns only from train tasks.",
    ),
  ];
}

/** Classes with their number of tasks, fewest first. */
function listed(labels: readonly string[], counts: Classes): string {
  const sorted = labels.toSorted((left, right) => (counts.get(left) ?? 0) - (counts.get(right) ?? 0));
  const texts = sorted.slice(0, shown.classes).map((label) => `${quote(label, 40)} ${counts.get(label) ?? 0}`);
  return `${texts.join(", ")}${labels.length > texts.length ? ", …" : ""}`;
}
