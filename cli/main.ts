#!/usr/bin/env node
import { reportFailure } from "./terminal/failure.ts";

// A reader that has seen enough, such as `head`, is no error. Progress that nobody reads is not either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  end(error);
});
process.stderr.on("error", () => undefined);

// What nobody caught is reported like any other error, and ends the process.
const end = (error: unknown) => process.exit(reportFailure(error, process.argv.includes("--verbose")));
process.on("uncaughtException", end);
process.on("unhandledRejection", end);

// Loaded now, as a file that cannot be loaded is reported too.
const { readEnvironment } = await import("./environment.ts");
const { runCommandLine } = await import("./program.ts");
readEnvironment(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2));
