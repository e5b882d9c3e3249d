import { z } from "zod";
import { SettingsError } from "./errors.ts";
import { Json } from "./json.ts";
import { SkillName } from "./program.ts";
import { suggestionFor } from "./suggestion.ts";

/** If more than this share of results is missing, a comparison is not conclusive. */
export const defaultMaxMissing = 0.2;

/**
 * Everything a user may set about how a run searches: the common settings, and those of its recipe. Numbers are read from
 * the state, so a branch can change them.
 */
export const Settings = z
  .object({
    recipe: z.string().default("hill-climb").describe("the optimizer by name: see `skillgraph recipes`"),
    seed: z.int().nonnegative().default(1).describe("seed of all random draws"),
    generations: z.int().positive().nullable().default(null).describe("stop after this many generations"),
    budgetRollouts: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe("stop before this number of rollouts is exceeded, validation included"),
    budgetTokens: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe("stop once this many tokens are used, input and output, the analyst's included"),
    patience: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe("stop after this many generations without an accepted edit"),
    target: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(1)
      .describe(
        "stop when the lower end of the 95 % interval of the validation score reaches this, or every validation task is passed",
      ),
    sampling: z
      .enum(["epoch", "minibatch", "posterior"])
      .default("epoch")
      .describe(
        "how train tasks are drawn for a generation: each once an epoch (`epoch`), at random (`minibatch`), or those that are neither solved nor hopeless by what is known of them (`posterior`)",
      ),
    batch: z.int().positive().default(60).describe("train tasks rolled out per generation"),
    samples: z
      .int()
      .positive()
      .max(64)
      .default(1)
      .describe("how many times each task is rolled out; its score is the mean over these samples"),
    replay: z.int().positive().default(2000).describe("how many of the most recent train tasks the analyst may replay"),
    evidence: z
      .enum(["recent", "current"])
      .default("recent")
      .describe(
        "which rollouts of these it may replay: those of any program (`recent`), or only those of the program that is edited (`current`)",
      ),
    visibility: z
      .enum(["all", "retrieved", "all-but", "shuffled"])
      .default("all")
      .describe(
        "which skills of a program the agent sees for a question: all, those that fit it best (`retrieved`), all except those in `hidden` (`all-but`), or, as a control, those retrieved for another question (`shuffled`)",
      ),
    visible: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe("`retrieved`, `shuffled`: how many skills a question is shown at most; null for 5"),
    hidden: z.array(SkillName).max(200).default([]).describe("`all-but`: names of the skills that are not shown"),
    candidates: z.int().positive().max(16).default(1).describe("number of candidates measured per generation"),
    edits: z.int().positive().default(4).describe("maximum number of edits in one candidate"),
    guard: z
      .enum(["low", "medium", "high", "off"])
      .default("low")
      .describe("least severity of a new unsafe finding that holds a candidate: see docs/gate.md"),
    leaks: z
      .enum(["hold", "warn"])
      .default("hold")
      .describe("whether a candidate that copies tasks, single answers, checks or prompts is held, or only reported"),
    similarity: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe(
        "a candidate whose edits are at least this similar to rejected ones is not measured again; 1: only equal ones",
      ),
    review: z.boolean().default(false).describe("ask a person about held candidates, instead of rejecting them"),
    approve: z
      .enum(["never", "in-doubt", "always"])
      .default("never")
      .describe(
        "which candidates a person is asked about before they are accepted: none (`never`), those with a finding, a gain that may be none, other scripts or tools, or late in a budget (`in-doubt`), or all (`always`)",
      ),
    validation: z
      .int()
      .positive()
      .nullable()
      .default(100)
      .describe(
        "number of validation tasks the gate uses, until they reach the target and more are needed to be sure of it; null for all",
      ),
    maxMissing: z
      .number()
      .min(0)
      .lt(1)
      .default(defaultMaxMissing)
      .describe(
        "largest share of the validation tasks that may lack a result, of the candidate or the head, for the gate to decide",
      ),
    wave: z.int().positive().default(20).describe("validation tasks rolled out between two decisions of the race"),
    asPublished: z
      .boolean()
      .default(false)
      .describe("leave out our guard, gate and fixes where the source of the recipe has none; not every recipe can"),
    rejected: z.int().positive().max(200).default(24).describe("how many rejected edits are remembered"),
  })
  .catchall(Json);
export type Settings = z.infer<typeof Settings>;
export type SettingsInput = z.input<typeof Settings>;

/** Where nothing else is sure to end a run. */
const defaultGenerations = 20;

/** What a recipe adds to the settings: its own, and other defaults of the common ones. */
export interface RecipeSettings {
  readonly name: string;
  readonly settings: z.ZodRawShape;
  readonly defaults: Readonly<Record<string, Json>>;
  /** Whether its runs come to an end without a bound of the common settings. */
  readonly endsItself?: boolean;
  /** What the setting `asPublished` changes; without it, the recipe has no source that it could follow. */
  readonly published?: string;
}

/** All settings of a recipe, each with its description. */
export function settingsShape({ settings }: Pick<RecipeSettings, "settings">): Record<string, z.ZodType> {
  return { ...Settings.shape, ...(settings as Record<string, z.ZodType>) };
}

/**
 * Checks settings and fills in defaults, those of the recipe first. A run bounded by neither generations nor rollouts, nor by its
 * recipe, gets 20 generations.
 */
export function parseSettings(input: Record<string, unknown>, recipe: RecipeSettings): Settings {
  const shape = settingsShape(recipe);
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(shape, key));
  if (unknown !== undefined) {
    const known = Object.keys(shape);
    throw new SettingsError(
      unknown,
      `Recipe "${recipe.name}" has no setting "${unknown}"${suggestionFor(unknown.toLowerCase(), known)}. Settings are: ${known.join(", ")}.`,
    );
  }
  const parsed = z.object(shape).safeParse({ ...defaultsFor(input, recipe), ...input, recipe: recipe.name });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = String(issue?.path[0]);
    const value = input[path];
    const isList = issue?.code === "invalid_type" && issue.expected === "array" && typeof value === "string";
    const remedy = isList ? ` Write it as a list: ${JSON.stringify(value.split(",").map((item) => item.trim()))}.` : "";
    throw new SettingsError(path, `Setting "${path}" cannot be ${shown(value)}: ${issue?.message}.${remedy}`);
  }
  const settings = parsed.data as Settings;
  if (settings.asPublished && recipe.published === undefined) {
    throw new SettingsError(
      "asPublished",
      `Recipe "${recipe.name}" was not published elsewhere, so it cannot run as published. Leave out asPublished, or choose another recipe: see skillgraph recipes.`,
    );
  }
  const bounded = recipe.endsItself === true || settings.generations !== null || settings.budgetRollouts !== null;
  return bounded ? settings : { ...settings, generations: defaultGenerations };
}

/** The defaults of a recipe beside what is given: its number of visible skills is for its own visibility. */
function defaultsFor(input: Record<string, unknown>, { defaults }: RecipeSettings): RecipeSettings["defaults"] {
  if (input["visibility"] === undefined || input["visibility"] === defaults["visibility"]) return defaults;
  const { visible: _, ...others } = defaults;
  return others;
}

/** What the settings of a recipe are where nothing is given. */
export function defaultSettings(recipe: RecipeSettings): Settings {
  return z.object(settingsShape(recipe)).parse({ ...recipe.defaults, recipe: recipe.name }) as Settings;
}

/** NaN and infinities have no JSON. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
