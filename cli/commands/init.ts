import { Option, type Command } from "commander";
import { agentForms, skillForms, tasksFlags, verifierForms, type Done } from "../options.ts";

export function addInit(program: Command, done: Done): void {
  program
    .command("init")
    .description("create a project: a config, a skill, tasks; interactive in a terminal, unless --yes is given")
    .argument("[dir]", "the folder of the project", ".")
    .option("--yes", "do not ask; use flags and defaults")
    .option("--skill-name <name>", 'name of the new skill (default: the name of the tasks, or "messages")')
    .option("--skill <path>", `an existing skill: ${skillForms}`)
    .option("--tasks <path>", `existing tasks: ${tasksFlags[1]} (default: starter tasks)`)
    .option("--agent <name>", `${agentForms} (default: procedure)`)
    .option(
      "--analyst <name>",
      "what studies failures (default: statistical; for chat:MODEL and tools:MODEL that model)",
    )
    .option("--verifier <name>", `${verifierForms} (default: exact)`)
    .addOption(new Option("--json", "print the result as one line of JSON, the last line on stdout"))
    .addOption(new Option("--verbose", "show the stack trace of an error"))
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph init my-project --yes\n  skillgraph init --tasks tasks.jsonl --skill skills/mine --agent chat:gpt-5-mini",
    )
    .action(async (folder, options) => done(await (await import("../project/init.ts")).initCommand(folder, options)));
}
