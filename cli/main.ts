#!/usr/bin/env node
import { readEnvironment } from "./environment.ts";
import { reportFailure } from "./terminal/failure.ts";
import { runCommandLine } from "./program.ts";

// A reader that has seen enough, such as `head`, is no error. Progress that nobody reads is not either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.stderr.on("error", () => undefined);

// What nobody caught is reported like any other error, and ends the process.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => process.exit(reportFailure(error, process.argv.includes("--verbose"))));
}

readEnvironment(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2));
