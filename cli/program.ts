import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { defaultConcurrency, defaultStore } from "../runs/store.ts";
import { exitCodes, reportFailure } from "./failure.ts";

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

type Done = (code: number) => void;

function createProgram(done: Done): Command {
  const program = new Command("skillgraph")
    .description(
      "Improves agent skills by running them, studying the failures and keeping only edits that prove themselves.",
    )
    .showHelpAfterError("(see --help)")
    .exitOverride();
  addOptimize(program, done);
  addResume(program, done);
  addPause(program, done);
  addBranch(program, done);
  addRuns(program, done);
  addShow(program, done);
  addDiff(program, done);
  addCompare(program, done);
  addExport(program, done);
  addEvaluate(program, done);
  addDoctor(program, done);
  return program;
}

/** Options of every command. */
function common(command: Command): Command {
  return command
    .addOption(
      new Option("--store <url>", "where runs are kept: file:PATH, redis://HOST:PORT or memory:").default(defaultStore),
    )
    .addOption(new Option("--json", "print the result as one line of JSON, last on stdout"))
    .addOption(new Option("--verbose", "show where an error comes from"));
}

const concurrencyOption = () =>
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

/** Options of every command that works on a run. */
function working(command: Command): Command {
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
    .addOption(
      new Option("--out <dir>", "where the best skill and its diff are written (default: .skillgraph/out/RUN)"),
    );
}

const setOption = () =>
  new Option("--set <key=value>", "a setting; may be given again").argParser(setting).default({}, "none");
const tasksFlags = ["--tasks <path>", "a folder with train.jsonl, val.jsonl, test.jsonl, or one JSONL file"] as const;
const verifierForms =
  "what scores answers: exact, insensitive, numeric:TOLERANCE, judge:MODEL, checklist:MODEL, or command:WORDS for a check of your own";
const rubricFlags = [
  "--rubric <file>",
  "what a judge grades by: a text, or the items of a checklist, one a line",
] as const;
const skillFlag = "--skill <path>";
const agentForms =
  "what answers the tasks: procedure, chat:MODEL, tools:MODEL, claude-code:MODEL, codex:MODEL, opencode:MODEL, command:WORDS";
const skillForms = "a skill folder, a SKILL.md or one text file";

function addOptimize(program: Command, done: Done): void {
  const command = program
    .command("optimize")
    .description("improve a skill on tasks; the same --run with the same settings resumes")
    .requiredOption(...tasksFlags)
    .option(skillFlag, `${skillForms} (default: a minimal skill is made, or drafted by the analyst's model)`)
    .option("--agent <name>", agentForms, "procedure")
    .option(
      "--analyst <name>",
      "what studies failures and proposes edits: statistical, random, or the name of a model",
      "statistical",
    )
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option("--run <name>", "name of the run (default: made from the name of the tasks)")
    .option("--dry-run", "tell what the run may come to and cost; ask and store nothing")
    .addOption(new Option("--generations <n>", "stop after so many generations").argParser(count))
    .addOption(
      new Option("--budget-rollouts <n>", "stop before so many rollouts are exceeded, validation included").argParser(
        count,
      ),
    )
    .addOption(
      new Option("--budget-tokens <n>", "ask for nothing more once so many tokens are reached, in and out").argParser(
        count,
      ),
    )
    .addOption(new Option("--seed <n>", "seed of every draw").argParser(seed))
    .addOption(setOption());
  working(command)
    .addHelpText("after", "\nExample:\n  skillgraph optimize --tasks examples/support-messages --budget-rollouts 2000")
    .action(async (options) => done(await (await import("./optimize.ts")).optimizeCommand(options)));
}

function addResume(program: Command, done: Done): void {
  const command = program
    .command("resume")
    .description("continue a run that was paused or killed")
    .argument("<run>", "its name")
    .option("--take-over", "take the run from an owner on another host or in another container, known to be gone");
  working(command).action(async (run, options) =>
    done(await (await import("./resume.ts")).resumeCommand(run, options)),
  );
}

