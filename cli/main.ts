#!/usr/bin/env node
import { hostErrorOf } from "../state/host-fault.ts";

/** Before anything else is there to say it, and where what says it cannot be loaded. */
function refuse(error: unknown): never {
  const fault = hostErrorOf(error, { doing: "load skillgraph or write what it prints", place: process.cwd() });
  if (fault === undefined) throw error;
  process.stderr.write(`error ${fault.message}\n`);
  process.exit(1);
}

// A reader that has seen enough, such as `head`, is no error. Progress that nobody reads is not either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  refuse(error);
});
process.stderr.on("error", () => undefined);

// Loaded here, so that a machine that cannot open so many files now is an error like others.
const { readEnvironment } = await import("./environment.ts").catch(refuse);
const { runCommandLine } = await import("./program.ts").catch(refuse);
readEnvironment(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2));
