import { expect, test } from "vitest";
import { foldCapitals, probeFor } from "../../agents/procedure/probe.ts";

const letters = ["a", "B", "ß", "ẞ", "ſ", "S", "σ", "Σ", "ς", "ι", "\u0345", "İ", "i", "ы", "Ы", "𐐀", "𐐨", "Ⅳ", "4"];
const wanted = [
  "drum",
  "drum*",
  "new york",
  "wash* up",
  " to ",
  "a**",
  "*",
  "5",
  "5ab",
  "$5.",
  "\ud801",
  ...letters,
  ...letters.map((letter) => `${letter}*`),
];
const texts = [
  "a drum, drums, DRUMS and eardrums; the Drum",
  "New  York, new\nyorker and new york",
  "washing up, wash upon, Wash4 up",
  "going to  town to a** b a*",
  "5, 15ab 5ab $5.50 x5",
  letters.join(""),
  letters.join(" "),
  letters.flatMap((letter) => letters.map((other) => letter + other)).join(" "),
];

/** The same as one expression. */
function expressionOf(text: string): RegExp {
  const parts = text.split(/(\s+|(?<=[\p{L}\p{N}])\*(?=\s|$))/u).map((part) => {
    if (part === "*") return "[\\p{L}\\p{N}]*";
    return /^\s+$/.test(part) ? "\\s+" : part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  const before = /^\p{L}/u.test(text) ? "(?<!\\p{L})" : "";
  const after = /\p{L}$/u.test(text) ? "(?!\\p{L})" : "";
  return new RegExp(before + parts.join("") + after, "giu");
}

test("a probe finds what its expression does, and may be wherever it is found", () => {
  for (const each of wanted) {
    for (const text of texts) {
      const found = [];
      for (let match = probeFor(each).find(text, 0); match !== undefined; match = probeFor(each).find(text, match.end))
        found.push([match.start, match.text]);
      const matches = Array.from(text.matchAll(expressionOf(each)), (match) => [match.index, match[0]]);
      const places = matches.filter(([, match]) => match !== "");
      expect([each, text, probeFor(each).isIn(text)]).toEqual([each, text, matches.length > 0]);
      expect([each, text, found]).toEqual([each, text, places]);
      if (found.length > 0) expect([each, probeFor(each).mayBeIn(foldCapitals(text))]).toEqual([each, true]);
    }
  }
});
