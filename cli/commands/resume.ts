import type { Command } from "commander";
import { working, type Done } from "./options.ts";

export function addResume(program: Command, done: Done): void {
  const command = program
    .command("resume")
    .description("continue a run that was paused or killed")
    .argument("<run>", "its name")
    .option("--take-over", "take the run from an owner on another host or in another container, known to be gone");
  working(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph resume support-1\n  skillgraph resume support-1 --budget-usd 10 --concurrency 16",
    )
    .action(async (run, options) => done(await (await import("../resume.ts")).resumeCommand(run, options)));
}
