import { Option, type Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
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
    .requiredOption(skillFlag, skillForms)
    .requiredOption(...tasksFlags)
    .addOption(new Option("--split <name>", "which tasks").choices(["train", "validation", "test"]).default("test"))
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .addOption(concurrencyOption());
  common(command).action(async (options) => done(await (await import("../evaluate.ts")).evaluateCommand(options)));
}
