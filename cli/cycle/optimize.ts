import type { Creator } from "../../analysts/creator.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { readPairs } from "../../readers/pairs.ts";
import { readProgram } from "../../readers/skill.ts";
import { surveyTasks } from "../../readers/task-survey.ts";
import { readTasks, type TaskSet } from "../../readers/tasks.ts";
import { checkName } from "../../runs/checks.ts";
import { forecastOf } from "../../runs/forecast-rest.ts";
import { limitsOf } from "../../runs/limits.ts";
import { draftSkill, type DraftOptions } from "../../runs/cycle/draft-skill.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { readRunRecord } from "../../runs/run-record.ts";
import { openRuns } from "../../runs/session.ts";
import { fieldWarnings, learningWarnings, overlapWarnings, type FieldsRead } from "../../runs/task-warnings.ts";
import type { ExecutorName } from "../../runs/store.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { openStoreFor } from "../parts/store.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import type { Settings } from "../../state/settings.ts";
import type { estimateParts } from "./estimate.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { tellForecast } from "../forecast.ts";
import { createNotes } from "../terminal/notes.ts";
import { outFolder, prepareOut } from "./out.ts";
import { creatorFor, readMaterial, refuseMaterial, type MaterialFlags } from "../parts/material.ts";
import { namesIn, ownRecipe, partsNamed, settingsIn, type PartChoices } from "../parts/parts.ts";
import { readRubric } from "../parts/rubric.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { taskSetName } from "../project/task-set-name.ts";
import { tell } from "../terminal/door.ts";

export interface OptimizeFlags extends PartChoices, LimitFlags, MergedFlags, MaterialFlags {
  /** The file of the rubric. */
  rubric?: string;
  tasks: string;
  skill?: string;
  run?: string;
  generations?: number;
  budgetRollouts?: number;
  budgetTokens?: number;
  seed?: number;
  recipe?: string;
  /** The file of pairs. */
  pairs?: string;
  asPublished?: boolean;
  review?: boolean;
  set: Record<string, unknown>;
  concurrency: number;
  executor: ExecutorName;
  out?: string;
  store: string;
  json?: boolean;
  quiet?: boolean;
  dryRun?: boolean;
}

export async function optimizeCommand(flags: OptimizeFlags): Promise<number> {
  const settings = settingsIn({ ...flags.set, ...settingFlags(flags) }, flags.own);
  if (flags.run !== undefined) checkName(flags.run);
  const { agent, analyst, verifier, concurrency, executor, sources = {} } = flags;
  const choices = { agent, analyst, verifier, ...readRubric(flags.rubric) };
  if (flags.dryRun === true) return estimate(flags, choices, settings);
  const parts = { ...(await partsNamed(choices)), ...ownRecipe(flags.own) };
  const note = createNotes(flags);
  const recipe = findRecipe(settings.recipe, parts.recipe);
  const { sampling, episodes, drafting } = recipe.policies(settings);
  const tasks = await readTasks(flags.tasks);
  const pairs = flags.pairs === undefined ? undefined : await readPairs(flags.pairs);
  warnOfTasks(tasks, parts, {
    category: episodes?.category ?? sampling.category,
    context: drafting.observes?.context,
  });
  const name = taskSetName(flags.tasks);
  if (flags.skill !== undefined) refuseMaterial(flags);
  const given = flags.skill === undefined ? undefined : await readProgram(flags.skill);
  warnOfFewTasks(tasks);
  const { store, close } = await openStoreFor(flags.store);
  try {
    const run = flags.run ?? (await freeName(store, name));
    prepareOut(outFolder(run, flags.out), flags.skill);
    note(
      `run ${run}: ${tasks.train.length} train, ${tasks.validation.length} validation, ${tasks.sealed.length} sealed, ${tasks.test.length} test tasks`,
    );
    const creator = given === undefined ? await creatorFor(flags, { ...flags, drafts: recipe.drafts }) : undefined;
    const limits = limitsIn(flags);
    const program = given ?? (await newProgram(creator, { name, run, store, tasks, limits, note, material: flags }));
    const forecast = (await hasBegun(store, run))
      ? await forecastOf(run, { store, limits, ...ownRecipe(flags.own) })
      : (await estimateOf(choices, { program, tasks, settings, limits: limitsOf(limits), ...ownRecipe(flags.own) }))
          .estimate;
    const made = { partNames: namesIn(choices), sources, limits, skillPath: flags.skill, pairs };
    const started = await optimize({ ...parts, ...made, program, tasks, settings, store, run, concurrency, executor });
    // Refusals come first; the run itself begins on the next turn.
    tellForecast(forecast, note);
    return await follow(started, {
      ...flags,
      settings,
      from: store,
      isStartMade: given === undefined && creator === undefined,
    });
  } finally {
    await close();
  }
}

