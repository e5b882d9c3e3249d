import { stdoutColors as pc } from "./colors.ts";

/** Columns with their heads in the first row: the first `left` columns to the left, the others, which are figures, to the right. */
export function table(rows: ReadonlyArray<readonly string[]>, { left }: { left: number }): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] as number;
      return column < left ? cell.padEnd(width) : cell.padStart(width);
    });
    const line = cells.join("  ").trimEnd();
    return index === 0 ? pc.dim(line) : line;
  });
  return `${lines.join("\n")}\n`;
}
