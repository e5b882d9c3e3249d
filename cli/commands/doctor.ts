import type { Command } from "commander";
import { common, rubricFlags, skillFlag, skillForms, verifierForms, type Done } from "./options.ts";

export function addDoctor(program: Command, done: Done): void {
  const command = program
    .command("doctor")
    .description("check what a run with these parts needs: Node, keys, models, installed agents, store, skill, tasks")
    .option("--agent <name>", "what will answer", "procedure")
    .option("--analyst <name>", "what will study failures", "statistical")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option(skillFlag, skillForms)
    .option("--strict", "a skill that may not be published as it is counts as a problem", false)
    .option("--tasks <path>", "the tasks it will be run on")
    .option("--call", "also make one small call to each model, which costs", false);
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph doctor --agent chat:gpt-5-mini --tasks examples/support-messages")
    .action(async (options) => done(await (await import("../doctor.ts")).doctorCommand(options)));
}
