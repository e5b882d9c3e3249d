import { InvalidArgumentError, Option, type Command } from "commander";
import { defaultConcurrency, defaultStore } from "../../runs/store.ts";

/** Takes the exit code of a command that is done. */
export type Done = (code: number) => void;

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
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
    throw new InvalidArgumentError("It must be a whole number from 0.");
  return value;
}

/** Collects `--set key=value`; values are JSON where they parse as JSON, text otherwise. */
function setting(text: string, before: Record<string, unknown>): Record<string, unknown> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError('It must read key=value, such as "batch=30".');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  try {
    return { ...before, [key]: JSON.parse(value) as unknown };
  } catch {
    return { ...before, [key]: value };
  }
}

/** Options of every command. */
export function common(command: Command): Command {
  return command
    .addOption(
      new Option("--store <url>", "where runs are kept: file:PATH, redis://HOST:PORT or memory:")
        .default(defaultStore)
        .env("SKILLGRAPH_STORE"),
    )
    .addOption(configOption())
    .addOption(new Option("--json", "print the result as one line of JSON, last on stdout"))
    .addOption(new Option("--verbose", "show where an error comes from"));
}

export const configOption = () =>
  new Option("--config <path>", "a config instead of this folder's skillgraph.config.ts, .js or .mjs, if it has one");

export const concurrencyOption = () =>
  new Option("--concurrency <n>", "rollouts in flight; does not change the result")
    .argParser(count)
    .default(defaultConcurrency);

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
export function needs(command: Command, ...names: Array<"skill" | "tasks">): Command {
  return command.hook("preAction", async () => (await import("../parts/sources.ts")).refuseMissing(command, names));
}

/** Options of every command that works on a run. */
export function working(command: Command): Command {
  return common(command)
    .addOption(
      new Option("--budget-usd <n>", "pause before more US dollars are really spent; kept with the run").argParser(
        limit,
      ),
    )
    .addOption(
      new Option("--budget-minutes <n>", "pause after so many minutes at work; kept with the run").argParser(limit),
    )
    .addOption(concurrencyOption())
    .addOption(new Option("--quiet", "no progress on stderr, only warnings"))
    .addOption(
      new Option("--out <dir>", "where the best skill and its diff are written (default: .skillgraph/out/RUN)"),
    );
}

/** Argument and options of the commands that answer a waiting run. */
export function decision(command: Command): Command {
  return working(
    command
      .argument("<run>", "its name")
      .option("--because <text>", "the reason, which goes into the verdict", because),
  );
}

function because(text: string): string {
  if (text.length > 500) throw new InvalidArgumentError("It may have 500 characters.");
  return text;
}

export const setOption = () =>
  new Option("--set <key=value>", "a setting; may be given again").argParser(setting).default({}, "none");
export const recipeOption = () => new Option("--recipe <name>", "the optimizer: see skillgraph recipes");
export const tasksFlags = [
  "--tasks <path>",
  "a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file",
] as const;
export const verifierForms =
  "what scores answers: exact, insensitive, numeric:TOLERANCE, multi-tolerance, one-of:FORM, regex:PATTERN, json:TOLERANCE, f1, judge:MODEL, checklist:MODEL, or a check of your own: module:PATH, command:WORDS";
export const rubricFlags = [
  "--rubric <file>",
  "what a judge grades by: a text, or the items of a checklist, one a line",
] as const;
export const yesFlag = ["--yes", "do it without asking", false] as const;
export const skillFlag = "--skill <path>";
export const agentForms =
  "what answers the tasks: procedure, chat:MODEL, tools:MODEL, claude-code:MODEL, codex:MODEL, opencode:MODEL, command:WORDS";
export const skillForms = "a skill folder, a SKILL.md or one text file";
