import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import type { Board } from "../board.ts";
import type { Step } from "../listing.ts";
import type { Case } from "../window.ts";
import { lessonOf, type Lesson } from "./lexicon.ts";
import { contentWordsIn, createStems, endOf, listAfter } from "./lists.ts";

const leastTexts = 3;
const mostKinds = 12;
const mostItems = 60;

/**
 * A word of the text may say which items of a list count: where it is mentioned, every item is left out that counts in right
 * answers to other texts and in none to a text that mentions it. One lesson for each such word of a wrong case.
 */
export function kindLessons(board: Board, steps: readonly Step[], freshId: string): Lesson[] {
  const end = endOf(steps);
  if (end === -1) return [];
  const isWrong = new Set(board.wrong);
  const stemOf = createStems(board.cases);
  const counted = board.cases.flatMap((each, place) =>
    isWrong.has(place) ? [] : [{ each, items: itemsIn(each, steps.slice(0, end)).map(stemOf) }],
  );
  const all = new Set(counted.flatMap(({ items }) => items));
  return kindsIn(board).flatMap((kind) => {
    const own = new Set(counted.filter(({ each }) => each.body.phrases.has(kind)).flatMap(({ items }) => items));
    const others = [...all].filter((item) => !own.has(item) && !item.startsWith(kind)).slice(0, mostItems);
    if (own.size === 0 || others.length === 0) return [];
    const condition: Condition = { all: [[{ kind: "mentions", phrases: [kind], about: "text" }]], unless: [] };
    return lessonOf({ steps, end, freshId }, condition, others.toSorted()) ?? [];
  });
}

/** What each item of the list is, as its last word. */
function itemsIn(each: Case, steps: readonly Step[]): string[] {
  return listAfter(steps, each).flatMap((item) => contentWordsIn(item.split(/[.?!]/)[0] ?? "").at(-1) ?? []);
}

/** Words of wrong cases that enough texts mention, the most common first. */
function kindsIn({ cases, wrong }: Board): string[] {
  const counts = new Map<string, number>();
  const words = new Set(wrong.flatMap((place) => contentWordsIn((cases[place] as Case).text)));
  for (const word of words) counts.set(word, cases.filter(({ body }) => body.phrases.has(word)).length);
  return [...counts]
    .filter(([, count]) => count >= leastTexts && count < cases.length)
    .toSorted(([one, left], [other, right]) => right - left || (one < other ? -1 : 1))
    .slice(0, mostKinds)
    .map(([word]) => word);
}
