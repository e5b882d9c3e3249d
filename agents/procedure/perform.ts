import type { Act, Choice, Item, Value } from "./grammar/act.ts";
import { firstNumber, formatDecimal, numbersIn, sumOf } from "./decimal.ts";
import { findFirstItem, findItems, holdsItem, type Names } from "./items.ts";
import { readItemNumber, readNumberWords } from "./number-words.ts";

export interface Start {
  readonly value: Value;
  readonly names: Names;
}

/** A clue: how much a sentence speaks for a label. */
interface Leaning {
  readonly label: string;
  readonly weight: number;
}

/** What acts came to. `value` is undefined where one of them found nothing: the acts after it were not performed. */
export interface Performance {
  readonly value: Value | undefined;
  /** The names it started with and those the acts gave. */
  readonly names: Names;
  /** What was answered; the acts after it were not performed. */
  readonly answer?: string;
  readonly leanings: readonly Leaning[];
  /** The step to go on with, or the end of the section. */
  readonly next?: number | "stop";
}

/**
 * Performs acts one after the other, each on what the one before it made. Pure: the same acts on the same start
 * always come to the same.
 */
export function perform(acts: readonly Act[], { value: start, names: known }: Start): Performance {
  let value = start;
  let names = known;
  const leanings: Leaning[] = [];
  for (const act of acts) {
    if (act.kind === "lean") leanings.push({ label: act.label, weight: act.weight });
    else if (act.kind === "stop") return { value, names, leanings, next: "stop" };
    else if (act.kind === "go") return { value, names, leanings, next: act.step };
    else {
      const made = isAnswer(act) ? answerOf(act, { value, names }) : apply(act, { value, names });
      if (made === undefined) return { value: undefined, names, leanings };
      if (isAnswer(act)) return { value: made, names, leanings, answer: textOfValue(made) };
      value = made;
      if ("name" in act && act.kind !== "use" && act.name !== undefined) names = new Map(names).set(act.name, value);
    }
  }
  return { value, names, leanings };
}

/** A value as the text of an answer: a list with a space between its items, a number in plain digits. */
export function textOfValue(value: Value): string {
  return typeof value === "object" ? value.join(" ") : String(value);
}

type Answer = Extract<Act, { kind: "answer" | "answer-it" | "answer-sum" | "answer-name" }>;
type Change = Exclude<Act, Answer | { kind: "lean" | "stop" | "go" }>;

function isAnswer(act: Act): act is Answer {
  return act.kind.startsWith("answer");
}

function answerOf(act: Answer, { value, names }: Start): Value | undefined {
  if (act.kind === "answer") return act.text;
  if (act.kind === "answer-name") return names.get(act.name);
  return act.kind === "answer-it" ? value : addUp(value);
}

function apply(act: Change, { value, names }: Start): Value | undefined {
  switch (act.kind) {
    case "take":
      return take(act, { value, names });
    case "take-after":
    case "take-before":
    case "take-between":
      return eachFound(value, (text) => takePart(text, act, names));
    case "use":
      return names.get(act.name);
    case "remove":
      return each(value, (text) => replaceItems(text, { ...act, text: "" }, names));
    case "replace":
      return each(value, (text) => replaceItems(text, act, names));
    case "ignore":
      return typeof value === "object"
        ? value.filter((item) => !holdsItem(item, act.items, names))
        : replaceItems(String(value), { ...act, text: " " }, names)
            .replaceAll(/\s+/g, " ")
            .trim();
    case "keep":
      return keep(value, act.items, names);
    case "split":
      return textsOf(value).flatMap((text) => splitAt(text, act.items, names));
    default:
      return reshape(act, value);
  }
}

type Reshape = Exclude<Change, { items: readonly Item[] } | { from: Item } | { kind: "use" }>;

/** The acts that look for no items. */
function reshape(act: Reshape, value: Value): Value | undefined {
  switch (act.kind) {
    case "remove-spaces":
      return each(value, (text) => text.replaceAll(/\s+/g, ""));
    case "remove-outer-punctuation":
      return each(value, bare);
    case "lower-case":
      return each(value, (text) => text.toLowerCase());
    case "number-words":
      return each(value, typeof value === "object" ? readItemNumber : readNumberWords);
    case "split-words":
      return textsOf(value).flatMap((text) => text.split(/\s+/).filter((word) => word !== ""));
    case "sort":
      return sorted(textsOf(value));
    case "count":
      return textsOf(value).length;
    case "add-up":
      return addUp(value);
    case "join":
      return textsOf(value).join(act.text);
    case "format":
      return eachFound(value, (text) => formatDecimal(text, act.decimals));
  }
}

