import type { Command } from "commander";
import { common, type Done } from "../options.ts";

export function addExport(program: Command, done: Done): void {
  const command = program
    .command("export")
    .description("export the results of a run: a report, its skill, its rollouts, or a copy in another store")
    .argument(
      "<run>",
      "name of the run; with --folder also RUN@start, or RUN@7 for the head after generation 7 (in a tuned episode its best program)",
    )
    .option("--report <file>", "one self-contained HTML file: scores, verdicts, branches, tasks, diff, cost")
    .option("--folder <dir>", "write the best skill to a subfolder of this folder")
    .option("--rollouts <file>", "one line of JSON for each rollout: task, status, score, answer")
    .option(
      "--revisions <file>",
      "one line of JSON for each rewarded revision (skill-r1, skillos): context, edits, advantage",
    )
    .option(
      "--training <file>",
      "lines of JSON to train a model elsewhere: rollouts of train tasks with rewards, and the skills they were made with",
    )
    .option(
      "--pairs <file>",
      "one line of JSON for each candidate that was decided on: edits and what they came to, for optimize --pairs",
    )
    .option(
      "--to <url>",
      "copy it to another store, file:PATH or redis://HOST:PORT, with the runs it shares its ledger with",
    );
  common(command)
    .addHelpText(
      "after",
      "\nExamples:\n  skillgraph export support-1 --report support-1.html\n  skillgraph export support-1@4 --folder skills/support\n  skillgraph export support-1 --to redis://localhost",
    )
    .action(async (run, options) => done(await (await import("../reading/export.ts")).exportCommand(run, options)));
}
