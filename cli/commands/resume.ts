import type { Command } from "commander";
import { setOption, working, type Done } from "../options.ts";

export function addResume(program: Command, done: Done): void {
  const command = program
    .command("resume")
    .description("continue a run that was paused or killed, or a finished one with other settings")
    .argument("<run>", "name of the run")
    .option(
      "--take-over",
      "take over the run from a process on another host or in another container that is known to be dead",
    )
    .addOption(setOption());
  working(command)
    .addHelpText(
      "after",
      "\nA change takes effect at the end of the last completed generation, is stored with the run, and lets a finished run continue.\n" +
        "\nExamples:\n  skillgraph resume support-1\n  skillgraph resume support-1 --budget-usd 10 --concurrency 16\n" +
        "  skillgraph resume support-1 --set generations=40 --set patience=null",
    )
    .action(async (run, options) => done(await (await import("../cycle/resume.ts")).resumeCommand(run, options)));
}
