import type { TaskAgent } from "../agents/agent.ts";
import { suggestionFor } from "../agents/procedure/suggestion.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { Creator } from "../analysts/creator.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { RunError, SettingsError } from "../state/errors.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { itemsOf } from "./rubric.ts";
import { warn } from "./store.ts";
import { splitWords } from "./words.ts";
import { commandNamed, presetOptions } from "./command-agents.ts";

/** Makes a part; `argument` is what follows the colon in its name, such as 0.01 in `numeric:0.01`. */
type Load<Part> = (argument: string | undefined) => Promise<Part>;

/** A verifier; `rubric` is the text given with it. */
type LoadVerifier = (argument: string | undefined, rubric: string | undefined) => Promise<Verifier>;

/** What can be named on the command line. Each is loaded when it is asked for. */
const agents: Record<string, Load<TaskAgent>> = {
  procedure: async () => (await import("../agents/procedure/procedure-agent.ts")).createProcedureAgent(),
  chat: async (model = "") =>
    (await import("../agents/chat/chat-agent.ts")).createChatAgent({ model: await modelNamed(model) }),
  "claude-code": async (argument) => {
    const keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
    const { createClaudeCode } = await import("../agents/command/claude-code.ts");
    return createClaudeCode(presetOptions(argument, { keys, baseUrl: "ANTHROPIC_BASE_URL" }));
  },
  codex: async (argument) => {
    const { createCodex } = await import("../agents/command/codex.ts");
    return createCodex(presetOptions(argument, { keys: ["OPENAI_API_KEY"], baseUrl: "OPENAI_BASE_URL" }));
  },
  opencode: async (argument) => {
    const keys = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];
    const { createOpencode } = await import("../agents/command/opencode.ts");
    return createOpencode(presetOptions(argument, { keys, baseUrl: "OPENAI_BASE_URL" }));
  },
  command: async (argument) => commandNamed(argument),
  tools: async (model = "") => {
    const { createToolsAgent } = await import("../agents/tools/tools-agent.ts");
    return createToolsAgent({ model: await modelNamed(model) });
  },
};
const analysts: Record<string, Load<Analyst>> = {
  statistical: async () => (await import("../analysts/statistical/statistical-analyst.ts")).createStatisticalAnalyst(),
  random: async () => (await import("../analysts/random.ts")).createRandomAnalyst(),
};
const verifiers: Record<string, LoadVerifier> = {
  exact: async () => (await import("../verifiers/exact.ts")).createExact(),
  insensitive: async () => (await import("../verifiers/insensitive.ts")).createInsensitive(),
  numeric: async (tolerance = "0") =>
    (await import("../verifiers/numeric.ts")).createNumeric({ tolerance: Number(tolerance) }),
  judge: async (model = "", rubric) =>
    (await import("../verifiers/judge.ts")).createJudge({ model: await modelNamed(model), rubric: rubric ?? "" }),
  checklist: async (model = "", rubric = "") =>
    (await import("../verifiers/checklist-judge.ts")).createChecklistJudge({
      model: await modelNamed(model),
      checklist: itemsOf(rubric),
    }),
  command: async (words = "") =>
    (await import("../verifiers/command/command-verifier.ts")).createCommandVerifier({
      command: splitWords(words),
      onWarning: warn,
    }),
};

async function modelNamed(name: string) {
  return (await import("../models/open-model.ts")).createModel(name, { warn });
}

/** Verifiers that grade by a rubric. */
const withRubric = new Set(["judge", "checklist"]);

/** Parts whose name takes an argument. */
const agentsWithArgument = ["chat", "tools", "claude-code", "codex", "opencode", "command"];
const verifiersWithArgument = ["numeric", "judge", "checklist", "command"];
const withArgument = new Set([...agentsWithArgument, ...verifiersWithArgument]);

export interface PartNames {
  agent: string;
  analyst: string;
  verifier: string;
  /** The text a judge grades by. */
  rubric?: string | undefined;
}

export const agentNamed = (name: string) => named("agent", agents, name);

export async function verifierNamed(name: string, rubric?: string): Promise<Verifier> {
  if (rubric !== undefined && !withRubric.has(name.split(":")[0] ?? ""))
    throw new SettingsError(
      "rubric",
      `The verifier ${name} takes no rubric. Leave it out, or use judge:MODEL or checklist:MODEL.`,
    );
  const loads = Object.entries(verifiers).map(([each, load]) => [each, (argument?: string) => load(argument, rubric)]);
  return named("verifier", Object.fromEntries(loads) as Record<string, Load<Verifier>>, name);
}

export async function partsNamed({ agent, analyst, verifier, rubric }: PartNames) {
  return {
    agent: await agentNamed(agent),
    analyst: await analystNamed(analyst, agent),
    verifier: await verifierNamed(verifier, rubric),
  };
}

/** An analyst by its name; every other name is that of a model, unless it looks like a slip of the pen. */
export async function analystNamed(name: string, agent: string): Promise<Analyst> {
  if (!isModelAnalyst(name)) return named("analyst", analysts, name);
  const { createLanguageModelAnalyst } = await import("../analysts/language-model/language-model-analyst.ts");
  return createLanguageModelAnalyst(await modelNeeds(name, agent));
}

/** What drafts a first skill where the analyst is a model; undefined where it is not. */
export async function creatorNamed({ analyst, agent }: PartNames): Promise<Creator | undefined> {
  if (!isModelAnalyst(analyst)) return undefined;
  const { createModelCreator } = await import("../analysts/language-model/creator.ts");
  return createModelCreator(await modelNeeds(analyst, agent));
}

const modelPrefix = "model:";

/** Whether the name of an analyst is that of a model. */
export function isModelAnalyst(analyst: string): boolean {
  if (analyst.startsWith(modelPrefix)) return true;
  const known = Object.keys(analysts);
  if (analyst === "" || known.includes(analyst)) return false;
  const suggestion = suggestionFor(analyst.toLowerCase(), known);
  if (suggestion === "") return true;
  throw new SettingsError(
    "analyst",
    `There is no analyst "${analyst}"${suggestion}. Choose one of: ${known.join(", ")}, or a model; write ${modelPrefix}${analyst} if that is one.`,
  );
}

async function modelNeeds(analyst: string, agent: string) {
  const name = analyst.startsWith(modelPrefix) ? analyst.slice(modelPrefix.length) : analyst;
  const model = await modelNamed(name);
  if (agent !== "procedure") return { model };
  return { model, conventions: (await import("../agents/procedure/conventions.ts")).procedureConventions };
}

/** The parts a run was started with. */
export function partsOfRun({ name, parts, fingerprints }: RunRecord) {
  if (parts !== null) return partsNamed(parts);
  throw new RunError(
    "changed",
    name,
    `Run "${name}" was started in code, with ${fingerprints.agent}, ${fingerprints.analyst} and ${fingerprints.verifier}. ` +
      "Resume or branch it there, with the same parts.",
  );
}

async function named<Part>(kind: string, parts: Record<string, Load<Part>>, given: string): Promise<Part> {
  const [name = "", argument] = given.split(/:(.*)/s);
  const load = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (load !== undefined && (argument === undefined || withArgument.has(name))) return load(argument);
  throw new SettingsError(kind, `There is no ${kind} "${given}". Choose one of: ${Object.keys(parts).join(", ")}.`);
}
