import type { Command } from "commander";
import { common, type Done } from "./options.ts";

export function addGc(program: Command, done: Done): void {
  const command = program
    .command("gc")
    .description("what each family of runs takes; drops what no run needs, and gives free space back to the disk")
    .option("--dry-run", "only tell, drop nothing", false);
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph gc --dry-run\n  skillgraph gc --store redis://localhost")
    .action(async (options) => done(await (await import("../keeping/gc.ts")).gcCommand(options)));
}