/** Without a key, a model or a store: what is known beforehand. */
async function estimate(flags: OptimizeFlags, choices: PartChoices, settings: Settings): Promise<number> {
  const tasks = await readTasks(flags.tasks);
  const name = taskSetName(flags.tasks);
  const program =
    flags.skill === undefined ? [minimalSkill(name, `Answers the tasks of ${name}.`)] : await readProgram(flags.skill);
  const limits = limitsOf(limitsIn(flags));
  return (await import("./estimate.ts")).estimateCommand(
    choices,
    { program, tasks, settings, limits, ...ownRecipe(flags.own) },
    flags,
  );
}

/** Not so for a name that only a draft was paid for under. */
async function hasBegun(store: RecordStore, run: string): Promise<boolean> {
  const place = await openRuns(store).registry.find(run);
  return place !== undefined && (await readRunRecord(store, place)) !== undefined;
}

async function estimateOf(...input: Parameters<typeof estimateParts>) {
  return (await import("./estimate.ts")).estimateParts(...input);
}

function settingFlags({ generations, budgetRollouts, budgetTokens, seed, recipe, asPublished, review }: OptimizeFlags) {
  const given = Object.entries({ generations, budgetRollouts, budgetTokens, seed, recipe, asPublished, review });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

interface NewProgram extends Omit<DraftOptions, "creator" | "tasks" | "heldOut" | "cases" | "documents" | "tools"> {
  tasks: TaskSet;
  material: MaterialFlags;
  note(text: string): void;
}

/** A first skill that the creator drafts; without one a run starts from a skill without rules. */
export async function newProgram(
  creator: Creator | undefined,
  { note, material, tasks, ...draft }: NewProgram,
): Promise<SkillFolder[]> {
  const { name } = draft;
  if (creator === undefined) {
    note(`No --skill given: starting from a minimal skill "${name}" without rules.`);
    return [minimalSkill(name, `Answers the tasks of ${name}.`)];
  }
  const { train, validation, sealed, test } = tasks;
  const from = { ...(await readMaterial(material)), tasks: train, heldOut: [...validation, ...sealed, ...test] };
  const { program, cost, leftOut } = await draftSkill({ ...draft, ...from, creator });
  if (leftOut > 0) note(`${leftOut} of the past cases ask what a validation or test task asks; left out.`);
  if (cost === null) return program;
  const tokens = cost.inputTokens === 0 ? "by counting" : `${cost.inputTokens} tokens in, ${cost.outputTokens} out`;
  note(`No --skill given: starting from a skill "${name}" drafted from train tasks (${tokens}).`);
  return program;
}

function warnOfTasks(tasks: TaskSet, parts: Parameters<typeof learningWarnings>[1], fields: FieldsRead): void {
  const warnings = [
    ...overlapWarnings(tasks, surveyTasks(tasks)),
    ...learningWarnings(tasks, parts),
    ...fieldWarnings(tasks, fields),
  ];
  for (const { text } of warnings) tell(`warning: ${text}\n`);
}

/** One task more or less must not look like progress. */
const fewTasks = 30;

function warnOfFewTasks({ validation }: TaskSet): void {
  const { length } = validation;
  if (length >= fewTasks) return;
  tell(
    `warning: only ${length} validation tasks: one task is ${(100 / length).toFixed(1)} points, so small differences decide at the gate\n`,
  );
}

export async function freeName(store: Parameters<typeof openRuns>[0], name: string): Promise<string> {
  const taken = new Set((await openRuns(store).registry.entries()).map((entry) => entry.name));
  let number = 1;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
