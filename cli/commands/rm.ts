import type { Command } from "commander";
import { common, yesFlag, type Done } from "../options.ts";

export function addRm(program: Command, done: Done): void {
  const command = program
    .command("rm")
    .description("remove a run and its data; asks for confirmation")
    .argument("<run>", "name of the run")
    .option("--branches", "also remove the runs that branched from it", false)
    .option(...yesFlag);
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph rm support-1-at-4\n  skillgraph rm support-1 --branches --yes")
    .action(async (run, options) => done(await (await import("../keeping/rm.ts")).rmCommand(run, options)));
}
