import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { openClaim } from "../../processes/claim.ts";
import { runProcess, type ProcessEnd, type ProcessRun } from "../../processes/run-process.ts";
import { quote } from "../../skills/shorten.ts";
import { CallError, HostError, ProviderError, SettingsError } from "../../state/errors.ts";
import { hostErrorOf } from "../../state/host-fault.ts";
import { hashJson, sha256, type Hash, type Json } from "../../state/json.ts";
import { noCost, Score } from "../../state/task.ts";
import { currentCalls } from "../../models/calls.ts";
import { createBlotter } from "../../stores/secrets.ts";
import type { Verifier } from "../verifier.ts";
import { findProgram } from "./program.ts";
import { openSandbox, type SandboxKind } from "./sandbox.ts";
import { refuseHostFault, scoreOfEnd } from "./verdict.ts";

export interface CommandVerifierNeeds {
  /** The program and its arguments; no shell comes between. */
  command: readonly string[];
  /** Where it runs, and what paths in the command are relative to. */
  folder?: string;
  timeoutSeconds?: number;
  /** What the check may allocate, a process; kept on Linux. */
  memoryMegabytes?: number;
  /** The sandbox it must run in. Left out: bubblewrap where that works, else none, with a warning. */
  sandbox?: SandboxKind;
  /** Told once, where there is no sandbox. */
  onWarning?: (text: string) => void;
}

const outputBytes = 2 ** 20;

/**
 * Scores with a command of the user's: it reads `{ task, answer }` as JSON on stdin and prints a score as JSON, or ends with
 * exit code 0 or 1. What is neither makes the rollout missing, with the reason. It is work that is paid for once, through the
 * ledger. The fingerprint has the contents of the files that the command names.
 */
export function createCommandVerifier(needs: CommandVerifierNeeds): Verifier {
  const { command, timeoutSeconds = 60, memoryMegabytes = 2048 } = needs;
  const folder = resolve(needs.folder ?? ".");
  checkLimits({ timeoutSeconds, memoryMegabytes });
  checkCommand(command, folder);
  const files = filesIn(command, folder);
  const sandbox = openSandbox({ folder, files: Object.keys(files), memoryMegabytes }, needs.sandbox);
  const { onWarning = (text) => process.emitWarning(text) } = needs;
  if (sandbox.warning !== null) onWarning(sandbox.warning);
  const words = sandbox.wrap(command);
  const contents = hashJson({ command, files: Object.values(files), timeoutSeconds, memoryMegabytes });
  const fingerprint = `command@1:${command.join(" ")}:${contents.slice(0, 16)}`;

  async function check(
    input: string,
    limits: Pick<ProcessRun, "seconds" | "maxBytes" | "signal">,
  ): Promise<ProcessEnd> {
    const claim = await openClaim();
    try {
      const environment = { PATH: process.env["PATH"] ?? "" };
      const end = await runProcess({ command: words, folder, claim, environment, input, ...limits });
      if (sandbox.kind === "none") await claim.refuseFullDisk();
      return end;
    } catch (error) {
      throw error instanceof HostError ? error : startFailure(command, error);
    } finally {
      await claim.release();
    }
  }

  async function run(input: string, signal: AbortSignal): Promise<Score> {
    const limits = { seconds: timeoutSeconds, maxBytes: outputBytes };
    const end = await check(input, { ...limits, signal });
    if (end.stopped === "abort") throw Object.assign(new Error("The run was aborted."), { name: "AbortError" });
    if (end.stopped === "time") throw new CallError(`the check timed out after ${timeoutSeconds} seconds`);
    if (end.stopped === "output") throw new CallError(`the check printed more than ${outputBytes} bytes`);
    refuseHostFault(end, sandbox.kind);
    // Before anything of it is cut, parsed or quoted.
    const blot = createBlotter();
    return scoreOfEnd({ ...end, stdout: blot(end.stdout), stderr: blot(end.stderr) });
  }

  return {
    fingerprint,
    score(answer, task) {
      const sends = { task, answer } as unknown as Json;
      return currentCalls().once({
        kind: "command",
        fingerprint,
        sends,
        schema: Score,
        pay: (signal) => run(JSON.stringify(sends), signal),
        costOf: () => noCost,
      });
    },
  };
}

/** It was there when the run began. */
function startFailure([program = ""]: readonly string[], cause: unknown): ProviderError {
  const message = `The check ${quote(program)} cannot be started: ${(cause as Error).message}. Restore it, then resume the run.`;
  return new ProviderError(message, { cause });
}

function checkLimits(limits: Record<string, number>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SettingsError(name, `${name} of the command verifier is ${value}; it must be an integer of at least 1.`);
  }
}

function checkCommand([program = ""]: readonly string[], folder: string): void {
  if (process.platform === "win32") {
    throw new SettingsError("verifier", "The command verifier needs a POSIX system. On Windows run skillgraph in WSL.");
  }
  if (findProgram(program, folder) !== undefined) return;
  throw new SettingsError(
    "verifier",
    `The command verifier cannot run ${quote(program)}: it is not on the PATH, and not an executable file in ` +
      `${folder}. Write a path with a slash, such as ./check.sh, and make the file executable.`,
  );
}

/** The files that words of a command name, with their hashes. */
function filesIn(command: readonly string[], folder: string): Record<string, Hash> {
  const files = command.map((word) => resolve(folder, word)).filter(isFile);
  return Object.fromEntries(files.map((path) => [path, sha256(contentOf(path))]));
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const message = `The file ${path} in the command of the verifier cannot be read: ${(cause as Error).message}. Make it readable.`;
    throw (
      hostErrorOf(cause, { doing: "read a file of the check", place: path }) ?? new SettingsError("verifier", message)
    );
  }
}

/** A word may be a whole script, too long for a path. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
