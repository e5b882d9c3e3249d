#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodes, reportFailure } from "./failure.ts";

const defaultStore = "file:.skillgraph/runs.db";

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

function seed(text: string): number {
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

const storeOption = () =>
  new Option("--store <url>", "where runs are kept: file:PATH or memory:").default(defaultStore);
const jsonOption = () => new Option("--json", "print the result as one line of JSON, last on stdout");
const verboseOption = () => new Option("--verbose", "show where an error comes from");
const concurrencyOption = () =>
  new Option("--concurrency <n>", "rollouts in flight; does not change the result").argParser(count).default(8);
const setOption = () =>
  new Option("--set <key=value>", "a setting; may be given again").argParser(setting).default({}, "none");
const outOption = () =>
  new Option("--out <dir>", "where the best skill and its diff are written (default: .skillgraph/out/RUN)");

function createProgram(): Command {
  const program = new Command("skillgraph")
    .description(
      "Improves agent skills by running them, studying the failures and keeping only edits that prove themselves.",
    )
    .showHelpAfterError("(see --help)")
    .exitOverride();

  program
    .command("optimize")
    .description("improve a skill on tasks; the same --run with the same settings resumes")
    .requiredOption("--tasks <path>", "a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file")
    .option("--skill <path>", "a skill folder, a SKILL.md or one text file (default: a minimal skill is made)")
    .option("--agent <name>", "what answers the tasks", "procedure")
    .option("--analyst <name>", "what studies failures and proposes edits", "statistical")
    .option("--verifier <name>", "what scores answers", "exact")
    .option("--run <name>", "name of the run (default: made from the name of the tasks)")
    .addOption(new Option("--generations <n>", "stop after so many generations").argParser(count))
    .addOption(
      new Option("--budget-rollouts <n>", "stop before so many rollouts are exceeded, validation included").argParser(
        count,
      ),
    )
    .addOption(new Option("--seed <n>", "seed of every draw").argParser(seed))
    .addOption(setOption())
    .addOption(concurrencyOption())
    .addOption(outOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText("after", "\nExample:\n  skillgraph optimize --tasks examples/support-messages --budget-rollouts 2000")
    .action(async (options) => done(await (await import("./optimize.ts")).optimizeCommand(options)));

  program
    .command("resume")
    .description("continue a run that was paused or killed")
    .argument("<run>", "its name")
    .addOption(concurrencyOption())
    .addOption(outOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .action(async (run, options) => done(await (await import("./resume.ts")).resumeCommand(run, options)));

  program
    .command("branch")
    .description("make a new run from a past generation of another, with other settings")
    .argument("<run>", "the run to branch")
    .requiredOption("--at <n>", "the generation to branch at", count)
    .option("--run <name>", "name of the new run (default: RUN@N)")
    .option("--start", "go on at once instead of leaving it to resume", false)
    .addOption(setOption())
    .addOption(concurrencyOption())
    .addOption(outOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText("after", "\nExample:\n  skillgraph branch support-1 --at 4 --set batch=30 --start")
    .action(async (run, options) => done(await (await import("./branch.ts")).branchCommand(run, options)));

  program
    .command("show")
    .description("what a run came to, generation by generation")
    .argument("<run>", "its name")
    .option("--diff", "also print what changed in the skill", false)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .action(async (run, options) => done(await (await import("./show.ts")).showCommand(run, options)));

  program
    .command("evaluate")
    .description("run a skill on tasks once and score it")
    .requiredOption("--skill <path>", "a skill folder, a SKILL.md or one text file")
    .requiredOption("--tasks <path>", "a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file")
    .addOption(new Option("--split <name>", "which tasks").choices(["train", "validation", "test"]).default("test"))
    .option("--agent <name>", "what answers the tasks", "procedure")
    .option("--verifier <name>", "what scores answers", "exact")
    .addOption(concurrencyOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .action(async (options) => done(await (await import("./evaluate.ts")).evaluateCommand(options)));

  return program;
}

function done(code: number): void {
  process.exitCode = code;
}

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else process.exitCode = reportFailure(error, process.argv.includes("--verbose"));
}