/** Without the punctuation and spaces around it. */
function bare(text: string): string {
  let end = text.length;
  while (end > 0 && punctuation.test(text[end - 1] as string)) end -= 1;
  let start = 0;
  while (start < end && punctuation.test(text[start] as string)) start += 1;
  return text.slice(start, end);
}

const punctuation = /[\p{P}\s]/u;

function textsOf(value: Value): readonly string[] {
  if (typeof value === "object") return value;
  return value === "" ? [] : [String(value)];
}

function each(value: Value, change: (text: string) => string): Value {
  return typeof value === "object" ? value.map(change) : change(String(value));
}

/** Items of a list that come to nothing are dropped; nothing is left of an empty list. */
function eachFound(value: Value, change: (text: string) => string | undefined): Value | undefined {
  if (typeof value !== "object") return change(String(value));
  const found = value.map(change).filter((text) => text !== undefined);
  return found.length === 0 ? undefined : found;
}

function take({ choice, items }: Extract<Act, { kind: "take" }>, { value, names }: Start): Value | undefined {
  if (choice === "first" && items.length > 0) return takeFirst(textsOf(value), items, names);
  const found =
    items.length === 0
      ? textsOf(value)
      : textsOf(value).flatMap((text) => findItems(text, items, names).map((match) => match.text));
  return found.length === 0 ? undefined : choose(found, choice);
}

function takeFirst(texts: readonly string[], items: readonly Item[], names: Names): string | undefined {
  for (const text of texts) {
    const match = findFirstItem(text, items, names);
    if (match !== undefined) return match.text;
  }
  return undefined;
}

function choose(found: readonly string[], choice: Choice): Value | undefined {
  if (choice === "all") return found;
  if (choice === "first") return found[0];
  if (choice === "last") return found.at(-1);
  if (choice === "only") return found.length === 1 ? found[0] : undefined;
  const sign = choice === "largest" ? 1 : -1;
  let best: { text: string; size: number } | undefined;
  for (const text of found) {
    const number = firstNumber(text);
    const size = sign * (number ?? 0);
    if (number !== undefined && (best === undefined || size > best.size)) best = { text, size };
  }
  return best?.text;
}

type TakePart = Extract<Act, { kind: "take-after" | "take-before" | "take-between" }>;

/** Up to, from, or between the first places the marks are found at; trimmed. Undefined where nothing is there. */
function takePart(text: string, act: TakePart, names: Names): string | undefined {
  const mark = findFirstItem(text, act.kind === "take-between" ? itemsOf(act.from) : act.items, names);
  if (mark === undefined) return undefined;
  if (act.kind === "take-before") return text.slice(0, mark.start).trim() || undefined;
  const rest = text.slice(mark.end);
  if (act.kind !== "take-between") return rest.trim() || undefined;
  const close = findFirstItem(rest, itemsOf(act.to), names);
  return close === undefined ? undefined : rest.slice(0, close.start).trim() || undefined;
}

const lists = new WeakMap<Item, readonly Item[]>();

/** An item as a list of one, the same list each time. */
function itemsOf(item: Item): readonly Item[] {
  const list = lists.get(item) ?? [item];
  lists.set(item, list);
  return list;
}

function replaceItems(text: string, act: { items: readonly Item[]; text: string }, names: Names): string {
  const matches = findItems(text, act.items, names);
  if (matches.length === 0) return text;
  let made = "";
  let at = 0;
  for (const { start, end } of matches) {
    made += text.slice(at, start) + act.text;
    at = end;
  }
  return made + text.slice(at);
}

function keep(value: Value, items: readonly Item[], names: Names): Value {
  if (typeof value === "object") return value.filter((item) => holdsItem(item, items, names));
  return findItems(String(value), items, names)
    .map(({ text }) => text)
    .join("");
}

function splitAt(text: string, items: readonly Item[], names: Names): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of findItems(text, items, names)) {
    parts.push(text.slice(at, start));
    at = end;
  }
  return [...parts, text.slice(at)].map((part) => part.trim()).filter((part) => part !== "");
}

/** Of a list the first number of each item, of a text all its numbers. Undefined where there is none. */
function addUp(value: Value): number | undefined {
  const numbers =
    typeof value === "object"
      ? value.map(firstNumber).filter((number) => number !== undefined)
      : numbersIn(String(value));
  return numbers.length === 0 ? undefined : sumOf(numbers);
}

/** By letters without capitals, then by code unit. */
function sorted(texts: readonly string[]): string[] {
  return texts
    .map((text) => ({ text, small: text.toLowerCase() }))
    .toSorted((left, right) => compare(left.small, right.small) || compare(left.text, right.text))
    .map(({ text }) => text);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
