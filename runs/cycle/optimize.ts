import { resolve } from "node:path";
import type { Parts } from "../../graphs/parts.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import type { GivenPair } from "../../policies/composition/given.ts";
import { refuseUnknownSkills } from "../../policies/visibility.ts";
import { programHash, type SkillFolder } from "../../skills/folder.ts";
import type { SuiteRef, Suites } from "../../state/channels.ts";
import { RunError, SettingsError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { SuiteName, TaskList, type Task } from "../../state/task.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Pace } from "../../stores/lease/held-lease.ts";
import { queuePlaceOf } from "../../stores/queue/bullmq.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { secretIn } from "../../stores/secrets.ts";
import { checkLearnable, checkName, checkParts, checkProgram, checkTasks } from "../checks.ts";
import { limitsOf, type LimitsInput } from "../limits.ts";
import { sourcesOfNew, sourcesWithChanges, type Sources } from "../sources.ts";
import {
  nothingSpent,
  readRunRecord,
  refuseChanged,
  writeRunRecord,
  type Fingerprints,
  type PartNames,
  type RunRecord,
} from "../run-record.ts";
import { startRun, type Run } from "./run.ts";
import { memoriesFrom, storePairs } from "./given-pairs.ts";
import { newPlace } from "./new-place.ts";
import { createSession, openRuns, withLease, type Place, type Session } from "../session.ts";
import { defaultConcurrency, storeOf, type ExecutorName } from "../store.ts";

/** The tasks of a run by split. `sealed` is kept aside and not used yet; `test` may be empty. */
export type TaskSuites = Readonly<Record<SuiteName, readonly Task[]>>;

export interface OptimizeOptions extends Parts {
  /** The skills to start from. */
  program: readonly SkillFolder[];
  /** Where they were read from, to which `adopt` writes the best. Does not change the result. */
  skillPath?: string | undefined;
  tasks: TaskSuites;
  /** Edits of skills that were made before, for a recipe that mines them. */
  pairs?: readonly GivenPair[] | undefined;
  settings?: SettingsInput;
  /** `memory:`, `file:PATH`, `redis://HOST`, or an open store, which is then left open. */
  store?: string | RecordStore;
  /** Name of the run. The same name with the same options resumes; with others it is refused. */
  run?: string;
  /** The LangGraph thread a new run is made on, a UUID; by default a new one. */
  thread?: string;
  /** The names the command line makes the parts by, so that it can resume the run. */
  partNames?: PartNames;
  /** Where settings, limits and parts come from, shown by `show`; what is not named here was given in code or is a default. */
  sources?: Sources;
  /** Rollouts in flight. Does not change the result. */
  concurrency?: number;
  /** Where rollouts are done: in this process, or by workers that share its store. Does not change the result. */
  executor?: ExecutorName;
  /** What the run may really spend, over all of its sessions; it pauses there. Kept with the run, until others are given. */
  limits?: LimitsInput;
  /** How often a sign of life is stored, and how long others wait for one before they take the run over. */
  pace?: Pace;
}

/** Starts a run, or continues the one of that name. Everything that can be refused is refused before anything is paid. */
export async function optimize(options: OptimizeOptions): Promise<Run> {
  const { program, tasks, run: name = "run", concurrency = defaultConcurrency, executor } = options;
  const recipe = findRecipe(options.settings?.recipe, options.recipe);
  const settings = parseSettings({ ...options.settings }, recipe);
  checkName(name);
  checkParts(options, concurrency);
  checkProgram(program);
  const policies = recipe.policies(settings);
  const { ablates } = policies.drafting;
  refuseUnknownSkills({ setting: "hidden", skills: settings.hidden }, program);
  if (ablates !== undefined) refuseUnknownSkills(ablates.named, program);
  const memories = memoriesFrom(options.pairs, { drafting: policies.drafting, recipe: recipe.name });
  checkTasks(tasks, { settings, policies, verifier: options.verifier });
  checkLearnable(tasks.train, options);
  const { store, close } = await storeOf(options.store);
  try {
    if (executor === "queue") queuePlaceOf(store);
    const runs = openRuns(store, options);
    const place = (await runs.registry.find(name)) ?? (await newPlace(runs, name, options.thread));
    const session = await createSession({ runs, place, parts: options, settings, concurrency, executor });
    const begun = memories === undefined ? {} : { memories: hashJson(memories) };
    const input = { settings, suites: suiteRefs(tasks), start: programHash(program), ...begun };
    return await withLease(runs, place, async (lease) => {
      const before = await readRunRecord(store, place);
      if (before !== undefined) refuseOther(before, input, session.fingerprints);
      if (before === undefined) await refuseForeign(session);
      const { fingerprints } = session;
      await storeInput(session.payload, options);
      await storePairs(session.payload, { pairs: options.pairs, memories });
      const record = before ?? newRecord(options, { place, input, fingerprints });
      const limits = limitsOf(options.limits, record.limits);
      if (before === undefined) refuseSecrets(record);
      if (before === undefined) await writeRunRecord(lease, record);
      const sources = sourcesWithChanges(record.sources, options);
      return startRun({ session, lease, record: { ...record, limits, sources }, concurrency, close });
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** A thread of that name that holds checkpoints but is no run: LangGraph was used on this store without skillgraph. */
async function refuseForeign({ runs, place, config }: Session): Promise<void> {
  if ((await runs.saver.getTuple(config)) === undefined) return;
  const message = `The store contains a thread "${place.name}" that is not a run of skillgraph. Use another name.`;
  throw new RunError("exists", place.name, message);
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

interface Creation {
  place: Place;
  input: RunRecord["input"];
  fingerprints: Fingerprints;
}

/** Copies program and tasks into the store before anything refers to them; later on it repairs damaged ones. */
async function storeInput(payload: Payload, { program, tasks }: OptimizeOptions): Promise<void> {
  await payload.putProgram(program);
  for (const suite of SuiteName.options) await payload.putJson(TaskList.parse(tasks[suite]));
}

/** What is stored so that a run can go on must not give a secret away. */
function refuseSecrets(stored: Pick<RunRecord, "fingerprints" | "parts">): void {
  const found = secretIn(JSON.stringify(stored));
  if (found === undefined) return;
  throw new SettingsError(
    "parts",
    `The names of the agent, analyst and verifier are stored with the run, and contain ${found}. Pass it in an environment variable instead.`,
  );
}

function newRecord(options: OptimizeOptions, { place, input, fingerprints }: Creation): RunRecord {
  return {
    ...place,
    parent: null,
    input,
    fingerprints,
    parts: options.partNames ?? null,
    sources: sourcesOfNew(options, input.settings),
    skillPath: options.skillPath === undefined ? null : resolve(options.skillPath),
    createdAt: new Date().toISOString(),
    failure: null,
    pause: null,
    looks: [],
    limits: limitsOf(options.limits),
    usage: nothingSpent,
  };
}

/** A run of this name exists: continuing it is only right where everything that decides is the same. */
function refuseOther(before: RunRecord, input: RunRecord["input"], fingerprints: Fingerprints): void {
  const differs = [
    ...Object.keys(input.settings).filter(
      (key) => hashJson(before.input.settings[key] ?? null) !== hashJson(input.settings[key] ?? null),
    ),
    ...(hashJson(before.input.suites) === hashJson(input.suites) ? [] : ["tasks"]),
    ...(before.input.start === input.start ? [] : ["skill"]),
    ...(before.input.memories === input.memories ? [] : ["pairs"]),
  ];
  if (differs.length > 0) {
    throw new RunError(
      "exists",
      before.name,
      `Run "${before.name}" already exists with different ${differs.join(", ")}. Use another --run name, resume it as it is ` +
        `(skillgraph resume ${before.name}), or branch it (skillgraph branch ${before.name} --at N --set ...).`,
    );
  }
  refuseChanged(before, fingerprints);
}
