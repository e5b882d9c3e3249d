import type { Command } from "commander";
import { asPublishedFlag, count, recipeOption, setOption, working, type Done } from "../options.ts";

export function addBranch(program: Command, done: Done): void {
  const command = program
    .command("branch")
    .description("create a new run from a past generation of another, with other settings or another recipe")
    .argument("<run>", "the run to branch")
    .requiredOption("--at <n>", "the generation to branch at", count)
    .option("--run <name>", "name of the new run (default: RUN-at-N)")
    .option("--start", "start it at once (otherwise use resume)", false)
    .addOption(recipeOption())
    .option(...asPublishedFlag)
    .addOption(setOption());
  working(command)
    .addHelpText("after", "\nExample:\n  skillgraph branch support-1 --at 4 --set batch=30 --start")
    .action(async (run, options) => done(await (await import("../cycle/branch.ts")).branchCommand(run, options)));
}
