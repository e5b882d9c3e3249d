import type { Act, Item, Value } from "../../../agents/procedure/grammar/act.ts";
import { compileCondition } from "../../../agents/procedure/compile.ts";
import { holdsItem } from "../../../agents/procedure/items.ts";
import { readMessage, type Message } from "../../../agents/procedure/message.ts";
import { PatternError } from "../../../agents/procedure/patterns/pattern.ts";
import { perform, textOfValue, type Performance } from "../../../agents/procedure/perform.ts";
import type { Step } from "../listing.ts";
import type { Case } from "../window.ts";

export const noNames = new Map<string, Value>();
const nothing: Performance = { value: undefined, names: noNames, leanings: [] };

/** What acts make of a value; nothing also where a pattern is one that may not run. */
export function tryActs(acts: readonly Act[], value: Value): Performance {
  try {
    return perform(acts, { value, names: noNames });
  } catch (error) {
    if (error instanceof PatternError) return nothing;
    throw error;
  }
}

/** What the section Extract makes of a text with these acts; undefined where they find nothing. */
export function extract(acts: readonly Act[], text: string): string | undefined {
  const { value } = tryActs(acts, text);
  const found = value === undefined ? "" : textOfValue(value);
  return found === "" && acts[0]?.kind !== "answer" ? undefined : found;
}

/** What the section Steps answers for a text, line after line; undefined where it does not come to an answer. */
export function follow(steps: readonly Step[], each: Case): string | undefined {
  const end = goThrough(steps, each, each.text);
  return typeof end === "object" && "answer" in end ? end.answer : undefined;
}

/** The value that lines make of a value, one after the other; or the answer, where one of them gives it. */
export function goThrough(
  steps: readonly Step[],
  { body, message }: Case,
  start: Value,
): Value | { readonly answer: string } {
  let value = start;
  const about = (name: string): Message => (name === "text" ? body : message.about(name));
  for (const { condition, acts } of steps) {
    if (condition.all.length > 0 && !compileCondition(condition)(readMessage(textOfValue(value)), about)) continue;
    const [first] = acts;
    const isSifted = first?.kind === "ignore" && Array.isArray(value);
    const done = isSifted
      ? tryActs(acts.slice(1), sift(value as readonly string[], first.items))
      : tryActs(acts, value);
    if (done.answer !== undefined) return { answer: done.answer };
    value = done.value ?? "";
  }
  return value;
}

const mostSifted = 300_000;
const sifted = new Map<string, boolean>();

/** The list without what holds one of the items; each item is looked for in each text once. */
function sift(list: readonly string[], items: readonly Item[]): readonly string[] {
  return list.filter((text) => !items.some((item) => isIn(text, item)));
}

function isIn(text: string, item: Item): boolean {
  if (item.kind !== "text") return holdsItem(text, [item], noNames);
  const key = `${item.text}\n${text}`;
  const known = sifted.get(key) ?? holdsItem(text, [item], noNames);
  if (sifted.size >= mostSifted) sifted.clear();
  sifted.set(key, known);
  return known;
}
