#!/usr/bin/env node
// Loaded as they are needed, as a file that cannot be loaded is reported too.
const { reportFailure } = await import("./terminal/failure.ts").catch(endUnloaded);

// What nobody caught is reported like any other error, and ends the process.
const end = (error: unknown) => process.exit(reportFailure(error, process.argv.includes("--verbose")));
process.on("uncaughtException", end);
process.on("unhandledRejection", end);

// A reader that has seen enough, such as `head`, is no error. Progress that nobody reads is not either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  end(error);
});
process.stderr.on("error", () => undefined);

const { readEnvironment } = await import("./environment.ts");
const { runCommandLine } = await import("./program.ts");
readEnvironment(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2));

/** Of ours there is nothing yet to report it with. */
function endUnloaded(error: unknown): never {
  process.stderr.write(
    `error skillgraph cannot be loaded: ${(error as Error).message}. If too many files are open, raise the limit (ulimit -n); ` +
      "otherwise install it again.\n",
  );
  process.exit(1);
}
