import fc from "fast-check";
import { expect, test } from "vitest";
import { showUnseen, showUnseenJson, unseenIn } from "../../skills/unseen.ts";

const hostile = fc.string({ unit: "binary", maxLength: 200 });

/** What a terminal may get: characters that are seen, spaces, line ends, and how an emoji looks. */
const isPrintable = (text: string) =>
  !/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(
    text.replaceAll(/[\n\t]|(?<=\p{Emoji})[\uFE0E\uFE0F]/gu, ""),
  );

test.each([
  ["an escape sequence", "\u001b[31mred", "⟨U+001B⟩[31mred"],
  ["an escape sequence of C1", "\u009b2J", "⟨U+009B⟩2J"],
  ["a turned direction", "a\u202Eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c"],
  ["tags", "x\u{E0041}", "x⟨U+E0041⟩"],
  ["no width", "a\u200Bb\u200Dc\uFEFF", "a⟨U+200B⟩b⟨U+200D⟩c⟨U+FEFF⟩"],
  ["selectors of variants", "a\uFE01b\u{E0100}", "a⟨U+FE01⟩b⟨U+E0100⟩"],
  ["a filler", "a\u3164", "a⟨U+3164⟩"],
  ["separators of lines", "a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩"],
  ["half a character", "a\ud800", "a⟨U+D800⟩"],
  ["a carriage return that goes over the line", "safe\rrm", "safe⟨U+000D⟩rm"],
])("%s is made visible and counted", (_, text, expected) => {
  expect(showUnseen(text)).toBe(expected);
  expect(unseenIn(text).count).toBe(expected.split("⟨U+").length - 1);
});

test.each(["plain", "a\tb\nc", "Grüße, 你好, نص, ❤️ 1️⃣", "10 %"])(
  "%j stays as it is, and nothing in it is counted",
  (text) => {
    expect(showUnseen(text)).toBe(text);
    expect(unseenIn(text)).toEqual({ count: 0, codes: [] });
  },
);

test("line ends of Windows are shown and not counted", () => {
  expect(showUnseen("a\r\nb")).toBe("a␍\nb");
  expect(unseenIn("a\r\nb").count).toBe(0);
});

test("any text is printable afterwards, and any JSON, which reads as the same value", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(isPrintable(showUnseen(text))).toBe(true);
      const json = showUnseenJson({ [text]: [text] });
      expect(isPrintable(json)).toBe(true);
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
    }),
  );
});
