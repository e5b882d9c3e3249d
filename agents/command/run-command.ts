import { spawn, type ChildProcess } from "node:child_process";
import { ProviderError } from "../../state/errors.ts";
import { killStrays, signalGroup } from "./process-tree.ts";

export interface CommandRun {
  /** The program and its arguments. */
  command: readonly string[];
  folder: string;
  /** The whole environment: nothing is inherited. HOME belongs to this command alone. */
  environment: Readonly<Record<string, string>> & { readonly HOME: string };
  /** Written to stdin, which is then closed. */
  input: string;
  /** Seconds until all of it is stopped. */
  seconds: number;
  /** Bytes it may say on stdout. */
  maxBytes: number;
  signal: AbortSignal;
  /** What to install where the command is missing. */
  install?: string | undefined;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  /** 0 where all went well; null where a signal ended it. */
  code: number | null;
}

/** Milliseconds between the request to stop and the end by force. */
const grace = 2000;
/** Characters of stderr that are kept: the last ones. */
const keptStderr = 8192;

/** Leaders of groups under way: a process that ends takes them with it. */
const underWay = new Set<number>();
let isWatching = false;

/**
 * Runs a command to its end. It leads a process group of its own, which is stopped as a whole when the time is up, when it says
 * too much, on `signal`, and when this process ends; what it leaves running is stopped too. Throws a ProviderError where the
 * command is missing, an Error where it was stopped.
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  run.signal.throwIfAborted();
  const child = await start(run);
  const leader = child.pid as number;
  const { stop, stopped } = createStop(leader);
  const output = collect(child, run.maxBytes, () =>
    stop(
      new Error(
        `${run.command[0]} said more than ${run.maxBytes} bytes and was stopped; raise maxOutput if it should.`,
      ),
    ),
  );
  const timer = setTimeout(() => {
    const told = lastLines(output.stderr());
    stop(
      new Error(
        `${run.command[0]} did not end within ${run.seconds} s and was stopped with all it had started.${told}`,
      ),
    );
  }, run.seconds * 1000);
  const abort = () => stop(run.signal.reason instanceof Error ? run.signal.reason : new Error("The run was aborted."));
  run.signal.addEventListener("abort", abort, { once: true });
  try {
    const code = await ended(child, run.environment.HOME);
    const reason = stopped();
    if (reason !== undefined) throw reason;
    return { stdout: output.stdout(), stderr: output.stderr(), code };
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", abort);
    underWay.delete(leader);
  }
}

/** What a command said last, for a message. */
export function lastLines(stderr: string): string {
  const lines = stderr.trim().split("\n").slice(-5).join("\n");
  return lines === "" ? " It said nothing on stderr." : ` The last of its stderr:\n${lines}`;
}

async function start({ command, folder, environment, input, install }: CommandRun): Promise<ChildProcess> {
  watchExit();
  const [program = "", ...words] = command;
  const child = spawn(program, words, { cwd: folder, env: { ...environment }, detached: true, stdio: "pipe" });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => reject(startFailure(program, error, install)));
  });
  underWay.add(child.pid as number);
  // A command that does not read its stdin closes it; that is its own business.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  return child;
}

function startFailure(program: string, error: NodeJS.ErrnoException, install: string | undefined): ProviderError {
  const advice = install === undefined ? "Install it or give its path." : `Install it: ${install}.`;
  const message =
    error.code === "ENOENT"
      ? `The command "${program}" is not installed or not on the PATH. ${advice}`
      : `The command "${program}" cannot be started: ${error.message}.`;
  return new ProviderError(message, { cause: error });
}

function createStop(leader: number) {
  let reason: Error | undefined;
  let force: NodeJS.Timeout | undefined;
  return {
    stopped: () => {
      clearTimeout(force);
      return reason;
    },
    stop(why: Error): void {
      if (reason !== undefined) return;
      reason = why;
      signalGroup(leader, "SIGTERM");
      force = setTimeout(() => signalGroup(leader, "SIGKILL"), grace);
    },
  };
}

function collect(child: ChildProcess, maxBytes: number, onTooMuch: () => void) {
  const chunks: Buffer[] = [];
  let [bytes, stderr] = [0, ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) onTooMuch();
    else chunks.push(chunk);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-keptStderr);
  });
  return { stdout: () => Buffer.concat(chunks).toString("utf8"), stderr: () => stderr };
}

/** Once the leader has ended, what it left is stopped: it would hold the pipes open, and nobody waits for it. */
async function ended(child: ChildProcess, home: string): Promise<number | null> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  signalGroup(child.pid as number, "SIGKILL");
  await killStrays(home);
  // Where strays cannot be told apart they may hold the pipes: what was said until now is all that counts.
  const patience = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, grace);
  await closed;
  clearTimeout(patience);
  return code;
}

function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.on("exit", () => underWay.forEach((leader) => signalGroup(leader, "SIGKILL")));
}
