import { spawn, type ChildProcess } from "node:child_process";

export interface ProcessNeeds {
  words: readonly string[];
  folder: string;
  input: string;
  timeoutSeconds: number;
  outputBytes: number;
  signal: AbortSignal;
}

/** How a process ended. `stdout` is all it printed, `stderr` the end of what it said; `stopped` is why it was killed. */
export interface ProcessEnd {
  code: number | null;
  killedBy: string | null;
  stdout: string;
  stderr: string;
  stopped: "timeout" | "output" | "abort" | null;
}

const stderrBytes = 4_000;

/**
 * Runs a process with an empty environment but PATH, and waits until it and what it started have ended. It is killed with its
 * group at a limit. Rejects where it cannot be started.
 */
export function runLimited({
  words,
  folder,
  input,
  timeoutSeconds,
  outputBytes,
  signal,
}: ProcessNeeds): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    const [program = "", ...rest] = words;
    const env = { PATH: process.env["PATH"] ?? "" };
    const child = spawn(program, rest, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    let stopped: ProcessEnd["stopped"] = null;
    const stop = (why: Exclude<ProcessEnd["stopped"], null>) => {
      stopped ??= why;
      killGroup(child);
      // What left the group may hold on to the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = () => stop("abort");
    const timer = setTimeout(() => stop("timeout"), timeoutSeconds * 1000);
    signal.addEventListener("abort", onAbort);

    const stdout: Buffer[] = [];
    let stderr = Buffer.alloc(0);
    let size = 0;
    child.stdout.on("data", (bytes: Buffer) => {
      size += bytes.length;
      if (size > outputBytes) stop("output");
      else stdout.push(bytes);
    });
    child.stderr.on("data", (bytes: Buffer) => {
      stderr = Buffer.concat([stderr, bytes]).subarray(-stderrBytes);
    });
    // A command need not read what it is given.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);

    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("exit", () => killGroup(child));
    child.on("close", (code, killedBy) => {
      settle();
      resolve({ code, killedBy, stdout: Buffer.concat(stdout).toString(), stderr: stderr.toString(), stopped });
    });
    if (signal.aborted) onAbort();
  });
}

/** The process and what it started, as far as that stayed in its group. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // A group that has ended is not there on Linux, and not permitted on macOS.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
