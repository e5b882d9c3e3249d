import type { Command } from "commander";
import { decision, type Done } from "../options.ts";

export function addApprove(program: Command, done: Done): void {
  const command = program
    .command("approve")
    .description("approve the candidate that a waiting run asks about (--set approve=always), and continue the run");
  decision(command)
    .addHelpText("after", "\nExample:\n  skillgraph approve support-1")
    .action(async (run, flags) =>
      done(await (await import("../cycle/decide.ts")).decideCommand(run, { accept: true, flags })),
    );
}

export function addReject(program: Command, done: Done): void {
  const command = program
    .command("reject")
    .description("reject the candidate that a waiting run asks about (--set approve=always), and continue the run");
  decision(command)
    .addHelpText("after", '\nExample:\n  skillgraph reject support-1 --because "it names a customer"')
    .action(async (run, flags) =>
      done(await (await import("../cycle/decide.ts")).decideCommand(run, { accept: false, flags })),
    );
}
