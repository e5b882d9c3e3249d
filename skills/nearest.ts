import { markdownLines } from "./lines.ts";

export interface NearLine {
  readonly text: string;
  readonly line: number;
  /** Dice coefficient of the letter pairs, in 0..1; 1 is alike but for case and white space. */
  readonly likeness: number;
}

const maxLines = 5_000;
const maxCharacters = 200;
const minLikeness = 0.4;

/** The line most like the first line of the wanted text; undefined where none of the first 5,000 is like it. */
export function nearestLine(text: string, wanted: string): NearLine | undefined {
  const first = wanted.split("\n").find((line) => line.trim() !== "");
  if (first === undefined) return undefined;
  const pairs = letterPairs(first);
  let nearest: NearLine | undefined;
  for (const { text: content, line } of markdownLines(text)) {
    if (line > maxLines) break;
    const likeness = dice(pairs, letterPairs(content));
    if (likeness >= minLikeness && likeness > (nearest?.likeness ?? 0)) nearest = { text: content, line, likeness };
  }
  return nearest;
}

function letterPairs(line: string): Map<string, number> {
  const letters = line.slice(0, maxCharacters).toLowerCase().replaceAll(/\s+/g, " ").trim();
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < letters.length; at += 1) {
    const pair = letters.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Sørensen-Dice coefficient of two multisets. */
function dice(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let shared = 0;
  let size = 0;
  for (const [pair, count] of left) {
    shared += Math.min(count, right.get(pair) ?? 0);
    size += count;
  }
  for (const count of right.values()) size += count;
  return size === 0 ? 0 : (2 * shared) / size;
}
