import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addRuns(program: Command, done: Done): void {
  const command = program.command("runs").description("list the runs of a store, branches below their parents");
  common(command)
    .addHelpText("after", "\nExamples:\n  skillgraph runs\n  skillgraph runs --store redis://localhost --json")
    .action(async (options) => done(await (await import("../reading/runs.ts")).runsCommand(options)));
}
