import { labelOf } from "../analysts/label.ts";
import type { Parts } from "../graphs/parts.ts";
import type { Policies } from "../graphs/recipe.ts";
import { generationCost, leastRollouts, type Searching } from "../policies/trial.ts";
import { refuseFewTasks } from "../policies/visibility.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { checkSkill } from "../skills/limits.ts";
import { PartError, SettingsError, SkillError, TaskError } from "../state/errors.ts";
import type { Settings } from "../state/settings.ts";
import { SuiteName, type Task } from "../state/task.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { TaskSuites } from "./cycle/optimize.ts";

/** Names go into file names and commands. */
export function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  const expected = "Use 1 to 100 letters, digits, dots, hyphens and underscores, starting with a letter or digit.";
  throw new SettingsError("run", `"${name.slice(0, 120)}" is not a valid run name. ${expected}`);
}

/** The functions that parts have. */
export const partFunctions = {
  agent: ["answer"],
  analyst: ["analyze", "diagnose", "propose"],
  verifier: ["score"],
} as const;

/** What types would refuse, for callers in plain JavaScript: reported here and not from deep inside. */
export function checkParts(parts: Parts, concurrency: number): void {
  checkCount("concurrency", concurrency);
  for (const kind of ["agent", "analyst", "verifier"] as const) checkPart(kind, parts[kind]);
}

export function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new SettingsError(name, `"${name}" is ${value}; it must be an integer of at least 1.`);
}

/** A part has its functions, and a fingerprint. */
export function checkPart(kind: keyof typeof partFunctions, given: unknown): void {
  const part = (typeof given === "object" ? given : null) as Record<string, unknown> | null;
  const functions = partFunctions[kind];
  const missing = functions.find((name) => typeof part?.[name] !== "function");
  if (missing !== undefined) {
    const found = part === null ? `No ${kind} was given` : `The ${kind} has no function "${missing}"`;
    throw new PartError(`${found}. It must be an object with a fingerprint and ${functions.join(", ")}.`);
  }
  const fingerprint = part?.["fingerprint"];
  if (typeof fingerprint === "string" && fingerprint !== "") return;
  throw new PartError(
    `The ${kind} has no fingerprint. Give it a string that identifies everything that can change its behavior.`,
  );
}

/** The guard lets no skill pass that cannot be read, so a start that cannot could never be improved. */
export function checkProgram(program: readonly SkillFolder[]): void {
  if (!Array.isArray(program) || program.length === 0)
    throw new SettingsError("program", "The program contains no skill. Give a list of at least one skill.");
  for (const skill of program) {
    const problem = checkSkill(skill).find(({ severity }) => severity === "error");
    if (problem !== undefined)
      throw new SkillError(skill.name, problem.file, `${skill.name}/${problem.file}: ${problem.message}`);
  }
}

/** An analyst that learns only from expected answers needs tasks that have them. */
export function checkLearnable(train: readonly Task[], parts: Pick<Parts, "analyst" | "verifier">): void {
  if (!parts.analyst.needsExpected || unlearnable(train, parts) < train.length) return;
  const { analyst, verifier } = parts;
  const [found, instead] =
    verifier.expects === "pattern"
      ? [
          `the expected values of the tasks are patterns for the verifier ${verifier.fingerprint}`,
          "use another verifier",
        ]
      : [
          `none of the ${train.length} train tasks has an expected string, number or boolean`,
          'add such an "expected" to the tasks',
        ];
  throw new SettingsError(
    "analyst",
    `The analyst ${analyst.fingerprint} learns from expected answers, and ${found}. Use a language model as the analyst ` +
      `(--analyst MODEL), or ${instead}.`,
  );
}

/** How many train tasks an analyst that needs expected answers can learn nothing from. */
export function unlearnable(
  train: readonly Task[],
  { analyst, verifier }: Pick<Parts, "analyst" | "verifier">,
): number {
  if (!analyst.needsExpected) return 0;
  if (verifier.expects === "pattern") return train.length;
  return train.filter(({ expected }) => labelOf(expected ?? null) === null).length;
}

/** The first generation measures the start program on all validation tasks: a budget below that can decide nothing. */
export function checkTasks(
  tasks: TaskSuites,
  {
    settings,
    policies,
    verifier,
  }: { settings: Settings; policies: Searching & Pick<Policies, "visibility">; verifier: Verifier },
): void {
  const lacking = SuiteName.options.find(
    (suite) => !Array.isArray((tasks as Partial<TaskSuites> | undefined)?.[suite]),
  );
  if (lacking !== undefined)
    throw new SettingsError(
      "tasks",
      `The list of ${lacking} tasks is missing. Give all four suites, as readTasks returns them.`,
    );
  for (const suite of ["train", "validation"] as const) {
    if (tasks[suite].length === 0)
      throw new SettingsError("tasks", `There are no ${suite} tasks; a run needs at least one.`);
  }
  for (const suite of SuiteName.options) {
    const ids = tasks[suite].map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    if (twice !== undefined)
      throw new TaskError(suite, undefined, `Two ${suite} tasks have the id "${twice}". Give each task a unique id.`);
    for (const task of tasks[suite]) verifier.check?.(task);
    refuseFewTasks(policies.visibility, suite, tasks[suite].length);
  }
  const { budgetRollouts } = settings;
  const sizes = { train: tasks.train.length, validation: tasks.validation.length };
  const { start } = generationCost(policies, settings, sizes);
  const least = start + leastRollouts(policies, settings, sizes);
  if (budgetRollouts === null || budgetRollouts >= least) return;
  throw new SettingsError(
    "budgetRollouts",
    `A budget of ${budgetRollouts} rollouts is too small for a single decision. At least ${least} are needed: ${start} for the validation ` +
      `tasks of the start program, and ${least - start} for a batch and what a decision about a candidate needs. Raise budgetRollouts, or lower batch or validation.`,
  );
}
