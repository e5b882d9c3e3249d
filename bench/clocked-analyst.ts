import type { Analyst } from "../analysts/analyst.ts";

/** Milliseconds of CPU this process has used since `from`, user and system. */
export function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** An analyst with a clock: its parts compute without waiting, so the CPU time used meanwhile is theirs. */
export function createClockedAnalyst(inner: Analyst): { analyst: Analyst; spent(): number } {
  let [spent, open] = [0, 0];
  let from = process.cpuUsage();
  /** Several proposals may be under way at once; the time in which any of them is counts once. */
  async function clocked<Value>(work: () => Promise<Value>): Promise<Value> {
    if (open === 0) from = process.cpuUsage();
    open += 1;
    try {
      return await work();
    } finally {
      open -= 1;
      if (open === 0) spent += cpuSince(from);
    }
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

/**
 * An analyst that is asked everything a second analyst is asked too, each with a clock, in turn first and second: whoever comes second pays for
 * collecting the garbage of both. What it answers counts; `differing` is how many of its answers were not, as JSON, what the second one answered.
 */
export function createPairedAnalyst(analyst: Analyst, base: Analyst) {
  const [now, before] = [createClockedAnalyst(analyst), createClockedAnalyst(base)];
  let [answers, differing] = [0, 0];
  async function paired<Value>(ask: (one: Analyst) => Promise<Value>): Promise<Value> {
    answers += 1;
    const isFirst = answers % 2 === 1;
    const early = isFirst ? undefined : await ask(before.analyst);
    const value = await ask(now.analyst);
    const other = early ?? (await ask(before.analyst));
    if (JSON.stringify(value) !== JSON.stringify(other)) differing += 1;
    return value;
  }
  return {
    analyst: {
      fingerprint: analyst.fingerprint,
      analyze: (...input: Parameters<Analyst["analyze"]>) => paired((one) => one.analyze(...input)),
      diagnose: (...input: Parameters<Analyst["diagnose"]>) => paired((one) => one.diagnose(...input)),
      propose: (...input: Parameters<Analyst["propose"]>) => paired((one) => one.propose(...input)),
    },
    spent: now.spent,
    spentByBase: before.spent,
    compared: () => ({ answers, differing }),
  };
}
