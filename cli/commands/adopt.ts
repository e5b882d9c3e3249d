import type { Command } from "commander";
import { common, skillForms, yesFlag, type Done } from "../options.ts";

export function addAdopt(program: Command, done: Done): void {
  const command = program
    .command("adopt")
    .description(
      "show the diff of a run's best skill and, after confirmation, write it to where the skill was read from",
    )
    .argument("<run>", "name of the run")
    .option("--to <path>", `write to another place: ${skillForms}, or a path that does not exist yet`)
    .option("--force", "overwrite changes made there since the run started", false)
    .option(...yesFlag);
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph adopt support-1\n  skillgraph adopt support-1 --to skills/support --yes",
    )
    .action(async (run, options) => done(await (await import("../keeping/adopt.ts")).adoptCommand(run, options)));
}
