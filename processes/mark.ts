import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/**
 * A mark that a process and all it starts carry, on Linux: their limit of file locks, which the kernel hands on and no longer uses.
 * A session of its own, an emptied environment, a second fork or closed files do not take it off. One that a marked process makes
 * lies within its own, so that what stops the outer stops the inner as well.
 */
export type Mark = number;

/** Carried by nothing: what is started with it is not found again. */
export const noMark: Mark = 0;

/** Marks that no other is around have all of this range below them. */
const width = 2 ** 24;
/** Below all marks: a limit that somebody else has set. */
const least = 2 ** 44;

/** A mark that nothing carries yet; `noMark` where this process may not have so high a limit. */
export function newMark(): Mark {
  const around = markOf("self");
  if (around === undefined) return least + randomInt(2 ** 27) * width + width;
  return around <= least ? noMark : around - randomInt(1, width);
}

// A shell adds variables of its own, which the command is not to see.
const script = `{ ulimit -w "$1" || ulimit -x "$1"; } 2>/dev/null; shift; unset PWD OLDPWD SHLVL; exec "$@"`;
const starter = "skillgraph-start";

/** The words that start a command with a mark; elsewhere than on Linux the command itself. */
export function marked(mark: Mark, command: readonly string[]): readonly string[] {
  if (process.platform !== "linux" || mark === noMark) return command;
  return ["/bin/sh", "-c", script, starter, String(mark), ...command];
}

/** Whether what is started here carries its mark: not so on macOS, and in containers whose kernel hands on no limits. */
export function canMark(): boolean {
  if (process.platform !== "linux") return false;
  const mark = newMark();
  if (mark === noMark) return false;
  const [program = "", ...words] = marked(mark, ["cat", "/proc/self/limits"]);
  return spawnSync(program, words, { encoding: "utf8" }).stdout?.includes(` ${mark} `) === true;
}

/** Why a command could not be started although its starter was, as the system would have said it; undefined where it was. */
export function startProblem({ code, stderr }: { code: number | null; stderr: string }): Error | undefined {
  if ((code !== 126 && code !== 127) || !stderr.startsWith(`${starter}: `)) return undefined;
  const [said = ""] = stderr.split("\n");
  return Object.assign(new Error(said.slice(starter.length + 2)), { code: code === 127 ? "ENOENT" : "EACCES" });
}

/** Kills all that carry the mark, until none is left but those that may not be killed. */
export function killMarked(mark: Mark): void {
  if (process.platform !== "linux" || mark === noMark) return;
  const tried = new Set<number>();
  for (;;) {
    const found = carriers(mark).filter((pid) => !tried.has(pid));
    if (found.length === 0) return;
    for (const pid of found) {
      tried.add(pid);
      kill(pid);
    }
  }
}

function carriers(mark: Mark): number[] {
  const below = mark % width === 0 ? mark - width : mark - 1;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      const limit = markOf(pid);
      return limit !== undefined && limit > below && limit <= mark;
    })
    .map(Number);
}

/** The limit of file locks of a process; undefined where it has none, or has just ended. */
function markOf(pid: string): number | undefined {
  const found = /^Max file locks +\d+ +(\d+)/m.exec(limitsOf(pid))?.[1];
  return found === undefined ? undefined : Number(found);
}

function limitsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/limits`, "latin1");
  } catch (error) {
    // A host that cannot open a file now has not said that nothing is there.
    if (["EMFILE", "ENFILE", "ENOMEM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself, or has become another user's.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
