import type { Analyst } from "../../analysts/analyst.ts";
import { surveyTasks } from "../../readers/task-survey.ts";
import { readTasks, type TaskSet } from "../../readers/tasks.ts";
import { quote } from "../../skills/shorten.ts";
import { SuiteName } from "../../state/task.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { checkLearnable } from "../checks.ts";
import { learningWarnings, overlapWarnings, type TaskWarning } from "../task-warnings.ts";
import { ok, problem, warning, type Check } from "./check.ts";
import { checkLabels } from "./labels.ts";

/** Below this, one validation task more or less looks like progress. */
const fewValidation = 30;

/** What the tasks will be scored by and learned from, as far as it could be made. */
export interface TaskParts {
  verifier?: Verifier | undefined;
  analyst?: Analyst | undefined;
}

/** Whether tasks can be read, scored and learned from, how many there are, and what is unusual about them. */
export async function checkTasks(path: string, { verifier, analyst }: TaskParts): Promise<Check[]> {
  const tasks = await readTasks(path);
  const sizes = SuiteName.options.map((suite) => `${tasks[suite].length} ${suite}`).join(", ");
  const survey = surveyTasks(tasks);
  return [
    ok("tasks", sizes),
    ...checkSizes(tasks),
    ...overlapWarnings(tasks, survey).map(checkOf),
    ...checkScorable(tasks, verifier),
    ...(verifier === undefined || analyst === undefined ? [] : checkLearning(tasks, { verifier, analyst })),
    ...checkLabels(tasks, survey),
  ];
}

const checkOf = ({ text, advice }: TaskWarning): Check => warning("tasks", `${text}.`, advice);

function checkLearning(tasks: TaskSet, parts: { verifier: Verifier; analyst: Analyst }): Check[] {
  try {
    checkLearnable(tasks.train, parts);
  } catch (error) {
    return [problem("tasks", (error as Error).message)];
  }
  return learningWarnings(tasks, parts).map(checkOf);
}

function checkSizes({ validation, test }: TaskSet): Check[] {
  const points = (100 / validation.length).toFixed(1);
  return [
    ...(validation.length < fewValidation
      ? [
          warning(
            "tasks",
            `Only ${validation.length} validation tasks: one is ${points} points.`,
            "Add more: edits are accepted or rejected by their score.",
          ),
        ]
      : []),
    ...(test.length === 0
      ? [warning("tasks", "No test tasks: the result will be reported on validation tasks only.", "Add test.jsonl.")]
      : []),
  ];
}

function checkScorable(tasks: TaskSet, verifier: Verifier | undefined): Check[] {
  const all = SuiteName.options.flatMap((suite) => tasks[suite]);
  const open = all.filter(({ expected }) => expected === undefined || expected === null).length;
  const count = open === 0 ? "all have an expected answer" : `${open} of ${all.length} have no expected answer`;
  if (verifier === undefined) return [ok("tasks", count)];
  const failed = all.flatMap((task) => {
    try {
      verifier.check?.(task);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : `${quote(task.id)}: ${String(error)}`];
    }
  });
  if (failed[0] === undefined) return [ok("tasks", `${count}; the verifier can score them`)];
  return [problem("tasks", `The verifier cannot score ${failed.length} of ${all.length} tasks. ${failed[0]}`)];
}
