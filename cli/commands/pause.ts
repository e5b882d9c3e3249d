import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addPause(program: Command, done: Done): void {
  const command = program
    .command("pause")
    .description("pause a run that another process is working on, on this host or another; continue it with resume")
    .argument("<run>", "name of the run");
  common(command)
    .addHelpText("after", "\nExample:\n  skillgraph pause support-1 --store redis://localhost")
    .action(async (run, options) => done(await (await import("../cycle/pause.ts")).pauseCommand(run, options)));
}
