/** A program on the plane of accuracy against length. */
export interface Sized {
  words: number;
  score: number;
}

/** The programs that no other beats in both, shortest first: each longer one scores more. */
export function frontOf(programs: readonly Sized[]): Sized[] {
  const front: Sized[] = [];
  for (const program of programs.toSorted((a, b) => a.words - b.words || b.score - a.score)) {
    if (program.score > (front.at(-1)?.score ?? Number.NEGATIVE_INFINITY)) front.push(program);
  }
  return front;
}

/** The best score among programs of at most so many words; 0 where there is none. */
export function bestWithin(programs: readonly Sized[], words: number): number {
  return Math.max(0, ...programs.filter((program) => program.words <= words).map(({ score }) => score));
}

/** Mean of `bestWithin` over lengths from 0 to `words`: the area under the front, in 0..1. */
export function areaUnderFront(programs: readonly Sized[], words: number): number {
  const front = frontOf(programs).filter((program) => program.words < words);
  const area = front.reduce(
    (sum, { words: from, score }, index) => sum + score * ((front[index + 1]?.words ?? words) - from),
    0,
  );
  return area / words;
}
