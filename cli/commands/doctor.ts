import { Option, type Command } from "commander";
import {
  common,
  concurrencyOption,
  count,
  rubricFlags,
  skillFlag,
  skillForms,
  verifierForms,
  type Done,
} from "../options.ts";

export function addDoctor(program: Command, done: Done): void {
  const command = program
    .command("doctor")
    .description("check the requirements of a run: Node, keys, models, installed agents, store, skill, tasks")
    .option("--agent <name>", "the agent of the run", "procedure")
    .option("--analyst <name>", "the analyst of the run", "statistical")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option(skillFlag, skillForms)
    .option("--strict", "report a skill that cannot be published as a problem", false)
    .option("--tasks <path>", "the tasks of the run")
    .addOption(
      new Option(
        "--noise [n]",
        "with --tasks: run the skill twice and no skill once on n train tasks (default: 40), which costs money: the noise of scores, and how much there is to gain",
      ).argParser(count),
    )
    .addOption(concurrencyOption())
    .option("--call", "also make a small test call to each model, which costs money", false);
  common(command)
    .addHelpText(
      "after",
      "\nExample:\n  skillgraph doctor --agent chat:gpt-5-mini --tasks examples/support-messages --noise",
    )
    .action(async (options) => done(await (await import("../doctor.ts")).doctorCommand(options)));
}
