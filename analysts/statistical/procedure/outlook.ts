import { probeFor } from "../../../agents/procedure/probe.ts";
import type { Values } from "./values.ts";

/** What has a digit may be counted, added up or read from words; these two are sums as well. */
const numeric = /\d|^-?Infinity$|^NaN$/;
/**
 * A letter whose small form is a letter and a mark, and the iota, which a mark of the same sound is found at: acts may cut
 * words at them.
 */
const odd = /\u0130|\u0345|\u0399|\u03b9|\u1fbe/u;

/**
 * Whether the acts of pipelines may make an answer without digits of a value. No act cuts or changes a word, but for its
 * capitals: a text must have all words of the answer, and a list, of which nothing is left out any more, as many letters.
 */
export function createOutlook(wanted: string, values: Values): (value: number) => boolean {
  if (numeric.test(wanted) || odd.test(wanted)) return () => true;
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
