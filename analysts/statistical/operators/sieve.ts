import { noGain, type Choice, type Contest } from "../contest.ts";
import type { Grade } from "../traits/phrasebook.ts";

/** What a trait that says `grade` and repairs so many cases must gain to win; undefined where it is not even counted. */
type Judge = (fixes: number, grade: Grade) => number | undefined;

/** The same by the number of the grade, judged once until a choice enters the contest; `uncounted` for undefined. */
export type Sieve = (fixes: number, grade: number) => number;

export const uncounted = -1;
const unknown = -2;

export function createSieve({ contest, grades, most }: Sifted, judge: Judge): Sieve {
  const known = new Int32Array(grades.length * (most + 1)).fill(unknown);
  let { best } = contest;
  return (fixes, grade) => {
    if (contest.best !== best) {
      known.fill(unknown);
      best = contest.best;
    }
    const cell = grade * (most + 1) + fixes;
    const least = known[cell] as number;
    if (least !== unknown) return least;
    return (known[cell] = judge(fixes, grades[grade] as Grade) ?? uncounted);
  };
}

interface Sifted {
  contest: Contest;
  grades: readonly Grade[];
  /** No trait repairs more cases. */
  most: number;
}

/** How many cases more than it breaks a choice with at most so many fixes must fix to win; `noGain` where it cannot. */
export function leastGain(
  contest: Contest,
  fixes: number,
  terms: Pick<Choice, "words" | "emptiness" | "isExclusion">,
): number {
  const isHopeful = contest.couldWin({ fixes, breaks: 0, idle: 0 }, terms);
  return isHopeful ? contest.leastGain(terms.words, terms.emptiness) : noGain;
}
