import { InvalidArgumentError, Option, type Command } from "commander";
import { defaultConcurrency, defaultStore, executorNames } from "../runs/store.ts";

/** Takes the exit code of a command that is done. */
export type Done = (code: number) => void;

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be an integer of at least 1.");
  return value;
}

export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError("It must be a number from 0 to 1.");
  return value;
}

export function seed(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("It must be an integer of at least 0.");
  return value;
}

export function port(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It must be an integer from 0 to 65535.");
  return value;
}

/** Collects `--set key=value`; values are JSON where they parse as JSON, text otherwise. */
export function setting(text: string, before: Record<string, unknown>): Record<string, unknown> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError('It must have the form key=value, such as "batch=30".');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  try {
    return { ...before, [key]: JSON.parse(value) as unknown };
  } catch {
    return { ...before, [key]: value };
  }
}

const storeOption = () =>
  new Option("--store <url>", "where runs are stored: file:PATH, redis://HOST:PORT or memory:")
    .default(defaultStore)
    .env("SKILLGRAPH_STORE");

/** The store of a command that shares it with other processes: there is none by default. */
export const sharedStoreOption = () =>
  new Option("--store <url>", "the store in Redis that it shares with runs: redis://HOST:PORT").env("SKILLGRAPH_STORE");

/** Options of every command. */
export function common(command: Command, store: Option = storeOption()): Command {
  return command
    .addOption(store)
    .addOption(configOption())
    .addOption(new Option("--json", "print the result as one line of JSON, the last line on stdout"))
    .addOption(new Option("--verbose", "show the stack trace of an error"));
}

export const configOption = () =>
  new Option("--config <path>", "config file (default: skillgraph.config.ts, .js or .mjs in this folder)");

export const concurrencyOption = () =>
  new Option("--concurrency <n>", "number of concurrent rollouts; does not change the result")
    .argParser(count)
    .default(defaultConcurrency);

export const executorOption = () =>
  new Option("--executor <name>", "where rollouts are done: in this process, or by workers; does not change the result")
    .choices(executorNames)
    .default("pool");

function limit(text: string): number | null {
  if (text === "none") return null;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0, or "none".');
  return value;
}

/** Whether its options may come from a config; what completes a shell or makes a project reads none. */
export function takesConfig(command: Command): boolean {
  return command.options.some(({ long }) => long === "--config");
}

/** Refuses the command where neither a flag nor the config gives one of these. */
export function needs(command: Command, ...names: Array<"skill" | "tasks" | "store">): Command {
  return command.hook("preAction", async () => (await import("./parts/sources.ts")).refuseMissing(command, names));
}

/** Options of every command that works on a run. */
export function working(command: Command): Command {
  return common(command)
    .addOption(
      new Option(
        "--budget-usd <n>",
        "pause before more than this is spent, in US dollars; stored with the run",
      ).argParser(limit),
    )
    .addOption(
      new Option(
        "--budget-minutes <n>",
        "pause after this many minutes of running time; stored with the run",
      ).argParser(limit),
    )
    .addOption(concurrencyOption())
    .addOption(executorOption())
    .addOption(new Option("--quiet", "print no progress on stderr, only warnings"))
    .addOption(new Option("--out <dir>", "folder for the best skill and its diff (default: .skillgraph/out/RUN)"));
}

/** Argument and options of the commands that answer a waiting run. */
export function decision(command: Command): Command {
  return working(
    command
      .argument("<run>", "name of the run")
      .option("--because <text>", "the reason, which is added to the verdict", because),
  );
}

function because(text: string): string {
  if (text.length > 500) throw new InvalidArgumentError("It must have at most 500 characters.");
  return text;
}

export const setOption = () =>
  new Option("--set <key=value>", "a setting; can be repeated").argParser(setting).default({}, "none");
export const recipeOption = () => new Option("--recipe <name>", "the optimizer: see skillgraph recipes");
/** Options for drafting the first skill of a run. */
export function drafting(command: Command): Command {
  return command
    .option(
      "--creator <name>",
      "what drafts the first skill: counting, none, or the name of a model (default: the analyst's model; counting for recipes that draft, or with the options below)",
    )
    .option("--cases <file>", "past cases to draft from, beside train tasks: JSONL, or a text with lines of hyphens")
    .option("--documents <path>", "texts to draft from: a folder of .md and .txt files, or one file")
    .option("--tools <file>", "the tools of the agent, for the draft: a list in JSON");
}
export const pairsFlags = [
  "--pairs <file>",
  "edits of skills that were made before, for recipes that mine them (effiskill): JSONL",
] as const;
export const asPublishedFlag = [
  "--as-published",
  "leave out our guard, gate and fixes where the source of the recipe has none (setting asPublished)",
] as const;
export const tasksFlags = [
  "--tasks <path>",
  "a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file",
] as const;
export const verifierForms =
  "what scores answers: exact, insensitive, numeric:TOLERANCE, multi-tolerance, one-of:FORM, mix:FORM, regex:PATTERN, json:TOLERANCE, f1, consistency:FORM, judge:MODEL, checklist:MODEL, or your own: module:PATH, command:WORDS";
export const rubricFlags = [
  "--rubric <file>",
  "rubric file of a judge: a text, or the items of a checklist, one per line",
] as const;
export const yesFlag = ["--yes", "do not ask for confirmation", false] as const;
export const skillFlag = "--skill <path>";
export const agentForms =
  "what answers the tasks: procedure, chat:MODEL, tools:MODEL, claude-code:MODEL, codex:MODEL, opencode:MODEL, command:WORDS";
export const skillForms = "a skill folder, a SKILL.md or one text file";
