import { randomUUID } from "node:crypto";
import type { Parts } from "../graphs/parts.ts";
import { programHash, type SkillFolder } from "../skills/folder.ts";
import { checkSkill } from "../skills/limits.ts";
import type { SuiteRef, Suites } from "../state/channels.ts";
import { RunError, SettingsError, SkillError } from "../state/errors.ts";
import { hashJson } from "../state/json.ts";
import { leastRollouts } from "../policies/stopping.ts";
import { parseSettings, type Settings, type SettingsInput } from "../state/settings.ts";
import { SuiteName, TaskList, type Task } from "../state/task.ts";
import type { Payload } from "../stores/payload.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { readRunRecord, writeRunRecord, type Fingerprints, type RunRecord } from "./run-record.ts";
import { startRun, type Run } from "./run.ts";
import { defaultConcurrency, storeOf } from "./store.ts";
import { createSession, openRuns, type Place } from "./session.ts";

/** The tasks of a run by split. `sealed` is kept aside and not used yet; `test` may be empty. */
export type TaskSuites = Readonly<Record<SuiteName, readonly Task[]>>;

export interface OptimizeOptions extends Parts {
  /** The skills to start from. */
  program: readonly SkillFolder[];
  tasks: TaskSuites;
  settings?: SettingsInput;
  /** `memory:`, `file:PATH`, or an open store, which is then left open. */
  store?: string | RecordStore;
  /** Name of the run. The same name with the same options resumes; with others it is refused. */
  run?: string;
  /** The names the command line makes the parts by, so that it can resume the run. */
  partNames?: NonNullable<RunRecord["parts"]>;
  /** Rollouts in flight. Does not change the result. */
  concurrency?: number;
}

/** Starts a run, or continues the one of that name. */
export async function optimize(options: OptimizeOptions): Promise<Run> {
  const { program, tasks, run: name = "run", concurrency = defaultConcurrency } = options;
  const settings = parseSettings({ ...options.settings });
  checkTasks(tasks, settings);
  checkProgram(program);
  const { store, close } = await storeOf(options.store);
  try {
    const runs = openRuns(store);
    const known = await runs.registry.find(name);
    const place = known ?? { name, ...newThread() };
    const session = await createSession({ runs, place, parts: options, settings, concurrency });
    const input = { settings, suites: suiteRefs(tasks), start: programHash(program) };
    const before = known === undefined ? undefined : await readRunRecord(store, known);
    if (before !== undefined) refuseOther(before, input, session.fingerprints);
    if (known === undefined) await runs.registry.register(place);
    const lease = await runs.leases.acquire(place.thread);
    const record =
      before ?? (await create(session.payload, options, { place, input, fingerprints: session.fingerprints }));
    if (before === undefined) await writeRunRecord(lease, record);
    return startRun({ session, lease, record, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function newThread(): Omit<Place, "name"> {
  const thread = randomUUID();
  return { thread, family: thread };
}

function suiteRefs(tasks: TaskSuites): Suites {
  const ref = (list: readonly Task[]): SuiteRef => ({ hash: hashJson(TaskList.parse(list)), size: list.length });
  return {
    train: ref(tasks.train),
    validation: ref(tasks.validation),
    sealed: ref(tasks.sealed),
    test: ref(tasks.test),
  };
}

/** The guard lets nothing pass that breaks the specification, so a start that does could never be improved. */
function checkProgram(program: readonly SkillFolder[]): void {
  if (program.length === 0) throw new SettingsError("program", "The program holds no skill. Give at least one.");
  for (const skill of program) {
    const problem = checkSkill(skill).find(({ severity }) => severity === "error");
    if (problem !== undefined)
      throw new SkillError(skill.name, problem.file, `${skill.name}/${problem.file}: ${problem.message}`);
  }
}

/** The first generation measures the incumbent on all validation tasks: a budget below that can decide nothing. */
function checkTasks(tasks: TaskSuites, settings: Settings): void {
  for (const suite of ["train", "validation"] as const) {
    if (tasks[suite].length === 0)
      throw new SettingsError("tasks", `There are no ${suite} tasks; a run needs at least one.`);
  }
  const { budgetRollouts, validation } = settings;
  const sizes = { train: tasks.train.length, validation: tasks.validation.length };
  const start = Math.min(validation ?? Infinity, sizes.validation);
  const least = start + leastRollouts(settings, sizes);
  if (budgetRollouts === null || budgetRollouts >= least) return;
  throw new SettingsError(
    "budgetRollouts",
    `A budget of ${budgetRollouts} rollouts cannot decide about a single edit; it takes at least ${least}: ${start} validation ` +
      `tasks for the start program, and ${least - start} for a batch and one wave. Raise budgetRollouts, or lower batch or validation.`,
  );
}

interface Creation {
  place: Place;
  input: RunRecord["input"];
  fingerprints: Fingerprints;
}

/** Copies program and tasks into the store before anything refers to them. */
async function create(
  payload: Payload,
  options: OptimizeOptions,
  { place, input, fingerprints }: Creation,
): Promise<RunRecord> {
  await payload.putProgram(options.program);
  for (const suite of SuiteName.options) await payload.putJson(TaskList.parse(options.tasks[suite]));
  return {
    ...place,
    parent: null,
    input,
    fingerprints,
    parts: options.partNames ?? null,
    createdAt: new Date().toISOString(),
    failure: null,
    looks: [],
    usage: { seconds: 0, executions: 0 },
  };
}

/** A run of this name exists: continuing it is only right where everything that decides is the same. */
function refuseOther(before: RunRecord, input: RunRecord["input"], fingerprints: Fingerprints): void {
  const differs = [
    ...Object.keys(input.settings).filter(
      (key) => before.input.settings[key as keyof Settings] !== input.settings[key as keyof Settings],
    ),
    ...(hashJson(before.input.suites) === hashJson(input.suites) ? [] : ["tasks"]),
    ...(before.input.start === input.start ? [] : ["skill"]),
  ];
  if (differs.length > 0) {
    throw new RunError(
      "exists",
      before.name,
      `Run "${before.name}" exists with other ${differs.join(", ")}. Use another --run name, resume it as it is ` +
        `(skillgraph resume ${before.name}), or branch it (skillgraph branch ${before.name} --at N --set ...).`,
    );
  }
  refuseChanged(before, fingerprints);
}

/** Code that decides (graph, agent, analyst, verifier) must be what the run was started with. */
export function refuseChanged({ name, fingerprints: before }: RunRecord, now: Fingerprints): void {
  const changed = (Object.keys(before) as Array<keyof Fingerprints>).find((part) => before[part] !== now[part]);
  if (changed === undefined) return;
  throw new RunError(
    "changed",
    name,
    `Run "${name}" was started with ${changed} ${before[changed]}; this is ${changed} ${now[changed]}. A run is continued ` +
      "only by what it was started with: use that version again, or start a new run.",
  );
}
