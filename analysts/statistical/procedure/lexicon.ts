import type { Act } from "../../../agents/procedure/grammar/act.ts";
import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { textOfValue } from "../../../agents/procedure/perform.ts";
import type { Board } from "../board.ts";
import { markOfLesson } from "../extraction/marks.ts";
import { textItem } from "../extraction/normaliser.ts";
import { always, type Step } from "../listing.ts";
import type { Case } from "../window.ts";
import { contentWordsIn, createStems, endOf, listAfter, unconditional, valueAfter } from "./lists.ts";

/** Steps with other items to leave out. */
export interface Lesson {
  readonly steps: readonly Step[];
  /** The id of the line that was added or changed. */
  readonly line: string;
  readonly condition: Condition;
  /** What it changes, one mark an item. */
  readonly marks: readonly string[];
  readonly words: number;
  /** How the words of the items begin. */
  readonly items: readonly string[];
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
      const lesson = lessonOf({ steps, end, freshId }, condition, [word]);
      if (lesson !== undefined && lessons.size < mostLessons) lessons.set(lesson.marks.join(), lesson);
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
      return [
        {
          steps: changed,
          line: step.id,
          condition: step.condition,
          marks: [mark],
          words: -1,
          items: [beginningOf(dropped.text)],
        },
      ];
    });
  });
}

/** Whether leaving out one item of the list that steps work on would make the answer right. */
export function isLexiconGap(given: Case, steps: readonly Step[]): boolean {
  const end = endOf(steps);
  return end !== -1 && doubtsOf(given, { steps, end, each: 0 }).length > 0;
}

/** The words of items of which leaving out one makes the answer right. */
function doubtsOf(given: Case, { steps, end, each }: { steps: readonly Step[]; end: number; each: number }): Doubt[] {
  const list = listAfter(unconditional(steps.slice(0, end)), given);
  const rest = steps.slice(end).flatMap(({ acts }) => acts);
  return list.flatMap((entry, place) => {
    if (textOfValue(valueAfter(rest, list.toSpliced(place, 1))) !== given.expected) return [];
    const word = contentWordsIn(entry).at(-1);
    return word === undefined ? [] : [{ item: word, each }];
  });
}

/**
 * When to leave an item out: where the text mentions a word of this case beside which the item was never rightly kept, best
 * one without which it often was. Always, where no right case holds the item.
 */
function conditionsFor({ cases, wrong }: Board, each: number, stem: string): Condition[] {
  const isWrong = new Set(wrong);
  const right = cases.filter((given, place) => !isWrong.has(place) && hasBeginning(given, stem));
  if (right.length === 0) return [always];
  const words = [...new Set(contentWordsIn((cases[each] as Case).text))].filter((word) => !word.startsWith(stem));
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

/** The lesson to leave out some items more under a condition; undefined where all of them are left out already. */
export function lessonOf({ steps, end, freshId }: Site, condition: Condition, words: readonly string[]) {
  const key = JSON.stringify(condition);
  const place = steps.findIndex(
    ({ acts, condition: own }) => acts[0]?.kind === "ignore" && JSON.stringify(own) === key,
  );
  const old = steps[place];
  const known = old?.acts[0]?.kind === "ignore" ? old.acts[0].items : [];
  const items = words.filter((word) => !known.some((item) => item.kind === "text" && item.text === word)).map(textItem);
  if (items.length === 0) return undefined;
  const act: Act = { kind: "ignore", items: [...known, ...items] };
  const line =
    old === undefined
      ? { id: freshId, condition, acts: [act], fresh: true }
      : { ...old, acts: [act, ...old.acts.slice(1)] };
  const lesson: Lesson = {
    steps: old === undefined ? steps.toSpliced(end, 0, line) : steps.with(place, line),
    line: line.id,
    condition,
    marks: items.map((item) => markOfLesson("ignore", item, condition)),
    words: items.length + (old === undefined ? newLineWords - 1 + 3 * condition.all.length : 0),
    items: items.map(({ text }) => beginningOf(text)),
  };
  return lesson;
}

function beginningOf(item: string): string {
  return item.replace(/\*$/, "");
}
