import type { Act, Value } from "../../../agents/procedure/act.ts";
import { perform } from "../../../agents/procedure/perform.ts";
import type { Condition } from "../../../agents/procedure/sentence.ts";
import type { Board } from "../board.ts";
import { markOfLesson } from "../extraction/marks.ts";
import { textItem } from "../extraction/normaliser.ts";
import { isContentWord } from "../readability.ts";
import { always, type Step } from "../listing.ts";
import type { Case } from "../window.ts";

/** Steps with one item more to leave out. */
export interface Lesson {
  readonly steps: readonly Step[];
  /** The id of the line that was added or extended. */
  readonly line: string;
  readonly mark: string;
  readonly words: number;
  /** How the word begins. */
  readonly item: string;
}

interface Doubt {
  readonly item: string;
  readonly each: number;
}

const mostLessons = 60;
const newLineWords = 6;
const mostConditions = 3;

/** Items without which a wrong case would be answered rightly, each as a lesson for the texts it is true of. */
export function lexiconLines(board: Board, steps: readonly Step[], freshId: string): Lesson[] {
  const end = endOf(steps);
  if (end === -1) return [];
  const doubts = board.wrong.flatMap((each) => doubtsOf(board.cases[each] as Case, { steps, end, each }));
  const stemOf = createStems(board.cases);
  const lessons = new Map<string, Lesson>();
  for (const { item, each } of doubts) {
    const word = stemOf(item);
    for (const condition of conditionsFor(board, each, word.slice(0, -1))) {
      const lesson = lessonOf({ steps, end, freshId }, condition, word);
      if (lesson !== undefined && lessons.size < mostLessons) lessons.set(lesson.mark, lesson);
    }
  }
  return [...lessons.values()];
}

/** Each item that is left out, taken back; with the last one its line goes. */
export function unlearned(steps: readonly Step[]): Lesson[] {
  return steps.flatMap((step, place) => {
    const [act, ...rest] = step.acts;
    if (act?.kind !== "ignore") return [];
    return act.items.flatMap((dropped) => {
      if (dropped.kind !== "text") return [];
      const items = act.items.filter((each) => each !== dropped);
      const shorter = { ...step, acts: [{ ...act, items }, ...rest] };
      const changed = items.length === 0 && rest.length === 0 ? steps.toSpliced(place, 1) : steps.with(place, shorter);
      if (items.length === 0 && rest.length > 0) return [];
      const mark = markOfLesson("keep", dropped, step.condition);
      return [{ steps: changed, line: step.id, mark, words: -1, item: dropped.text.replace(/\*$/, "") }];
    });
  });
}

/** Whether leaving out one item of the list that steps work on would make the answer right. */
export function isLexiconGap(given: Case, steps: readonly Step[]): boolean {
  const end = endOf(steps);
  return end !== -1 && doubtsOf(given, { steps, end, each: 0 }).length > 0;
}

/** Where a list becomes something else. */
function endOf(steps: readonly Step[]): number {
  return steps.findIndex(({ acts }) => acts.some(({ kind }) => kind === "add-up" || kind === "count"));
}

/** The words of items of which leaving out one makes the answer right. */
function doubtsOf(
  { text, expected }: Case,
  { steps, end, each }: { steps: readonly Step[]; end: number; each: number },
): Doubt[] {
  const list = valueBefore(steps, end, text);
  if (typeof list !== "object") return [];
  const rest = steps.slice(end).flatMap(({ acts }) => acts);
  return list.flatMap((entry, place) => {
    const { answer } = perform(rest, { value: list.toSpliced(place, 1), names: new Map() });
    if (answer !== expected) return [];
    const word = wordsIn(entry).at(-1);
    return word === undefined ? [] : [{ item: word, each }];
  });
}

function valueBefore(steps: readonly Step[], end: number, text: string): Value {
  let value: Value = text;
  for (const { acts, condition } of steps.slice(0, end)) {
    if (condition.all.length === 0) value = perform(acts, { value, names: new Map() }).value ?? "";
  }
  return value;
}

function wordsIn(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/\p{L}+/gu)
      ?.filter(isContentWord) ?? []
  );
}

/** "drum*" for "drums" where the texts hold both, and for "drum": other endings are the same word. */
function createStems(cases: readonly Case[]): (word: string) => string {
  const known = new Set(cases.flatMap(({ text }) => wordsIn(text)));
  return (word) => {
    const shorter = [word.slice(0, -1), word.slice(0, -2)].find((each) => each.length > 2 && known.has(each));
    return `${shorter ?? word}*`;
  };
}

/**
 * When to leave an item out: where the text mentions a word of this case beside which the item was never rightly kept, best
 * one without which it often was. Always, where no right case holds the item.
 */
function conditionsFor({ cases, wrong }: Board, each: number, stem: string): Condition[] {
  const isWrong = new Set(wrong);
  const right = cases.filter((given, place) => !isWrong.has(place) && hasBeginning(given, stem));
  if (right.length === 0) return [always];
  const words = [...new Set(wordsIn((cases[each] as Case).text))].filter((word) => !word.startsWith(stem));
  return words
    .filter((word) => !right.some(({ body }) => body.phrases.has(word)))
    .map((word) => ({ word, count: cases.filter(({ body }) => body.phrases.has(word)).length }))
    .filter(({ count }) => count > 1)
    .toSorted((left, other) => other.count - left.count)
    .slice(0, mostConditions)
    .map(({ word }) => ({ all: [[{ kind: "mentions", phrases: [word], about: "text" }]], unless: [] }));
}

function hasBeginning({ body }: Case, stem: string): boolean {
  return body.tokens.some((token) => token.startsWith(stem));
}

interface Site {
  steps: readonly Step[];
  end: number;
  freshId: string;
}

function lessonOf({ steps, end, freshId }: Site, condition: Condition, item: string): Lesson | undefined {
  const key = JSON.stringify(condition);
  const stem = item.replace(/\*$/, "");
  const place = steps.findIndex(
    ({ acts, condition: own }) => acts[0]?.kind === "ignore" && JSON.stringify(own) === key,
  );
  const mark = markOfLesson("ignore", textItem(item), condition);
  const old = steps[place];
  if (old === undefined) {
    const acts: Act[] = [{ kind: "ignore", items: [textItem(item)] }];
    const line = { id: freshId, condition, acts, fresh: true };
    const words = newLineWords + 3 * condition.all.length;
    return { steps: steps.toSpliced(end, 0, line), line: freshId, mark, words, item: stem };
  }
  const [act] = old.acts;
  if (act?.kind !== "ignore" || act.items.some((each) => each.kind === "text" && each.text === item)) return undefined;
  const extended = { ...old, acts: [{ ...act, items: [...act.items, textItem(item)] }, ...old.acts.slice(1)] };
  return { steps: steps.with(place, extended), line: old.id, mark, words: 1, item: stem };
}
