import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addLibrary(program: Command, done: Done): void {
  const command = program
    .command("library")
    .description(
      "show what is in a folder of skills: tokens, skills that are mistaken for one another, dead links, and what hosts cut",
    )
    .argument("<path>", "a folder of skills, or one skill")
    .option("--run <name>", "also show which skills the rollouts of this run did not use, or used and failed")
    .option("--html <file>", "also write a page");
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph library skills\n  skillgraph library skills --run support-1 --html library.html",
    )
    .action(async (path, options) => done(await (await import("../reading/library.ts")).libraryCommand(path, options)));
}
