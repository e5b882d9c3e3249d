import { permutation, type Draw } from "../../state/draw.ts";

/**
 * A line may have so much of the weight of a task's words before it is tested, of a task with at least so many different words; so many of them
 * must be in no other task: a rule of what several tasks share is vocabulary, even if one of them has hardly any other words.
 */
const least = { share: 0.7, words: 8, own: 2 };
/** Shuffles of the tasks' words: with 199 none of which does as well, p = 1 / 200 < .01. */
const shuffles = 199;
/** So many words of all tasks are shuffled; beyond that, the first tasks stand for all. */
const mostShuffled = 20_000;

/**
 * The task whose rare words a line repeats more than chance explains; undefined if there is none. The score of a task is the share of the
 * inverse document frequency of its words that the line has. It is compared with the best score of the same line over tasks whose words are
 * shuffled among them, and tested at p < .01 (overlap score with a permutation test; method [S], floors of .7, 8 words and 2 words of its own [R]).
 * A line that fits several tasks is vocabulary.
 */
export function createOverlap(tasks: ReadonlyArray<readonly string[]>) {
  const sets = tasks.map((words) => [...new Set(words)]);
  const counts = new Map<string, number>();
  for (const set of sets) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weightOf = (word: string) => Math.log((sets.length + 1) / (counts.get(word) ?? 0.5));
  const weights = sets.map((set) => set.map(weightOf));
  const totals = weights.map((list) => list.reduce((sum, weight) => sum + weight, 0));

  return (line: readonly string[], draw: Draw): number | undefined => {
    const own = new Set(line);
    const scores = sets.map((set, task) =>
      set.length < least.words || totals[task] === 0
        ? 0
        : set.reduce((sum, word, at) => sum + (own.has(word) ? (weights[task]?.[at] as number) : 0), 0) /
          (totals[task] as number),
    );
    const over = [...scores.keys()].filter((task) => (scores[task] as number) >= least.share);
    const [found] = over;
    if (found === undefined || over.length > 1) return undefined;
    const alone = (sets[found] as string[]).filter((word) => own.has(word) && counts.get(word) === 1);
    if (alone.length < least.own) return undefined;
    return isChance(scores[found] as number, { sets, own, weightOf, draw }) ? undefined : found;
  };
}

interface Shuffling {
  sets: ReadonlyArray<readonly string[]>;
  own: ReadonlySet<string>;
  weightOf(word: string): number;
  draw: Draw;
}

/** Whether one of the shuffled sets of tasks has a task that the line fits as well. */
function isChance(score: number, { sets, own, weightOf, draw }: Shuffling): boolean {
  let size = 0;
  const kept = sets.filter((set) => (size += set.length) <= mostShuffled || size === set.length);
  const pool = kept.flat();
  const weights = pool.map(weightOf);
  const hits = pool.map((word, at) => (own.has(word) ? (weights[at] as number) : 0));
  for (let shuffle = 0; shuffle < shuffles; shuffle += 1) {
    const seed = draw(shuffle);
    const order = permutation(pool.length, (index) => mixed(seed, index));
    let at = 0;
    for (const set of kept) {
      let [hit, total] = [0, 0];
      for (const end = at + set.length; at < end; at += 1) {
        hit += hits[order[at] as number] as number;
        total += weights[order[at] as number] as number;
      }
      if (set.length >= least.words && hit >= score * total) return true;
    }
  }
  return false;
}

/** Numbers of one shuffle from its draw: a hash for each word would take longer than all the rest. */
function mixed(seed: number, index: number): number {
  let state = (Math.floor(seed * 2 ** 32) + Math.imul(index + 1, 0x9e3779b9)) | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}
