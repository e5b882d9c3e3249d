import type { Command } from "commander";
import { setOption, working, type Done } from "./options.ts";

export function addResume(program: Command, done: Done): void {
  const command = program
    .command("resume")
    .description("continue a run that was paused or killed; with other settings also one that is finished")
    .argument("<run>", "its name")
    .option("--take-over", "take the run from an owner on another host or in another container, known to be gone")
    .addOption(setOption());
  working(command)
    .addHelpText(
      "after",
      "\nA change takes effect at the end of the last whole generation, is kept with the run, and lets a finished run go on.\n" +
        "\nExamples:\n  skillgraph resume support-1\n  skillgraph resume support-1 --budget-usd 10 --concurrency 16\n" +
        "  skillgraph resume support-1 --set generations=40 --set patience=null",
    )
    .action(async (run, options) => done(await (await import("../cycle/resume.ts")).resumeCommand(run, options)));
}
