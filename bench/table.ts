import type { Estimate } from "./interval.ts";
import type { PairedDifference } from "./statistics.ts";

/** A Markdown table on stdout. */
export function printTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  process.stdout.write(`${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

/** The mean alone where there is no interval. */
export function showEstimate({ mean, half }: Estimate, digits = 3): string {
  if (Number.isNaN(mean)) return "-";
  return Number.isNaN(half) ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

/** With its sign, and whether the interval leaves out 0. */
export function showDifference(difference: PairedDifference, digits = 3): string {
  if (difference.pairs === 0) return "-";
  const sign = difference.mean > 0 ? "+" : "";
  return `${sign}${showEstimate(difference, digits)}${difference.isSeparable ? "" : " (not separable)"}`;
}

export function showCount(count: number): string {
  return count.toLocaleString("en-US");
}