function addPause(program: Command, done: Done): void {
  const command = program
    .command("pause")
    .description("pause a run that another process works on, on this host or another; resume goes on with it")
    .argument("<run>", "its name");
  common(command).action(async (run, options) => done(await (await import("./pause.ts")).pauseCommand(run, options)));
}

function addBranch(program: Command, done: Done): void {
  const command = program
    .command("branch")
    .description("make a new run from a past generation of another, with other settings")
    .argument("<run>", "the run to branch")
    .requiredOption("--at <n>", "the generation to branch at", count)
    .option("--run <name>", "name of the new run (default: RUN-at-N)")
    .option("--start", "go on at once instead of leaving it to resume", false)
    .addOption(setOption());
  working(command)
    .addHelpText("after", "\nExample:\n  skillgraph branch support-1 --at 4 --set batch=30 --start")
    .action(async (run, options) => done(await (await import("./branch.ts")).branchCommand(run, options)));
}

function addShow(program: Command, done: Done): void {
  const command = program
    .command("show")
    .description("what a run came to, generation by generation")
    .argument("<run>", "its name")
    .option("--diff", "also print what changed in the skill", false);
  common(command).action(async (run, options) => done(await (await import("./show.ts")).showCommand(run, options)));
}

function addRuns(program: Command, done: Done): void {
  const command = program.command("runs").description("the runs of a store, branches under the runs they come from");
  common(command).action(async (options) => done(await (await import("./runs.ts")).runsCommand(options)));
}

const programForms = "RUN, RUN@start, RUN@best or RUN@7 for the head after generation 7";

function addDiff(program: Command, done: Done): void {
  const command = program
    .command("diff")
    .description("what differs between two skills of runs; of one run alone, from its start to its best")
    .argument("<from>", programForms)
    .argument("[to]", programForms);
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph diff support-1\n  skillgraph diff support-1@3 support-1@7\n  skillgraph diff support-1 support-2",
    )
    .action(async (from, to, options) => done(await (await import("./diff.ts")).diffCommand(from, to, options)));
}

function addCompare(program: Command, done: Done): void {
  const command = program
    .command("compare")
    .description("two runs side by side: what they were told, what they came to")
    .argument("<run>", "a run")
    .argument("<other>", "another run")
    .option("--diff", "also print what differs between their best skills", false);
  common(command).action(async (run, other, options) =>
    done(await (await import("./compare.ts")).compareCommand(run, other, options)),
  );
}

function addExport(program: Command, done: Done): void {
  const command = program
    .command("export")
    .description("copy a run to another store, with the runs it shares its ledger with")
    .argument("<run>", "its name")
    .requiredOption("--to <url>", "the store to copy to: file:PATH or redis://HOST:PORT");
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph export support-1 --to redis://localhost")
    .action(async (run, options) => done(await (await import("./export.ts")).exportCommand(run, options)));
}

function addEvaluate(program: Command, done: Done): void {
  const command = program
    .command("evaluate")
    .description("run a skill on tasks once and score it")
    .requiredOption(skillFlag, skillForms)
    .requiredOption(...tasksFlags)
    .addOption(new Option("--split <name>", "which tasks").choices(["train", "validation", "test"]).default("test"))
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .addOption(concurrencyOption());
  common(command).action(async (options) => done(await (await import("./evaluate.ts")).evaluateCommand(options)));
}

function addDoctor(program: Command, done: Done): void {
  const command = program
    .command("doctor")
    .description("check what a run with these parts needs: Node, keys, models, installed agents, store, tasks")
    .option("--agent <name>", "what will answer", "procedure")
    .option("--analyst <name>", "what will study failures", "statistical")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option("--tasks <path>", "the tasks it will be run on")
    .option("--call", "also make one small call to each model, which costs", false);
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph doctor --agent chat:gpt-5-mini --tasks examples/support-messages")
    .action(async (options) => done(await (await import("./doctor.ts")).doctorCommand(options)));
}

/** Runs one command line (without node and script) and gives the exit code. Errors are told on stderr. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let code: number = exitCodes.finished;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.finished : exitCodes.usage;
    return reportFailure(error, words.includes("--verbose"));
  }
}
