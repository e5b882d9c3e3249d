import type { Analyst } from "../analysts/analyst.ts";

/** Milliseconds of CPU this process has used since `from`, user and system. */
export function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** An analyst with a clock: its parts compute without waiting, so the CPU time used meanwhile is theirs. */
export function createClockedAnalyst(inner: Analyst): { analyst: Analyst; spent(): number } {
  let spent = 0;
  async function clocked<Value>(work: () => Promise<Value>): Promise<Value> {
    const from = process.cpuUsage();
    const value = await work();
    spent += cpuSince(from);
    return value;
  }
  return {
    spent: () => spent,
    analyst: {
      fingerprint: inner.fingerprint,
      analyze: (...input) => clocked(() => inner.analyze(...input)),
      diagnose: (...input) => clocked(() => inner.diagnose(...input)),
      propose: (...input) => clocked(() => inner.propose(...input)),
    },
  };
}
