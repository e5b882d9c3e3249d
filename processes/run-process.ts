import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { askHost, hostErrorOf } from "../state/host-fault.ts";
import type { Claim } from "./claim.ts";
import { marked, startProblem } from "./mark.ts";
import { signalGroup } from "./process-tree.ts";

export interface ProcessRun {
  /** The program and its arguments; no shell comes between. */
  command: readonly string[];
  folder: string;
  /** All it starts carries the mark of this, and is stopped by it. */
  claim: Claim;
  /** The whole environment: nothing is inherited. */
  environment: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. */
  input: string;
  /** Seconds until all of it is stopped. */
  seconds: number;
  /** Bytes it may say on stdout. */
  maxBytes: number;
  signal: AbortSignal;
}

/** How a process ended: all it said on stdout, the end of what it said on stderr, and why it was stopped, if it was. */
export interface ProcessEnd {
  /** null where a signal ended it. */
  code: number | null;
  killedBy: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  stopped: "time" | "output" | "abort" | null;
}

type Stop = NonNullable<ProcessEnd["stopped"]>;

/** Milliseconds between the request to stop and the end by force. */
const grace = 2000;
/** Characters of stderr that are kept: the last ones. */
const keptStderr = 8192;

/** Leaders of groups under way: this process takes them with it when it ends. */
const underWay = new Set<number>();
let isWatching = false;

/**
 * Runs a process to its end. It leads a group of its own, which is stopped as a whole when the time is up, when it says too
 * much, on `signal`, and when this process ends; what it leaves running is stopped too, on Linux also what has left the group and
 * emptied its environment. Rejects with the error of the system where it cannot be started, and with a HostError where the host is
 * to blame.
 */
export async function runProcess(run: ProcessRun): Promise<ProcessEnd> {
  const child = await start(run);
  const leader = child.pid as number;
  const { stop, stopped } = createStop(leader);
  const output = collect(child, run.maxBytes, () => stop("output"));
  const timer = setTimeout(() => stop("time"), run.seconds * 1000);
  const abort = () => stop("abort");
  run.signal.addEventListener("abort", abort, { once: true });
  if (run.signal.aborted) abort();
  try {
    const end = await ended(child, run.claim);
    const fault = output.fault();
    if (fault !== undefined)
      throw (
        hostErrorOf(fault, { doing: `read the output of ${run.command[0]}`, place: run.folder, hasBegun: true }) ??
        fault
      );
    const problem = startProblem({ ...end, stderr: output.stderr() });
    if (problem !== undefined) throw problem;
    return { ...end, stdout: output.stdout(), stderr: output.stderr(), stopped: stopped() };
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", abort);
    underWay.delete(leader);
  }
}

async function start({ command, folder, environment, input, claim }: ProcessRun): Promise<ChildProcess> {
  watchExit();
  const [program = "", ...words] = marked(claim.mark, command);
  // A folder that is gone is said in the same words as a program that is.
  const isOwn = !existsSync(folder);
  const child = await askHost({ doing: `start ${command[0]}`, place: folder, isOwn }, async () => {
    const started = spawn(program, words, { cwd: folder, env: { ...environment }, detached: true, stdio: "pipe" });
    await new Promise<void>((resolve, reject) => {
      started.once("spawn", resolve);
      started.once("error", reject);
    });
    return started;
  });
  underWay.add(child.pid as number);
  // A command that does not read its stdin closes it; that is its own business.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  return child;
}

function createStop(leader: number) {
  let reason: Stop | null = null;
  let force: NodeJS.Timeout | undefined;
  return {
    stopped: () => {
      clearTimeout(force);
      return reason;
    },
    stop(why: Stop): void {
      if (reason !== null) return;
      reason = why;
      signalGroup(leader, "SIGTERM");
      force = setTimeout(() => signalGroup(leader, "SIGKILL"), grace);
    },
  };
}

function collect(child: ChildProcess, maxBytes: number, onTooMuch: () => void) {
  const chunks: Buffer[] = [];
  let [bytes, stderr] = [0, ""];
  let fault: Error | undefined;
  for (const pipe of [child.stdout, child.stderr]) pipe?.on("error", (error) => (fault ??= error));
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) onTooMuch();
    else chunks.push(chunk);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-keptStderr);
  });
  return { stdout: () => Buffer.concat(chunks).toString("utf8"), stderr: () => stderr, fault: () => fault };
}

/** Once the leader has ended, what it left is stopped: it would hold the pipes open, and nobody waits for it. */
async function ended(child: ChildProcess, claim: Claim): Promise<Pick<ProcessEnd, "code" | "killedBy">> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  const end = await new Promise<Pick<ProcessEnd, "code" | "killedBy">>((resolve) =>
    child.once("exit", (code, killedBy) => resolve({ code, killedBy })),
  );
  signalGroup(child.pid as number, "SIGKILL");
  const looking = {
    doing: "look for processes that a command left running",
    place: "/proc",
    isOwn: true,
    hasBegun: true,
  };
  await askHost(looking, () => claim.stop());
  // Where strays cannot be told apart they may hold the pipes: what was said until now is all that counts.
  const patience = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, grace);
  await closed;
  clearTimeout(patience);
  return end;
}

function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.on("exit", () => underWay.forEach((leader) => signalGroup(leader, "SIGKILL")));
}
