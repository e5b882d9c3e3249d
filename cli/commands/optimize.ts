import { Option, type Command } from "commander";
import {
  agentForms,
  count,
  needs,
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
} from "./options.ts";

export function addOptimize(program: Command, done: Done): void {
  const command = program
    .command("optimize")
    .description("improve a skill on tasks; the same --run with the same settings resumes")
    .option(...tasksFlags)
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
    .addOption(recipeOption())
    .addOption(new Option("--seed <n>", "seed of every draw").argParser(seed))
    .addOption(setOption());
  needs(working(command), "tasks")
    .addHelpText("after", "\nExample:\n  skillgraph optimize --tasks examples/support-messages --budget-rollouts 2000")
    .action(async (options) => done(await (await import("../cycle/optimize.ts")).optimizeCommand(options)));
}
