import type { TaskAgent } from "../../agents/agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import type { Creator } from "../../analysts/creator.ts";
import type { Parts } from "../../graphs/parts.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import type { Config } from "../../runs/config.ts";
import type { PartNames, RunRecord } from "../../runs/run-record.ts";
import { RunError, SettingsError } from "../../state/errors.ts";
import { parseSettings, type Settings } from "../../state/settings.ts";
import { suggestionFor } from "../../state/suggestion.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { terminalApprover } from "../cycle/approval.ts";
import { itemsOf, readRubric } from "./rubric.ts";
import { warn } from "./store.ts";
import { splitWords } from "./words.ts";
import { commandNamed, presetOptions } from "./command-agents.ts";

/** Makes a part; `argument` is what follows the colon in its name, such as 0.01 in `numeric:0.01`. */
type Load<Part> = (argument: string | undefined) => Promise<Part>;

/** A verifier; `rubric` is the text given with it. */
type LoadVerifier = (argument: string | undefined, rubric: string | undefined) => Promise<Verifier>;

/** What can be named on the command line. Each is loaded when it is asked for. */
const agents: Record<string, Load<TaskAgent>> = {
  procedure: async () => (await import("../../agents/procedure/procedure-agent.ts")).createProcedureAgent(),
  chat: async (model = "") =>
    (await import("../../agents/chat/chat-agent.ts")).createChatAgent({ model: await modelNamed(model) }),
  "claude-code": async (argument) => {
    const keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
    const { createClaudeCode } = await import("../../agents/command/claude-code.ts");
    return createClaudeCode(presetOptions(argument, { keys, baseUrl: "ANTHROPIC_BASE_URL" }));
  },
  codex: async (argument) => {
    const { createCodex } = await import("../../agents/command/codex.ts");
    return createCodex(presetOptions(argument, { keys: ["OPENAI_API_KEY"], baseUrl: "OPENAI_BASE_URL" }));
  },
  opencode: async (argument) => {
    const keys = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];
    const { createOpencode } = await import("../../agents/command/opencode.ts");
    return createOpencode(presetOptions(argument, { keys, baseUrl: "OPENAI_BASE_URL" }));
  },
  command: async (argument) => commandNamed(argument),
  tools: async (model = "") => {
    const { createToolsAgent } = await import("../../agents/tools/tools-agent.ts");
    return createToolsAgent({ model: await modelNamed(model) });
  },
};
export const agentKinds = Object.keys(agents);

const analysts: Record<string, Load<Analyst>> = {
  statistical: async () =>
    (await import("../../analysts/statistical/statistical-analyst.ts")).createStatisticalAnalyst(),
  random: async () => (await import("../../analysts/random.ts")).createRandomAnalyst(),
};
const verifiers: Record<string, LoadVerifier> = {
  exact: async () => (await import("../../verifiers/exact.ts")).createExact(),
  insensitive: async () => (await import("../../verifiers/insensitive.ts")).createInsensitive(),
  numeric: async (tolerance = "0") =>
    (await import("../../verifiers/numeric.ts")).createNumeric({ tolerance: Number(tolerance) }),
  "multi-tolerance": async () => (await import("../../verifiers/multi-tolerance.ts")).createMultiTolerance(),
  json: async (tolerance = "0") =>
    (await import("../../verifiers/json-equality.ts")).createJsonEquality({ tolerance: Number(tolerance) }),
  f1: async () => (await import("../../verifiers/token-f1.ts")).createTokenF1(),
  regex: async (pattern) =>
    (await import("../../verifiers/regex.ts")).createRegex(pattern === undefined ? {} : { pattern }),
  "one-of": async (each = "exact") =>
    (await import("../../verifiers/one-of.ts")).createOneOf({ each: await comparing("one-of", each) }),
  mix: async (each = "exact") =>
    (await import("../../verifiers/mix.ts")).createMix({ each: await comparing("mix", each) }),
  consistency: async (each = "f1") =>
    (await import("../../verifiers/consistency.ts")).createConsistency({ each: await comparing("consistency", each) }),
  judge: async (model = "", rubric) =>
    (await import("../../verifiers/judge.ts")).createJudge({ model: await modelNamed(model), rubric: rubric ?? "" }),
  checklist: async (model = "", rubric = "") =>
    (await import("../../verifiers/checklist-judge.ts")).createChecklistJudge({
      model: await modelNamed(model),
      checklist: itemsOf(rubric),
    }),
  command: async (words = "") =>
    (await import("../../verifiers/command/command-verifier.ts")).createCommandVerifier({
      command: splitWords(words),
      onWarning: warn,
    }),
  module: async (path = "") => (await import("./module-verifier.ts")).verifierFromModule(path),
};

