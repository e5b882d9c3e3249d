/** Sends a signal to every process of a group that may be sent one; nothing happens where none is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // A group of nothing but zombies is not permitted on macOS, and not there on Linux.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
