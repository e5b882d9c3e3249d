import { once } from "../../../agents/procedure/once.ts";
import { probeFor } from "../../../agents/procedure/probe.ts";
import { endActs, itemActs } from "./list-acts.ts";
import type { Values } from "./values.ts";

/** What has a digit may be counted, added up or read from words; these are sums as well. */
const numeric = /\d|^-?Infinity$|^NaN$/;
/**
 * A letter whose small form is a letter and a mark, and the iota, which a mark of the same sound is found at: acts may cut
 * words at them.
 */
const odd = /\u0130|\u0345|\u0399|\u03b9|\u1fbe/u;
const ascii = /^[\0-\x7f]*$/;
/** Beyond this a sum may depend on the order of what is added. */
const exact = 1e6;

type Outlook = (value: number) => boolean;

/**
 * Whether the acts of pipelines may make an answer of a value. An answer with digits may come of any text, and of lists that are as long as it or add up or
 * count to it. For others no act cuts or changes a word, but for its capitals: a text must have all words of the answer, and a list, of which nothing
 * is left out any more, as many letters.
 */
export function createOutlooks(values: Values): (wanted: string) => Outlook {
  const outcomesOf = createOutcomes(values);
  return (wanted) =>
    numeric.test(wanted) || odd.test(wanted) ? numericOutlook(wanted, values, outcomesOf) : wordOutlook(wanted, values);
}

function numericOutlook(wanted: string, values: Values, outcomesOf: (list: number) => readonly number[]): Outlook {
  const mayBe: Outlook = (value) =>
    values.typeOf(value) === "number"
      ? values.isAnswer(value, wanted) || Math.abs(Number(values.textOf(value))) > exact
      : values.lengthOf(value) === wanted.length;
  return (value) => {
    const type = values.typeOf(value);
    if (type === "list") return outcomesOf(value).some(mayBe);
    return type === "text" || values.isAnswer(value, wanted);
  };
}

/** All that acts on lists come to from a list, the list itself too; one list for all orders of its items. */
function createOutcomes({ after, typeOf, textOf }: Values): (list: number) => readonly number[] {
  const outcomes = new Map<number, readonly number[]>();
  const create = (list: number): readonly number[] => {
    const isAscii = ascii.test(textOf(list));
    // Capitals of these change no number and no length.
    const acts = [...itemActs.filter(({ kind }) => kind !== "lower-case" || !isAscii), ...endActs];
    const reached = new Set([list]);
    for (const value of reached) {
      if (typeOf(value) === "list") for (const act of acts) reached.add(after(act)(value));
    }
    return [...reached];
  };
  return (list) => once(outcomes, list, create);
}

function wordOutlook(wanted: string, values: Values): Outlook {
  const answer = values.numberOf(wanted);
  const letters = values.lettersIn(answer);
  const words = [...new Set(wanted.match(/\p{L}+/gu))].map(probeFor);
  return (value) => {
    const type = values.typeOf(value);
    if (type === "number") return false;
    if (type === "list") return values.lettersIn(value) === letters;
    const text = values.textOf(value);
    return odd.test(text) || words.every((word) => word.find(text, 0) !== undefined);
  };
}