/** Verifiers that compare with `expected` and cost nothing, which `one-of`, `mix` and `consistency` ask. */
const comparisons = ["exact", "insensitive", "numeric", "multi-tolerance", "json", "f1", "regex"];

function comparing(around: string, name: string): Promise<Verifier> {
  if (comparisons.includes(name.split(":")[0] ?? "")) return verifierNamed(name);
  const forms = `${comparisons.slice(0, -1).join(", ")} or ${comparisons.at(-1)}`;
  throw new SettingsError("verifier", `${around} does not support "${name}". After "${around}:" write ${forms}.`);
}

async function modelNamed(name: string) {
  return (await import("../../models/open-model.ts")).createModel(name, { warn });
}

/** Verifiers that grade by a rubric. */
const withRubric = new Set(["judge", "checklist"]);

/** Parts whose name takes an argument. */
const agentsWithArgument = ["chat", "tools", "claude-code", "codex", "opencode", "command"];
const verifiersWithArgument = [
  "numeric",
  "json",
  "regex",
  "one-of",
  "mix",
  "consistency",
  "judge",
  "checklist",
  "command",
  "module",
];
const withArgument = new Set([...agentsWithArgument, ...verifiersWithArgument]);

/** What answers, studies and scores: names, or objects of a config. */
export interface PartChoices {
  agent: string | TaskAgent;
  analyst: string | Analyst;
  verifier: string | Verifier;
  /** The text a judge grades by. */
  rubric?: string | undefined;
}

/** Parts and recipe of a config, for runs whose parts have no names. */
export type OwnParts = Pick<Config, "agent" | "analyst" | "verifier" | "rubric" | "recipe">;

/** The recipe that a config makes; none where it names one of ours. */
export function ownRecipe({ recipe }: OwnParts = {}): Pick<Parts, "recipe"> {
  return typeof recipe === "object" ? { recipe } : {};
}

/** Checks settings of a new run by the recipe that they, or the config, name. */
export function settingsIn(given: Record<string, unknown>, own?: OwnParts): Settings {
  const name = given["recipe"] as string | undefined;
  return parseSettings(given, findRecipe(name ?? namedRecipe(own), ownRecipe(own).recipe));
}

/** The recipe of ours that a config names. */
function namedRecipe({ recipe }: OwnParts = {}): string | undefined {
  return typeof recipe === "string" ? recipe : undefined;
}

/** What can be told of a choice in words: its name, or the fingerprint of the object. */
export const nameOf = (choice: string | { fingerprint: string }) =>
  typeof choice === "string" ? choice : choice.fingerprint;

/** The names of the choices that have one, as they are kept with a run. */
export function namesIn({ agent, analyst, verifier, rubric }: PartChoices): PartNames {
  const nameIn = (choice: string | object) => (typeof choice === "string" ? choice : null);
  const names = { agent: nameIn(agent), analyst: nameIn(analyst), verifier: nameIn(verifier) };
  return rubric === undefined ? names : { ...names, rubric };
}

export async function agentNamed(choice: string | TaskAgent): Promise<TaskAgent> {
  return typeof choice === "string" ? named("agent", agents, choice) : choice;
}

