import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { takesConfig } from "./options.ts";
import { addAdopt } from "./commands/adopt.ts";
import { addBranch } from "./commands/branch.ts";
import { addCertify } from "./commands/certify.ts";
import { addCompare } from "./commands/compare.ts";
import { addCompletion } from "./commands/completion.ts";
import { addApprove, addReject } from "./commands/decide.ts";
import { addDiff } from "./commands/diff.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addInit } from "./commands/init.ts";
import { addExport } from "./commands/export.ts";
import { addGraph } from "./commands/graph.ts";
import { addGc } from "./commands/gc.ts";
import { addLibrary } from "./commands/library.ts";
import { addMerge } from "./commands/merge.ts";
import { addOptimize } from "./commands/optimize.ts";
import { addPause } from "./commands/pause.ts";
import { addRecipes } from "./commands/recipes.ts";
import { addResume } from "./commands/resume.ts";
import { addRm } from "./commands/rm.ts";
import { addRuns } from "./commands/runs.ts";
import { addScan } from "./commands/scan.ts";
import { addShow } from "./commands/show.ts";
import { addStudio } from "./commands/studio.ts";
import { addWorker } from "./commands/worker.ts";
import { print, tell } from "./terminal/door.ts";
import { exitCodes, reportFailure } from "./terminal/failure.ts";

/** In the order of the help. */
const commands = [
  addInit,
  addOptimize,
  addResume,
  addPause,
  addApprove,
  addReject,
  addBranch,
  addRuns,
  addShow,
  addDiff,
  addCompare,
  addAdopt,
  addExport,
  addMerge,
  addRm,
  addGc,
  addEvaluate,
  addCertify,
  addScan,
  addLibrary,
  addRecipes,
  addGraph,
  addStudio,
  addWorker,
  addDoctor,
  addCompletion,
];

/** The package knows itself by its name, in a clone and where it is installed. */
const { version } = createRequire(import.meta.url)("skillgraph/package.json") as { version: string };

export function createProgram(done: (code: number) => void): Command {
  const program = new Command("skillgraph")
    .description(
      "Improves agent skills: runs them on tasks, analyzes the failures and keeps only edits that raise the score on held-out tasks.",
    )
    .version(version, "--version", "print the version")
    .addHelpText("after", "\nStart with:\n  skillgraph init my-project")
    .showHelpAfterError("(see --help)")
    .configureOutput({ writeOut: print, writeErr: tell })
    .exitOverride();
  program.hook("preAction", async (_, command) => {
    if (takesConfig(command)) await (await import("./parts/sources.ts")).mergeSources(command);
  });
  for (const add of commands) add(program, done);
  return program;
}

/** Runs one command line (without node and script) and gives the exit code. Errors are printed on stderr. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let code: number = exitCodes.finished;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.finished : exitCodes.usage;
    return reportFailure(error, words.includes("--verbose"));
  }
}
