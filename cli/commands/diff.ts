import type { Command } from "commander";
import { common, type Done } from "../options.ts";

const programForms = "RUN, RUN@start, RUN@best or RUN@7 for the head after generation 7";

export function addDiff(program: Command, done: Done): void {
  const command = program
    .command("diff")
    .description("show the diff between two skills of runs; with one run, from its start to its best")
    .argument("<from>", programForms)
    .argument("[to]", programForms);
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph diff support-1\n  skillgraph diff support-1@3 support-1@7\n  skillgraph diff support-1 support-2",
    )
    .action(async (from, to, options) =>
      done(await (await import("../reading/diff.ts")).diffCommand(from, to, options)),
    );
}
