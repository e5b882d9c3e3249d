import { Option, type Command } from "commander";
import {
  agentForms,
  drafting,
  asPublishedFlag,
  count,
  needs,
  pairsFlags,
  recipeOption,
  seed,
  setOption,
  skillFlag,
  rubricFlags,
  skillForms,
  tasksFlags,
  verifierForms,
  working,
  type Done,
} from "../options.ts";

export function addOptimize(program: Command, done: Done): void {
  const command = program
    .command("optimize")
    .description("improve a skill on tasks; repeating it with the same --run and settings resumes the run")
    .option(...tasksFlags)
    .option(skillFlag, `${skillForms} (default: a minimal skill is created, or drafted by the analyst's model)`)
    .option("--agent <name>", agentForms, "procedure")
    .option(
      "--analyst <name>",
      "what studies failures and proposes edits: statistical, random, or the name of a model",
      "statistical",
    )
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option("--run <name>", "name of the run (default: derived from the name of the tasks)")
    .option("--dry-run", "estimate size and cost of the run; make no calls and store nothing")
    .addOption(new Option("--generations <n>", "stop after this many generations").argParser(count))
    .addOption(
      new Option(
        "--budget-rollouts <n>",
        "stop before this number of rollouts is exceeded, validation included",
      ).argParser(count),
    )
    .addOption(
      new Option("--budget-tokens <n>", "stop once this many tokens are used, input and output").argParser(count),
    )
    .option("--review", "ask a person about candidates that the guard holds, instead of rejecting them")
    .addOption(recipeOption())
    .option(...asPublishedFlag)
    .option(...pairsFlags)
    .addOption(new Option("--seed <n>", "seed of all random draws").argParser(seed))
    .addOption(setOption());
  needs(working(drafting(command)), "tasks")
    .addHelpText("after", "\nExample:\n  skillgraph optimize --tasks examples/support-messages --budget-rollouts 2000")
    .action(async (options) => done(await (await import("../cycle/optimize.ts")).optimizeCommand(options)));
}
