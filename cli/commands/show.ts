import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addShow(program: Command, done: Done): void {
  const command = program
    .command("show")
    .description("show the results of a run, generation by generation")
    .argument("<run>", "name of the run")
    .option("--diff", "also print the diff of the skill", false)
    .option("--operations", "also print the operations on files that candidates were made by", false)
    .option("--memories", "also print what the policies of the recipe remember", false)
    .option("--skills", "print in how many rollouts each skill was visible and used instead")
    .option("--settings", "print settings, parts and limits instead, each with its source");
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph show support-1 --diff\n  skillgraph show support-1 --settings")
    .action(async (run, options) => done(await (await import("../reading/show.ts")).showCommand(run, options)));
}
