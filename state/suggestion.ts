/**
 * ` (did you mean "x"?)` for the expected word nearest to what was found, when at most two letters differ, case aside; else
 * nothing.
 */
export function suggestionFor(found: string, expected: readonly string[]): string {
  const near = expected
    .map((word) => ({ word, distance: distanceBetween(found.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => word !== found && distance <= Math.min(2, word.length - 2))
    .toSorted((left, right) => left.distance - right.distance)[0];
  return near === undefined ? "" : ` (did you mean "${near.word}"?)`;
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function distanceBetween(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (above[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    above = current;
  }
  return above[right.length] as number;
}
