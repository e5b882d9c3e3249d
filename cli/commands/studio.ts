import type { Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
  drafting,
  pairsFlags,
  port,
  rubricFlags,
  setOption,
  skillFlag,
  skillForms,
  tasksFlags,
  verifierForms,
  type Done,
} from "../options.ts";

export function addStudio(program: Command, done: Done): void {
  const command = program
    .command("studio")
    .description("serve the runs of a store to LangGraph Studio and the LangGraph SDK; every run is a thread")
    .option(...tasksFlags)
    .option(skillFlag, `${skillForms}, for new runs`)
    .option("--agent <name>", agentForms, "procedure")
    .option("--analyst <name>", "what studies failures: statistical, random, or the name of a model", "statistical")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option(...pairsFlags)
    .addOption(setOption())
    .option("--port <n>", "port to listen on, on 127.0.0.1; 0 for any free port", port, 2024)
    .addOption(concurrencyOption());
  common(drafting(command))
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph studio\n  skillgraph studio --tasks examples/support-messages --set approve=always\n\n" +
        "Existing runs continue with the parts and settings they were started with; new runs use what is given here.",
    )
    .action(async (options) => done(await (await import("../studio/studio.ts")).studioCommand(options)));
}
