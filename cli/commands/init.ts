import { Option, type Command } from "commander";
import { agentForms, skillForms, tasksFlags, verifierForms, type Done } from "./options.ts";

export function addInit(program: Command, done: Done): void {
  program
    .command("init")
    .description("make a project: a config, a skill, tasks; asks on a terminal, unless --yes is given")
    .argument("[dir]", "the folder of the project", ".")
    .option("--yes", "ask nothing: flags and defaults")
    .option("--skill-name <name>", 'the skill to make (default: as the tasks are called, or "messages")')
    .option("--skill <path>", `one that is there already: ${skillForms}`)
    .option("--tasks <path>", `tasks that are there already: ${tasksFlags[1]} (default: some to begin with)`)
    .option("--agent <name>", `${agentForms} (default: procedure)`)
    .option(
      "--analyst <name>",
      "what studies failures (default: statistical; for chat:MODEL and tools:MODEL that model)",
    )
    .option("--verifier <name>", `${verifierForms} (default: exact)`)
    .addOption(new Option("--json", "print the result as one line of JSON, last on stdout"))
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph init my-project --yes\n  skillgraph init --tasks tasks.jsonl --skill skills/mine --agent chat:gpt-5-mini",
    )
    .action(async (folder, options) => done(await (await import("../project/init.ts")).initCommand(folder, options)));
}
