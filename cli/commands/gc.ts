import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addGc(program: Command, done: Done): void {
  const command = program
    .command("gc")
    .description(
      "show the disk use of each family of runs; delete what no run needs, and return free space to the disk",
    )
    .option("--dry-run", "only report, delete nothing", false);
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph gc --dry-run\n  skillgraph gc --store redis://localhost")
    .action(async (options) => done(await (await import("../keeping/gc.ts")).gcCommand(options)));
}
