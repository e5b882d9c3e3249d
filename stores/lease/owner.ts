import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/**
 * A process, told apart from any other that had its pid. `bootId` and `pidNamespace` are known on Linux only, `startTime`
 * where the system tells it; null elsewhere.
 */
export const Owner = z.strictObject({
  host: z.string(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  pid: z.int(),
  startTime: z.string().nullable(),
  /** Tells one lease of a process from the next. */
  token: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** This process, about to take a lease. */
export function currentOwner(): Owner {
  return {
    token: randomUUID(),
    host: hostname(),
    bootId: orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: orNull(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    startTime: startTimeOf(process.pid),
  };
}

/**
 * Whether another owner still runs, as far as this process can see: "unknown" for another host or pid namespace, and for
 * a process that was stopped. An owner from before the last boot of this host is dead. A zombie counts as dead, a pid
 * that was given away too.
 */
export function judgeOwner(owner: Owner, self: Owner): "alive" | "dead" | "unknown" {
  if (owner.host !== self.host) return "unknown";
  if (owner.bootId !== self.bootId) return owner.bootId === null || self.bootId === null ? "unknown" : "dead";
  if (owner.pidNamespace !== self.pidNamespace) return "unknown";
  if (!isRunning(owner.pid)) return "dead";
  const startTime = owner.startTime === null ? null : startTimeOf(owner.pid);
  if (startTime !== null && startTime !== owner.startTime) return "dead";
  return isStopped(owner.pid) ? "unknown" : "alive";
}

/** By SIGSTOP or Ctrl-Z: it holds its lease, but may never go on. */
function isStopped(pid: number): boolean {
  return orNull(() => statOf(pid)[0]) === "T";
}

function isRunning(pid: number): boolean {
  const state = orNull(() => statOf(pid)[0]);
  if (state === "Z" || state === "X") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; where there is no /proc, what `ps` prints. */
function startTimeOf(pid: number): string | null {
  if (process.platform === "linux") return orNull(() => statOf(pid)[19] ?? null);
  return orNull(() => {
    const env = { ...process.env, LC_ALL: "C" };
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env, stdio: "pipe" }).trim() || null
    );
  });
}

/** The fields of /proc/PID/stat from the third on: the second is the program's name and may hold anything. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
