import type { Act, Value } from "../../../agents/procedure/grammar/act.ts";
import { textOfValue } from "../../../agents/procedure/perform.ts";
import { textItem } from "../extraction/normaliser.ts";
import { once } from "../../../agents/procedure/once.ts";
import { itemActs } from "./list-acts.ts";
import { valueAfter } from "./lists.ts";
import { createRows } from "./rows.ts";

/** Values by number, equal ones by one; what an act makes of a value is worked out once. */
export interface Values {
  numberOf(text: string): number;
  /** An act that looks for these texts, one object for all that are equal. */
  actOf(kind: "take-after" | "take-before" | "split", texts: readonly string[]): Act;
  /** What an act makes of each value; `nothing` where that is the empty text. */
  after(act: Act): (value: number) => number;
  typeOf(value: number): "text" | "list" | "number";
  /** A value as the text of an answer. */
  textOf(value: number): string;
  /** Code units of a value as an answer. */
  lengthOf(value: number): number;
  /** Whether the value as an answer is this text. */
  isAnswer(value: number, wanted: string): boolean;
  /** Code points of a value that are letters. */
  lettersIn(value: number): number;
  /** How many results are kept. */
  readonly size: number;
}

export const nothing = 0;

const itemwise = new Set(itemActs.map(({ kind }) => kind));

interface Kept {
  readonly value: Value;
  /** Of a list, what its items are as texts. */
  readonly items?: readonly number[];
  /** Code units of the value as an answer. */
  readonly length: number;
  letters?: number;
}

export function createValues(): Values {
  const { at, numberOf, numberOfList, numberOfValue } = createNumbering();
  const acts = new Map<string, Act>();
  let size = 0;
  /** Works out once what an act makes of a value. */
  const kept = (workOut: (act: Act, value: number) => number): Values["after"] => {
    const works = new Map<Act, (value: number) => number>();
    const create = (act: Act): ((value: number) => number) => {
      const known = new Map<number, number>();
      return (value) => {
        const old = known.get(value);
        if (old !== undefined) return old;
        const made = workOut(act, value);
        known.set(value, made);
        size += 1;
        return made;
      };
    };
    return (act) => once(works, act, () => create(act));
  };
  const afterItem = kept((act, item) =>
    numberOf((valueAfter([act], [at(item).value as string]) as readonly string[])[0] as string),
  );
  const after = kept((act, given) => {
    const { value, items } = at(given);
    if (items === undefined || !itemwise.has(act.kind)) return numberOfValue(valueAfter([act], value));
    return numberOfList(items.map(afterItem(act)));
  });
  const typeOf: Values["typeOf"] = (value) => {
    const { value: each } = at(value);
    return typeof each === "object" ? "list" : typeof each === "number" ? "number" : "text";
  };
  const textOf = (value: number): string => textOfValue(at(value).value);
  const lettersIn = (value: number): number => {
    const each = at(value);
    return (each.letters ??=
      each.items === undefined
        ? (String(each.value).match(/\p{L}/gu)?.length ?? 0)
        : each.items.reduce((sum, item) => sum + lettersIn(item), 0));
  };
  return {
    numberOf,
    actOf(kind, texts) {
      const key = JSON.stringify([kind, texts]);
      const act = acts.get(key) ?? { kind, items: texts.map(textItem) };
      acts.set(key, act);
      return act;
    },
    get size() {
      return size;
    },
    after,
    typeOf,
    textOf,
    lengthOf: (value) => at(value).length,
    isAnswer: (value, wanted) => at(value).length === wanted.length && textOf(value) === wanted,
    lettersIn,
  };
}

/** Gives equal values one number; the empty text is `nothing`. */
function createNumbering() {
  const kept: Kept[] = [{ value: "", length: 0 }];
  const texts = new Map<string, number>([["", nothing]]);
  const numbers = new Map<string, number>();
  const rows = createRows();
  const lists: number[] = [];
  const keep = (each: Kept): number => kept.push(each) - 1;
  const at = (value: number): Kept => kept[value] as Kept;
  const numberOf = (text: string): number => {
    const known = texts.get(text) ?? keep({ value: text, length: text.length });
    texts.set(text, known);
    return known;
  };
  const numberOfList = (items: readonly number[]): number => {
    const row = rows.numberOf(items);
    return (lists[row] ??= keep({
      value: items.map((item) => at(item).value as string),
      items,
      length: items.reduce((sum, item) => sum + at(item).length, Math.max(0, items.length - 1)),
    }));
  };
  const numberOfValue = (value: Value): number => {
    if (typeof value === "string") return numberOf(value);
    if (typeof value === "object") return numberOfList(value.map(numberOf));
    // As JSON, which has one word for all that is not finite.
    const key = JSON.stringify(value);
    const known = numbers.get(key) ?? keep({ value, length: String(value).length });
    numbers.set(key, known);
    return known;
  };
  return { at, numberOf, numberOfList, numberOfValue };
}
