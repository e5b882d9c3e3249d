import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "../../state/errors.ts";
import { hostErrorOf } from "../../state/host-fault.ts";
import { findProgram } from "./program.ts";

/** What keeps a command from the rest of the machine. `none` only limits its memory. */
export type SandboxKind = "bubblewrap" | "none";

export interface Sandbox {
  kind: SandboxKind;
  /** The words that run a command inside. */
  wrap(command: readonly string[]): string[];
  /** What its user must know: what is not kept from the command, and why. */
  warning: string | null;
}

export interface SandboxNeeds {
  /** Where the command runs; it can be read from inside, but not written. */
  folder: string;
  /** Files that must be seen inside, wherever they are. */
  files: readonly string[];
  memoryMegabytes: number;
}

/** Bubblewrap where it is installed and works here, else none with a warning. Where a kind is asked for, that one or a SettingsError. */
export function openSandbox(needs: SandboxNeeds, asked?: SandboxKind): Sandbox {
  const limits = limitWords(needs.memoryMegabytes);
  const limited: Sandbox = { kind: "none", wrap: (command) => [...limits, ...command], warning: null };
  const broken = problemOf(limited);
  if (broken !== undefined) {
    const hint = "Set memoryMegabytes below the limit of this process, and run it on a system with a POSIX shell.";
    throw new SettingsError("verifier", `The memory of a command cannot be limited here (${broken}). ${hint}`);
  }
  if (asked === "none") return limited;
  const found = findBubblewrap(needs, limits);
  if (typeof found !== "string") return found;
  if (asked === "bubblewrap")
    throw new SettingsError("verifier", `${found} The command verifier is set to sandbox: "bubblewrap".`);
  const open = "its check can reach the network, write files and read the environment of this process, keys included";
  return {
    ...limited,
    warning: `${found} Without it the command verifier limits time, memory and output only: ${open}.`,
  };
}

/** Why bubblewrap cannot be used here; undefined where it can. */
export function bubblewrapProblem(): string | undefined {
  const found = findBubblewrap({ folder: "/", files: [] }, []);
  return typeof found === "string" ? found : undefined;
}

function findBubblewrap(needs: Omit<SandboxNeeds, "memoryMegabytes">, limits: readonly string[]): Sandbox | string {
  const bubblewrap = findProgram("bwrap", "/");
  if (bubblewrap === undefined)
    return "Bubblewrap is not installed (`apt-get install bubblewrap`, `dnf install bubblewrap`; Linux only).";
  const words = [bubblewrap, ...bubblewrapWords(needs), "--", ...limits];
  const sandbox: Sandbox = { kind: "bubblewrap", wrap: (command) => [...words, ...command], warning: null };
  const problem = problemOf(sandbox);
  if (problem === undefined) return sandbox;
  const hint =
    "It needs version 0.7 or later and user namespaces, which containers and hardened kernels often disable.";
  return `Bubblewrap is installed but does not work here (${problem}). ${hint}`;
}

const temporaryBytes = 256 * 2 ** 20;

/** Read-only root; a private /tmp; no network, no other processes, no sockets of services. */
function bubblewrapWords({ folder, files }: Omit<SandboxNeeds, "memoryMegabytes">): string[] {
  const hidden = [folder, ...files].filter((path) => /^\/(?:tmp|run)\/./.test(path));
  const keys = join(folder, ".env");
  return [
    ["--unshare-all", "--die-with-parent", "--new-session"],
    ["--ro-bind", "/", "/"],
    ["--dev", "/dev", "--proc", "/proc"],
    // A socket can be connected to through a read-only mount: those of Docker and the like are in /run.
    ["--tmpfs", "/run", "--ro-bind-try", "/run/current-system", "/run/current-system"],
    ["--size", String(temporaryBytes), "--tmpfs", "/tmp"],
    hidden.flatMap((path) => ["--ro-bind", path, path]),
    existsSync(keys) ? ["--ro-bind", "/dev/null", keys] : [],
    ["--chdir", folder],
  ].flat();
}

/** No core files, and a limit on what is allocated; the address space is left alone, as runtimes reserve far more than they use. */
function limitWords(megabytes: number): string[] {
  return ["/bin/sh", "-c", `ulimit -c 0 && ulimit -d ${megabytes * 1024} && exec "$@"`, "sh"];
}

/** Runs a command that does nothing. */
function problemOf({ wrap }: Sandbox): string | undefined {
  const [program = "", ...words] = wrap(["/bin/sh", "-c", ":"]);
  const { status, stderr, error } = spawnSync(program, words, { env: {}, encoding: "utf8", timeout: 10_000 });
  if (status === 0) return undefined;
  // A machine that can start nothing now has not said that there is no sandbox: going on without one would be wrong.
  const fault = hostErrorOf(error, { doing: "try the sandbox of the command verifier", place: program });
  if (fault !== undefined) throw fault;
  return error?.message ?? (stderr.trim().split("\n").at(-1) || `it ended with ${status}`);
}
