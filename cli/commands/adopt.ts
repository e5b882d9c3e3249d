import type { Command } from "commander";
import { common, skillForms, yesFlag, type Done } from "./options.ts";

export function addAdopt(program: Command, done: Done): void {
  const command = program
    .command("adopt")
    .description("show what a run's best skill changes, and write it to where the skill came from; asks before")
    .argument("<run>", "its name")
    .option("--to <path>", `write elsewhere: ${skillForms}, or a path that is free`)
    .option("--force", "write over what has changed there since the run began", false)
    .option(...yesFlag);
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph adopt support-1\n  skillgraph adopt support-1 --to skills/support --yes",
    )
    .action(async (run, options) => done(await (await import("../keeping/adopt.ts")).adoptCommand(run, options)));
}
