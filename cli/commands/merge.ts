import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addMerge(program: Command, done: Done): void {
  const command = program
    .command("merge")
    .description("merge the best skills of independent runs: all that are unique by name and text")
    .argument("<runs...>", "two or more of RUN, RUN@start, RUN@best and RUN@7 (the head after generation 7)")
    .option("--folder <dir>", "write the merged skills to this folder, which must be empty or new");
  common(command)
    .addHelpText(
      "after",
      "\nOf two texts with the same name, that of the run with the higher validation score is taken.\n\nExamples:\n  skillgraph merge support-1 support-2\n  skillgraph merge support-1 support-2 support-3@4 --folder skills/merged",
    )
    .action(async (runs, options) => done(await (await import("../keeping/merge.ts")).mergeCommand(runs, options)));
}
