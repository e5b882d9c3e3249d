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

/** The fields of a train task's meta that a recipe reads, where it does: the category that it draws tasks by, and the context that it learns about skills in. */
export interface FieldsRead {
  category: string | undefined;
  context: string | undefined;
}

/** Tells if a recipe reads a field of the meta of train tasks that none of them has, so that all of them are alike. */
export function fieldWarnings({ train }: TaskSet, { category, context }: FieldsRead): TaskWarning[] {
  const known = new Set(train.flatMap(({ meta = {} }) => Object.keys(meta)));
  const fields = [...known].slice(0, shownFields);
  const others = fields.length === 0 ? "none has a meta" : `the fields are: ${fields.join(", ")}`;
  const warningOf = (what: string, field: string | undefined, { use, outcome }: { use: string; outcome: string }) =>
    field === undefined || known.has(field)
      ? []
      : [
          {
            text: `no train task has a ${what}: the recipe ${use} by "${field}" in their meta, but ${others}; ${outcome}`,
            advice: `Give the tasks a ${what}, or name the field that has it with the setting that says where it is.`,
          },
        ];
  return [
    ...warningOf("category", category, { use: "draws", outcome: "all are drawn alike" }),
    ...warningOf("context", context, { use: "tells contexts apart", outcome: "all are one context" }),
  ];
}