export async function verifierNamed(name: string | Verifier, rubric?: string): Promise<Verifier> {
  if (typeof name !== "string") {
    if (rubric === undefined) return name;
    throw new SettingsError(
      "rubric",
      `The verifier ${name.fingerprint} of the config does not use a rubric. Remove the rubric.`,
    );
  }
  if (rubric !== undefined && !withRubric.has(name.split(":")[0] ?? ""))
    throw new SettingsError(
      "rubric",
      `The verifier ${name} does not use a rubric. Remove it, or use judge:MODEL or checklist:MODEL.`,
    );
  const loads = Object.entries(verifiers).map(([each, load]) => [each, (argument?: string) => load(argument, rubric)]);
  return named("verifier", Object.fromEntries(loads) as Record<string, Load<Verifier>>, name);
}

export async function partsNamed({ agent, analyst, verifier, rubric }: PartChoices) {
  const approve = terminalApprover();
  return {
    agent: await agentNamed(agent),
    analyst: await analystNamed(analyst, agent),
    verifier: await verifierNamed(verifier, rubric),
    ...(approve === undefined ? {} : { approve }),
  };
}

/** An analyst by its name; every other name is that of a model, unless it looks like a slip of the pen. */
export async function analystNamed(name: PartChoices["analyst"], agent: PartChoices["agent"]): Promise<Analyst> {
  if (typeof name !== "string") return name;
  if (!isModelAnalyst(name)) return named("analyst", analysts, name);
  const { createLanguageModelAnalyst } = await import("../../analysts/language-model/language-model-analyst.ts");
  return createLanguageModelAnalyst(await modelNeeds(name, agent));
}

/** A model that drafts first skills, by its name. */
export async function modelCreator(model: string, agent: PartChoices["agent"]): Promise<Creator> {
  const { createModelCreator } = await import("../../analysts/language-model/creator.ts");
  return createModelCreator(await modelNeeds(model, agent));
}

const modelPrefix = "model:";

/** Whether the name of an analyst is that of a model. */
export function isModelAnalyst(analyst: string): boolean {
  if (analyst.startsWith(modelPrefix)) return true;
  const known = Object.keys(analysts);
  if (analyst === "" || known.includes(analyst)) return false;
  const suggestion = suggestionFor(analyst, known);
  if (suggestion === "") return true;
  throw new SettingsError(
    "analyst",
    `Unknown analyst "${analyst}"${suggestion}. Choose one of: ${known.join(", ")}, or a model; write ${modelPrefix}${analyst} if this is a model.`,
  );
}

async function modelNeeds(analyst: string, agent: PartChoices["agent"]) {
  const name = analyst.startsWith(modelPrefix) ? analyst.slice(modelPrefix.length) : analyst;
  const model = await modelNamed(name);
  if (agent !== "procedure") return { model };
  return { model, conventions: (await import("../../agents/procedure/conventions.ts")).procedureConventions };
}

/** The parts a run was started with: by their names, or those of the config, which the run then checks by their fingerprints. */
export async function partsOfRun({ name, parts, fingerprints }: RunRecord, own: OwnParts = {}) {
  const { agent, analyst, verifier } = {
    agent: parts?.agent ?? own.agent,
    analyst: parts?.analyst ?? own.analyst,
    verifier: parts?.verifier ?? own.verifier,
  };
  if (agent !== undefined && analyst !== undefined && verifier !== undefined) {
    const rubric = parts === null && typeof verifier === "string" ? readRubric(own.rubric).rubric : parts?.rubric;
    const choices = { agent, analyst, verifier, rubric };
    return { ...(await partsNamed(choices)), ...ownRecipe(own) };
  }
  const start = parts === null ? "was started in code" : "has custom parts";
  throw new RunError(
    "changed",
    name,
    `Run "${name}" ${start}, with ${fingerprints.agent}, ${fingerprints.analyst} and ${fingerprints.verifier}. ` +
      "Continue it in code, or with a config that has the same parts: --config PATH.",
  );
}

async function named<Part>(kind: string, parts: Record<string, Load<Part>>, given: string): Promise<Part> {
  const [name = "", argument] = given.split(/:(.*)/s);
  const load = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (load !== undefined && (argument === undefined || withArgument.has(name))) return load(argument);
  throw new SettingsError(kind, `Unknown ${kind} "${given}". Choose one of: ${Object.keys(parts).join(", ")}.`);
}
