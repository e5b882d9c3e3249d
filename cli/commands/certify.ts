import { InvalidArgumentError, Option, type Command } from "commander";
import { common, concurrencyOption, count, executorOption, type Done } from "../options.ts";

const explanation = `A certificate compares the best skill of the run with the last certified one of its line, or the skill it
started with, on the sealed tasks. All certificates on these tasks share one error, which --alpha and --planned set with
the first. Interrupted, the same command continues it, and pays for no answer twice.
Exit code 4: the gain was not shown, or too many results are missing.

Examples:
  skillgraph certify support-1
  skillgraph certify support-1 --planned unlimited --repeats 3`;

export function addCertify(program: Command, done: Done): void {
  const command = program
    .command("certify")
    .description("test on sealed tasks whether the best skill of a run is better than what it started with")
    .argument("<run>", "name of the run")
    .addOption(
      new Option(
        "--planned <n>",
        "number of certificates that the error is divided over, or unlimited (default: 3)",
      ).argParser(planned),
    )
    .addOption(
      new Option("--alpha <a>", "one-sided error over all certificates, above 0, below 1 (default: 0.05)").argParser(
        error,
      ),
    )
    .addOption(new Option("--repeats <n>", "how often each skill is run on each task").argParser(count).default(2))
    .option("--take-over", "take over the run from a process that is known to be dead")
    .addOption(concurrencyOption())
    .addOption(executorOption());
  common(command)
    .addHelpText("after", `\n${explanation}`)
    .action(async (run, options) =>
      done(await (await import("../evaluation/certify.ts")).certifyCommand(run, options)),
    );
}

function planned(text: string): number | null {
  return text === "unlimited" ? null : count(text);
}

function error(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 1))
    throw new InvalidArgumentError("It must be a number above 0 and below 1.");
  return value;
}
