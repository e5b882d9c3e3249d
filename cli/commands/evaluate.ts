import { Option, type Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
  needs,
  skillFlag,
  rubricFlags,
  skillForms,
  tasksFlags,
  verifierForms,
  type Done,
} from "./options.ts";

export function addEvaluate(program: Command, done: Done): void {
  const command = program
    .command("evaluate")
    .description("run a skill on tasks once and score it")
    .option(skillFlag, skillForms)
    .option(...tasksFlags)
    .addOption(new Option("--split <name>", "which tasks").choices(["train", "validation", "test"]).default("test"))
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .addOption(concurrencyOption());
  needs(common(command), "skill", "tasks")
    .addHelpText("after", "\nExample:\n  skillgraph evaluate --skill skills/support --tasks examples/support-messages")
    .action(async (options) => done(await (await import("../evaluate.ts")).evaluateCommand(options)));
}
