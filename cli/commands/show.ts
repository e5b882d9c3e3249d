import type { Command } from "commander";
import { common, type Done } from "./options.ts";

export function addShow(program: Command, done: Done): void {
  const command = program
    .command("show")
    .description("what a run came to, generation by generation")
    .argument("<run>", "its name")
    .option("--diff", "also print what changed in the skill", false)
    .option("--settings", "print its settings, parts and limits instead, each with where it comes from");
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph show support-1 --diff\n  skillgraph show support-1 --settings")
    .action(async (run, options) => done(await (await import("../reading/show.ts")).showCommand(run, options)));
}
