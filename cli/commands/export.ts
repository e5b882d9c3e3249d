import type { Command } from "commander";
import { common, type Done } from "./options.ts";

export function addExport(program: Command, done: Done): void {
  const command = program
    .command("export")
    .description("copy a run to another store, with the runs it shares its ledger with")
    .argument("<run>", "its name")
    .requiredOption("--to <url>", "the store to copy to: file:PATH or redis://HOST:PORT");
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph export support-1 --to redis://localhost")
    .action(async (run, options) => done(await (await import("../export.ts")).exportCommand(run, options)));
}
