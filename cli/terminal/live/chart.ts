import type { Outcome } from "../../../runs/words.ts";
import { formatScore } from "../progress.ts";
import type { LivePoint } from "./live-state.ts";

/** A piece of a line; `mark` says how it may be painted. */
export interface Piece {
  text: string;
  mark?: Outcome | "faint" | "strong";
}

const legend = "● accepted  · not accepted";
const height = 5;
const labelWidth = 6;

/**
 * The scores of generations as text: a column a generation, the last ones where there are too many. The mark of a generation
 * stands at the score of the head after it: ● where its candidate was accepted, · where it was not. Nothing without a score.
 */
export function drawChart(points: readonly LivePoint[], width: number): Piece[][] {
  const room = Math.max(1, width - labelWidth);
  const step = points.length * 2 <= room ? 2 : 1;
  const shown = points.slice(-Math.floor(room / step));
  const scores = shown.flatMap(({ score }) => score ?? []);
  if (scores.length === 0) return [];
  const [low, high] = spread(Math.min(...scores), Math.max(...scores));
  const rowOf = (score: number) => Math.round(((high - score) / (high - low)) * (height - 1));
  const rows = Array.from({ length: height }, (_, row): Piece[] => {
    const label = row === 0 ? formatScore(high) : row === height - 1 ? formatScore(low) : "    ";
    const marks = shown.map(({ score, isAccepted }): Piece => {
      if (score === null || rowOf(score) !== row) return { text: " ".repeat(step) };
      const text = `${isAccepted ? "●" : "·"}${" ".repeat(step - 1)}`;
      return { text, mark: isAccepted ? "accepted" : "rejected" };
    });
    return [{ text: `${label} ┤`, mark: "faint" }, ...marks];
  });
  return [...rows, [{ text: `${axis(shown, step)}   ${legend}`, mark: "faint" }]];
}

/** Equal scores stand in the middle of a little room. */
function spread(low: number, high: number): [low: number, high: number] {
  return high - low >= 0.01 ? [low, high] : [Math.max(0, low - 0.05), Math.min(1, high + 0.05)];
}

function axis(shown: readonly LivePoint[], step: number): string {
  const [first, last] = [shown[0]?.generation ?? 0, shown.at(-1)?.generation ?? 0];
  const start = `${" ".repeat(labelWidth)}${first}`;
  const at = labelWidth + (shown.length - 1) * step + 1 - String(last).length;
  return at > start.length ? `${start.padEnd(at)}${last}` : start;
}
