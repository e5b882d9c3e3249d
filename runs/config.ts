import { z } from "zod";
import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { Recipe } from "../graphs/recipe.ts";
import { findRecipe } from "../graphs/recipes/all.ts";
import { partFunctions } from "./checks.ts";
import { SettingsError } from "../state/errors.ts";
import { executorNames } from "./store.ts";
import { settingsShape, type SettingsInput } from "../state/settings.ts";
import { suggestionFor } from "../state/suggestion.ts";
import { Limits } from "../state/usage.ts";
import type { Verifier } from "../verifiers/verifier.ts";

/** A part by its name on the command line, or an object with a fingerprint and these functions. */
function part<Part extends object>(functions: ReadonlyArray<keyof Part & string>) {
  const isPart = (value: unknown): boolean => {
    if (typeof value === "string") return value !== "";
    if (!isObject(value) || typeof value["fingerprint"] !== "string" || value["fingerprint"] === "") return false;
    return functions.every((name) => typeof value[name] === "function");
  };
  return z.custom<string | Part>(
    isPart,
    `expected a name, or an object with a fingerprint and ${functions.join(", ")}`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isRecipe = (value: unknown): boolean =>
  typeof value === "string" ||
  (isObject(value) && typeof value["name"] === "string" && typeof value["policies"] === "function");

const text = () => z.string().min(1);

/** What a config may say: what the flags say, and parts as objects. Paths are relative to the file. */
export const Config = z.strictObject({
  tasks: text().optional().describe("the tasks: a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file"),
  skill: text().optional().describe("the skill to improve: a folder, a SKILL.md or one text file"),
  creator: text()
    .optional()
    .describe("what drafts the first skill if none is given: `counting`, `none`, or the name of a model"),
  cases: text().optional().describe("past cases to draft the first skill from: JSONL, or a text with lines of hyphens"),
  documents: text().optional().describe("texts to draft the first skill from: a folder of .md and .txt files, or one"),
  tools: text().optional().describe("the tools of the agent, for drafting the first skill: a list in JSON"),
  pairs: text().optional().describe("edits of skills that were made before, for recipes that mine them: JSONL"),
  agent: part<TaskAgent>(partFunctions.agent)
    .optional()
    .describe("what answers the tasks: a name as for `--agent`, or a `TaskAgent`"),
  analyst: part<Analyst>(partFunctions.analyst)
    .optional()
    .describe("what studies failures and proposes edits: a name as for `--analyst`, or an `Analyst`"),
  verifier: part<Verifier>(partFunctions.verifier)
    .optional()
    .describe("what scores answers: a name as for `--verifier`, or a `Verifier`"),
  rubric: text().optional().describe("the rubric file for a judge"),
  recipe: z
    .custom<string | Recipe>(isRecipe, "expected a name, or the result of defineRecipe")
    .optional()
    .describe("how a new run searches: a name as for `--recipe`, or a `Recipe`"),
  store: text().optional().describe("where runs are stored: file:PATH, redis://HOST:PORT or memory:"),
  run: text().optional().describe("the name of the run that `optimize` creates or continues"),
  concurrency: z.int().positive().optional().describe("number of concurrent rollouts; does not change the result"),
  executor: z
    .enum(executorNames)
    .optional()
    .describe("where rollouts are done: `pool`, in this process, or `queue`, by workers; does not change the result"),
  out: text().optional().describe("the folder the best skill and its diff are written to"),
  settings: z
    .custom<SettingsInput>(isObject, "expected an object of settings")
    .optional()
    .describe("how a new run searches: see below"),
  limits: z
    .strictObject({
      usd: Limits.shape.usd
        .unwrap()
        .optional()
        .describe("pause a new run before it spends more than this, in US dollars; null for no limit"),
      minutes: Limits.shape.minutes
        .unwrap()
        .optional()
        .describe("pause a new run after this many minutes of running time; null for no limit"),
    })
    .optional()
    .describe("spending limits of a new run"),
});
export type Config = z.infer<typeof Config>;

/** Gives the config as it is; there for its type. `export default defineConfig({ ... })` in skillgraph.config.ts. */
export function defineConfig(config: Config): Config {
  return config;
}

/** Checks what a config file exports. Throws a SettingsError that names the file, the key and its place. */
export function checkConfig(exported: unknown, file: string): Config {
  if (!isObject(exported)) {
    throw new SettingsError(
      "config",
      `${file} has no default export with a config. Write: export default defineConfig({ ... }).`,
    );
  }
  refuseUnknown(exported, Object.keys(Config.shape), { file, within: "" });
  for (const [name, known] of Object.entries(nested)) {
    const value = exported[name];
    if (isObject(value)) refuseUnknown(value, known, { file, within: `${name}.` });
  }
  const parsed = Config.safeParse(exported);
  if (!parsed.success) throw refusal(parsed.error, { file, within: "" });
  checkSettings(parsed.data, file);
  return parsed.data;
}

/** The settings must be those of the recipe that the config names, by default of the default one. */
function checkSettings({ recipe, settings = {} }: Config, file: string): void {
  const shape = settingsShape(chosenRecipe({ recipe, settings }, file));
  refuseUnknown(settings, Object.keys(shape), { file, within: "settings." });
  const checked = z.object(shape).safeParse(settings);
  if (!checked.success) throw refusal(checked.error, { file, within: "settings." });
}

function chosenRecipe({ recipe, settings }: Pick<Config, "recipe" | "settings">, file: string): Recipe {
  const own = typeof recipe === "object" ? recipe : undefined;
  try {
    return findRecipe(typeof recipe === "string" ? recipe : settings?.recipe, own);
  } catch (error) {
    if (error instanceof SettingsError) throw new SettingsError("recipe", `${file}: ${error.message}`);
    throw error;
  }
}

/** What may stand in the objects of a config. */
const nested: Record<string, string[]> = {
  limits: Object.keys(Config.shape.limits.unwrap().shape),
};

interface Place {
  file: string;
  /** What the keys stand in, such as "settings."; empty for the config itself. */
  within: string;
}

function refuseUnknown(given: object, names: readonly string[], { file, within }: Place): void {
  const unknown = Object.keys(given).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  throw new SettingsError(
    `${within}${unknown}`,
    `${file}: unknown key "${within}${unknown}"${suggestionFor(unknown, names)}. Known keys are: ${names.join(", ")}.`,
  );
}

function refusal(error: z.ZodError, { file, within }: Place): SettingsError {
  const issue = error.issues[0];
  const path = `${within}${issue?.path.join(".") ?? ""}`;
  return new SettingsError(path, `${file}: invalid value for "${path}": ${issue?.message}.`);
}
