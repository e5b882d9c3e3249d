import type { Parts } from "../graphs/parts.ts";
import { nameOfTask, type TaskPair, type TaskSurvey } from "../readers/task-survey.ts";
import type { TaskSet } from "../readers/tasks.ts";
import { unlearnable } from "./checks.ts";

/** What the owner of tasks should know, and what to do about it. */
export interface TaskWarning {
  text: string;
  advice: string;
}

const shownExamples = 2;
const shownFields = 8;

/** What the splits of a task set share. */
export function overlapWarnings({ overlap, places }: TaskSet, survey: TaskSurvey): TaskWarning[] {
  const repeated = Object.entries(overlap)
    .filter(([, shared]) => shared > 0)
    .map(([suite, shared]) => ({
      text: `${shared} ${suite} tasks have exactly the input of a train task`,
      advice: "Remove them: their score measures memorization.",
    }));
  const inWords = ({ task, other }: TaskPair) => `${nameOfTask(task, places)} and ${nameOfTask(other, places)}`;
  const near = Object.entries(survey.overlap)
    .filter(([, pairs]) => pairs.length > 0)
    .map(([suite, pairs]) => ({
      text: `${pairs.length} ${suite} tasks are near-duplicates of a train task, such as ${pairs.slice(0, shownExamples).map(inWords).join("; ")}`,
      advice: "Keep similar tasks in one split, or remove them: their score partly measures memorization.",
    }));
  return [...repeated, ...near];
}

/** Tells of train tasks that the analyst can learn nothing from. Where these are all, the run is refused. */
export function learningWarnings({ train }: TaskSet, parts: Pick<Parts, "analyst" | "verifier">): TaskWarning[] {
  const lost = unlearnable(train, parts);
  if (lost === 0 || lost === train.length) return [];
  return [
    {
      text: `${lost} of ${train.length} train tasks have no expected string, number or boolean`,
      advice: `The analyst ${parts.analyst.fingerprint} cannot learn from them. Use a language model: --analyst MODEL.`,
    },
  ];
}

/** Tells if a recipe draws train tasks by a field of their meta that none of them has, which is one category for all. */
export function categoryWarnings({ train }: TaskSet, { category }: { category: string | undefined }): TaskWarning[] {
  if (category === undefined || train.some(({ meta = {} }) => Object.hasOwn(meta, category))) return [];
  const fields = [...new Set(train.flatMap(({ meta = {} }) => Object.keys(meta)))].slice(0, shownFields);
  const others = fields.length === 0 ? "none has a meta" : `the fields are: ${fields.join(", ")}`;
  return [
    {
      text: `no train task has a category: the recipe draws by "${category}" in their meta, but ${others}; all are drawn alike`,
      advice: "Give the tasks a category, or name the field that has it with the setting that says where it is.",
    },
  ];
}
