import { readTasks, type TaskSet } from "../../readers/tasks.ts";
import { quote } from "../../skills/shorten.ts";
import { SuiteName } from "../../state/task.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { ok, problem, warning, type Check } from "./check.ts";

/** Below this, one validation task more or less looks like progress. */
const fewValidation = 30;

/** Whether tasks can be read and scored, how many there are, and whether splits share some. */
export async function checkTasks(path: string, verifier: Verifier | undefined): Promise<Check[]> {
  const tasks = await readTasks(path);
  const sizes = SuiteName.options.map((suite) => `${tasks[suite].length} ${suite}`).join(", ");
  return [ok("tasks", sizes), ...checkSizes(tasks), ...checkOverlap(tasks), ...checkScorable(tasks, verifier)];
}

function checkSizes({ validation, test }: TaskSet): Check[] {
  const points = (100 / validation.length).toFixed(1);
  return [
    ...(validation.length < fewValidation
      ? [
          warning(
            "tasks",
            `Only ${validation.length} validation tasks: one is ${points} points.`,
            "Add some: edits are accepted by them.",
          ),
        ]
      : []),
    ...(test.length === 0
      ? [warning("tasks", "No test tasks: the result will be told on validation tasks alone.", "Add test.jsonl.")]
      : []),
  ];
}

function checkOverlap({ overlap }: TaskSet): Check[] {
  return Object.entries(overlap)
    .filter(([, shared]) => shared > 0)
    .map(([suite, shared]) =>
      warning(
        "tasks",
        `${shared} ${suite} tasks ask word for word what a train task asks.`,
        "Remove them: their score is learnt by heart.",
      ),
    );
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
