import { quote } from "../skills/shorten.ts";
import { expectedText } from "./expected.ts";
import type { Verifier } from "./verifier.ts";

const shownWords = 8;

/**
 * How far the words of the answer are those of the expected text: F1 = 2PR / (P + R), where P is the share of the answer's words
 * that are expected and R the share of the expected words that are there, each word as often as it stands in both. Words are
 * compared in small letters, without ASCII punctuation and the articles a, an, the. Where either has no words left, 1 if
 * both have none, else 0. (SQuAD, arXiv 1606.05250, section 6.1; without words: SQuAD 2.0, arXiv 1806.03822, its evaluation.)
 */
export function createTokenF1(): Verifier {
  return {
    fingerprint: "f1@1",
    check(task) {
      expectedText(task, "f1");
    },
    score(answer, task) {
      const expected = expectedText(task, "f1");
      const [wanted, got] = [wordsOf(expected), wordsOf(answer.text)];
      const value = f1(wanted, got);
      const sides = `expected ${quote(expected, 200)}, got ${quote(answer.text.trim(), 200)}`;
      if (value === 1) return { value, objectives: {}, feedback: `Right: ${sides}.` };
      const odd = [listed("Missing", without(wanted, got)), listed("Too much", without(got, wanted))].join("");
      return { value, objectives: {}, feedback: `F1 ${value.toFixed(2)}: ${sides}.${odd}` };
    },
  };
}

/** F1 of two bags of words. */
export function f1(wanted: readonly string[], got: readonly string[]): number {
  if (wanted.length === 0 || got.length === 0) return wanted.length === got.length ? 1 : 0;
  const shared = wanted.length - without(wanted, got).length;
  return (2 * shared) / (wanted.length + got.length);
}

/** The words of a text as they are compared. */
export function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll(/[!-/:-@[-`{-~]/g, "")
    .replaceAll(/(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])/gu, " ");
  return plain.split(/\s+/).filter((word) => word !== "");
}

/** The words of one bag that are not in the other, as often as they are too many. */
function without(words: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const word of others) left.set(word, (left.get(word) ?? 0) + 1);
  return words.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count < 1;
  });
}

function listed(title: string, words: readonly string[]): string {
  if (words.length === 0) return "";
  const more = words.length > shownWords ? ", …" : "";
  return ` ${title}: ${words
    .slice(0, shownWords)
    .map((word) => quote(word, 40))
    .join(", ")}${more}.`;
}
