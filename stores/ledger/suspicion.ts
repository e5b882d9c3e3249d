import { z } from "zod";

/**
 * What is noted of an attempt that has begun, and of a task whose attempt never came to an end. `phase` is what went on when
 * the note was written: `together` with others, `quiet` before a try alone, `alone`, or nothing (`waiting`).
 */
export const Suspicion = z.strictObject({
  phase: z.enum(["together", "quiet", "alone", "waiting"]),
  /** How often in a row the process ended while the task ran alone. */
  ends: z.int().nonnegative(),
  /** The longest that a try alone may have lasted before the end, in milliseconds. */
  longest: z.number().nonnegative(),
  /** Attempts of other tasks that came to an end since, and quiet times survived where no other task is suspected. */
  others: z.int().nonnegative(),
  /** Proofs that something else ends the process: it ended while nothing ran, or while a task ran alone that later came to an end. */
  outside: z.int().nonnegative(),
  /** The process that wrote the note. */
  process: z.string(),
});
export type Suspicion = z.infer<typeof Suspicion>;

/** Ends of the process, while it ran alone, that a task is held for at the least. */
const fewest = 3;

/** How likely so many ends in a row may be where the task is as harmless as the others. */
const mostLikely = 0.001;

/** A quiet time lasts so many times as long as the longest try did before the process ended, in milliseconds at most. */
const quietFactor = 20;
const longestQuiet = 600_000;

/**
 * What is left of a note of an earlier session; undefined where nothing is suspected. A process that lives has not ended: a fault of the
 * store cut the attempt short.
 */
export function noteLeft(note: Suspicion, livingProcess: string): Suspicion | undefined {
  const left: Suspicion = { ...note, phase: "waiting" };
  if (note.process === livingProcess) return note.phase === "together" ? undefined : left;
  if (note.phase === "alone") return { ...left, ends: note.ends + 1 };
  return note.phase === "quiet" ? { ...left, ends: 0, outside: note.outside + 1 } : left;
}

/**
 * Whether the task is what ends the process. If it were as harmless as the others, a try alone would be cut short as often as
 * theirs: proofs of an outside cause against attempts that came to an end.
 */
export function isGuilty({ ends, others, outside }: Suspicion): boolean {
  const chance = (outside + 1) / (outside + others + 1);
  return ends >= fewest + outside && chance ** ends <= mostLikely;
}

/** How long nothing runs before the next try alone, in milliseconds. */
export function quietBefore({ ends, longest }: Suspicion): number {
  return ends === 0 ? 0 : Math.min(longestQuiet, quietFactor * longest);
}
