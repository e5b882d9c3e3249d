#!/usr/bin/env node
import { readEnvironment } from "./environment.ts";
import { runCommandLine } from "./program.ts";

// A reader that has seen enough, such as `head`, is no error. Progress that nobody reads is not either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.stderr.on("error", () => undefined);

readEnvironment(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2));
