import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addCompare(program: Command, done: Done): void {
  const command = program
    .command("compare")
    .description("show two runs side by side: settings and results")
    .argument("<run>", "a run")
    .argument("<other>", "another run")
    .option("--diff", "also print the diff of their best skills", false);
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph compare support-1 support-1-at-4 --diff")
    .action(async (run, other, options) =>
      done(await (await import("../reading/compare.ts")).compareCommand(run, other, options)),
    );
}
