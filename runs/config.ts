import { z } from "zod";
import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { OwnGraph, Policies } from "../graphs/parts.ts";
import { partFunctions } from "./checks.ts";
import { SettingsError } from "../state/errors.ts";
import { Settings, type SettingsInput } from "../state/settings.ts";
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

const isGraph = (value: unknown): boolean =>
  isObject(value) &&
  typeof value["name"] === "string" &&
  typeof value["version"] === "number" &&
  typeof value["wire"] === "function";

const text = () => z.string().min(1);

/** What a config may say: what the flags say, and parts as objects. Paths are relative to the file. */
export const Config = z.strictObject({
  tasks: text().optional().describe("the tasks: a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file"),
  skill: text().optional().describe("the skill to improve: a folder, a SKILL.md or one text file"),
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
  policies: z
    .custom<Partial<Policies>>(isObject, "expected an object of policies")
    .optional()
    .describe("policies that replace built-in ones"),
  graph: z
    .custom<OwnGraph>(isGraph, "expected an object with name, version and wire")
    .optional()
    .describe("a graph that replaces the canonical loop"),
  store: text().optional().describe("where runs are stored: file:PATH, redis://HOST:PORT or memory:"),
  run: text().optional().describe("the name of the run that `optimize` creates or continues"),
  concurrency: z.int().positive().optional().describe("number of concurrent rollouts; does not change the result"),
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
  const checked = Settings.safeParse(parsed.data.settings ?? {});
  if (!checked.success) throw refusal(checked.error, { file, within: "settings." });
  return parsed.data;
}

const policyNames: Record<keyof Policies, true> = {
  sampling: true,
  selection: true,
  edits: true,
  rejected: true,
  acceptance: true,
  stopping: true,
};

/** What may stand in the objects of a config. */
const nested: Record<string, string[]> = {
  settings: Object.keys(Settings.shape),
  limits: Object.keys(Config.shape.limits.unwrap().shape),
  policies: Object.keys(policyNames),
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
