import { Option, type Command } from "commander";
import type { Done } from "../options.ts";

const explanation = `A finding is a reason to look, not a proof: much of what the rules match is harmless, and they do not find everything.
With --against, only what the other version does not have is reported. Exit code 4: there is a finding of the severity of --fail-on or above.`;

export function addScan(program: Command, done: Done): void {
  program
    .command("scan")
    .description("look for unsafe, hidden and over-long text in a skill or a folder of skills")
    .argument("<path>", "a skill folder, a folder of skills, or one text file")
    .option("--against <path>", "report only what is new relative to this version")
    .addOption(
      new Option("--format <form>", "how to print findings").choices(["text", "json", "sarif"]).default("text"),
    )
    .addOption(
      new Option("--fail-on <severity>", "the least severity for exit code 4")
        .choices(["low", "medium", "high", "none"])
        .default("high"),
    )
    .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }))
    .addOption(new Option("--verbose", "show the stack trace of an error"))
    .addHelpText(
      "after",
      `\n${explanation}\n\nExamples:\n  skillgraph scan skills/mine\n  skillgraph scan skills --against ../main/skills --fail-on medium\n  skillgraph scan skills --format sarif`,
    )
    .action(async (path, options) => done(await (await import("../reading/scan.ts")).scanCommand(path, options)));
}
