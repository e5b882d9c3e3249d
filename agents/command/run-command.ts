import { runProcess, type ProcessEnd, type ProcessRun } from "../../processes/run-process.ts";
import { HostError, ProviderError } from "../../state/errors.ts";
import { createBlotter } from "../../stores/secrets.ts";

export interface CommandRun extends ProcessRun {
  /** What to install where the command is missing. */
  install?: string | undefined;
}

export type CommandResult = Pick<ProcessEnd, "stdout" | "stderr" | "code">;

/**
 * Runs a command to its end; known secrets are taken out of what it says. Throws a ProviderError where the command cannot be
 * started, an Error where it was stopped.
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  const { command, seconds, maxBytes, signal, install } = run;
  const [program = ""] = command;
  signal.throwIfAborted();
  const { stopped, stdout, stderr, code } = await runProcess(run).catch((error: unknown) => {
    throw error instanceof HostError ? error : startFailure(program, error as NodeJS.ErrnoException, install);
  });
  // Before anything of it is cut, parsed or quoted.
  const blot = createBlotter();
  const result = { stdout: blot(stdout), stderr: blot(stderr), code };
  if (stopped === null) return result;
  if (stopped === "abort") throw signal.reason instanceof Error ? signal.reason : new Error("The run was aborted.");
  throw new Error(
    stopped === "output"
      ? `${program} printed more than ${maxBytes} bytes and was stopped; raise maxOutput if that is intended.`
      : `${program} timed out after ${seconds} s and was stopped with all processes it had started.${lastLines(result.stderr)}`,
  );
}

/** What a command said last, for a message. */
export function lastLines(stderr: string): string {
  const lines = stderr.trim().split("\n").slice(-5).join("\n");
  return lines === "" ? " Its stderr was empty." : ` Last lines of its stderr:\n${lines}`;
}

function startFailure(program: string, error: NodeJS.ErrnoException, install: string | undefined): ProviderError {
  const advice = install === undefined ? "Install it or give its path." : `Install it: ${install}.`;
  const message =
    error.code === "ENOENT"
      ? `The command "${program}" is not installed or not on the PATH. ${advice}`
      : `The command "${program}" cannot be started: ${error.message}.`;
  return new ProviderError(message, { cause: error });
}
