import { readdir, readFile } from "node:fs/promises";

/** Sends a signal to every process of a group that may be sent one; nothing happens where none is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  send(-leader, signal);
}

/**
 * Kills what was started inside a workspace and got away from its process group: on Linux whatever has the workspace's HOME
 * in its environment. Elsewhere nothing tells such processes apart, so they are left alone.
 */
export async function killStrays(home: string): Promise<void> {
  if (process.platform !== "linux") return;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      // A process of another user, or one that has just ended, cannot be read.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (environment.split("\0").includes(`HOME=${home}`)) send(Number(pid), "SIGKILL");
    }),
  );
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // A group of nothing but zombies is not permitted on macOS, and not there on Linux.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
