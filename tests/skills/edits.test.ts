import { applyPatch } from "diff";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffPrograms } from "../../skills/diff.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../skills/folder.ts";
import { sizes } from "../../state/sizes.ts";
import { EditError } from "../../state/errors.ts";
import type { TextEdit } from "../../state/program.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const skillOf = (text: string): SkillFolder => createSkillFolder("triage", { "SKILL.md": bytes(text) });
const edit = (op: TextEdit["op"], anchor: string, text = ""): TextEdit => ({
  skill: "triage",
  file: "SKILL.md",
  op,
  anchor,
  text,
});
const apply = (text: string, ...edits: TextEdit[]) => textOf(applyEdits([skillOf(text)], edits)[0] as SkillFolder);

function problemOf(run: () => unknown): EditError {
  try {
    run();
  } catch (error) {
    if (error instanceof EditError) return error;
    throw error;
  }
  throw new Error("no EditError was thrown");
}

describe("edits", () => {
  test("insert, replace, delete and append at their anchors on the original text", () => {
    const text = "one\ntwo\nthree\nfour\n";
    const edits = [
      edit("insert-before", "one", "zero\n"),
      edit("replace", "two", "three"),
      edit("insert-after", "three\n", "3b\n"),
      edit("delete", "four\n"),
      edit("append", "", "end\n"),
    ];
    expect(apply(text, ...edits)).toBe("zero\none\nthree\nthree\n3b\nend\n");
    expect(apply(text, ...edits.toReversed())).toBe(apply(text, ...edits));
  });

  test("put inserts that meet at one point beside their own anchors, in the order of the list", () => {
    const edits = [
      edit("append", "", "5"),
      edit("insert-before", "b", "3"),
      edit("insert-after", "a", "1"),
      edit("insert-after", "a", "2"),
      edit("insert-before", "b", "4"),
    ];
    expect(apply("ab", ...edits)).toBe("a1234b5");
  });

  test("put an insert right beside characters that change", () => {
    expect(apply("a rule b", edit("replace", "rule", "law"), edit("insert-after", "rule", "!"))).toBe("a law! b");
    expect(apply("a rule b", edit("delete", "rule"), edit("insert-before", "rule", "!"))).toBe("a ! b");
  });

  test("leave a byte order mark, CRLF, a missing final newline and other skills as they are", () => {
    const other = createSkillFolder("other", { "SKILL.md": bytes("x") });
    const text = "\uFEFFone\r\nzwei ü\r\n😀 drei";
    const [edited, same] = applyEdits([skillOf(text), other], [edit("insert-before", "one", "0")]);
    expect(textOf(edited as SkillFolder)).toBe("\uFEFF0one\r\nzwei ü\r\n😀 drei");
    expect(same).toBe(other);
    expect(apply(text, edit("append", "", "!"))).toBe(`${text}!`);
  });

  test("reach any text file of a skill, and a program of one text", () => {
    const agents = createSkillFolder("agents", { "AGENTS.md": bytes("a") });
    const [edited] = applyEdits([agents], [{ ...edit("append", "", "b"), skill: "agents", file: "AGENTS.md" }]);
    expect(textOf(edited as SkillFolder)).toBe("ab");
  });

  test.each([
    ["an unknown skill", "missing-file", { ...edit("append", "", "x"), skill: "other" }, "Skills are: triage"],
    ["an unknown file", "missing-file", { ...edit("append", "", "x"), file: "b.md" }, "Files are: SKILL.md"],
    ["a name every object has", "missing-file", { ...edit("append", "", "x"), file: "constructor" }, "no file"],
    ["a missing anchor", "missing-anchor", edit("delete", "Refund within 30 days"), 'line 2: "refunds within 31 days"'],
    ["an empty anchor", "missing-anchor", edit("delete", ""), "needs an anchor"],
    ["half a character", "missing-anchor", edit("insert-before", "\ude00", "x"), "does not occur"],
    ["an anchor that occurs twice", "ambiguous-anchor", edit("delete", "same"), "lines 3 and 4"],
    ["an anchor that overlaps itself", "ambiguous-anchor", edit("delete", "aa"), "more than once"],
    ["an append with an anchor", "ambiguous-anchor", edit("append", "one", "x"), "takes no anchor"],
    ["an empty insert", "no-change", edit("insert-after", "one", ""), "changes nothing"],
    ["a replacement by the same", "no-change", edit("replace", "one", "one"), "changes nothing"],
  ] as const)("are refused for %s", (_, problem, wrong, told) => {
    const text = "one\nrefunds within 31 days\nsame\nsame\naaa\n😀";
    const error = problemOf(() => apply(text, edit("append", "", "fine"), wrong));
    expect(error.problem).toBe(problem);
    expect(error.edit).toEqual(wrong);
    expect(error.message).toContain(told);
  });

  test.each([
    ["crossing replacements", edit("replace", "two three", "x"), edit("delete", "three four")],
    ["the same range twice", edit("replace", "two", "x"), edit("delete", "two")],
    ["an insert inside a replaced text", edit("replace", "two three", "x"), edit("insert-after", "two", "y")],
    ["one insert twice", edit("insert-after", "two", "x"), edit("insert-after", "two", "x")],
  ])("are refused as overlap for %s, in either order", (_, first, second) => {
    expect(problemOf(() => apply("one two three four", first, second)).problem).toBe("overlap");
    expect(problemOf(() => apply("one two three four", second, first)).problem).toBe("overlap");
  });

  test("are refused when they undo each other", () => {
    const error = problemOf(() => apply("ab", edit("delete", "a"), edit("insert-before", "b", "a")));
    expect(error.problem).toBe("no-change");
  });

  test("are refused on files that are not UTF-8", () => {
    const skill = createSkillFolder("triage", { "SKILL.md": Uint8Array.of(0xff, 0x61) });
    expect(problemOf(() => applyEdits([skill], [edit("append", "", "x")])).message).toContain("not UTF-8");
  });

  test.each([
    ["CRLF", "\r\n"],
    ["LF", "\n"],
    ["CR", "\r"],
  ])("match anchors across line ends, and take those of a file with %s", (_, end) => {
    const text = ["one", "two", "three", ""].join(end);
    for (const other of ["\r\n", "\n", "\r"]) {
      const made = apply(
        text,
        edit("insert-after", `two${other}`, `2b${other}`),
        edit("replace", `three${other}`, `3${other}4${other}`),
        edit("append", "", `5${other}`),
      );
      expect(made).toBe(["one", "two", "2b", "3", "4", "5", ""].join(end));
      expect(apply(text, edit("delete", `one${other}two${other}`))).toBe(`three${end}`);
      expect(problemOf(() => apply(text, edit("replace", `one${other}two`, `one${end}two`))).problem).toBe("no-change");
    }
  });

  test("take the line end of their line in a mixed file, and of several places the one with their own", () => {
    const mixed = "a\nb\r\nc\nb\r\nd";
    expect(apply(mixed, edit("insert-after", "c", "\nx"))).toBe("a\nb\r\nc\nx\nb\r\nd");
    expect(apply(mixed, edit("insert-after", "d", "\nx"))).toBe("a\nb\r\nc\nb\r\nd\r\nx");
    expect(apply("a\nb c\r\na\r\nb", edit("replace", "a\r\nb", "x"))).toBe("a\nb c\r\nx");
    expect(problemOf(() => apply("a\nb\na\nb", edit("replace", "a\r\nb", "x"))).message).toContain("lines 1 and 3");
  });

  test("show a long anchor shortened, and look through a long file in no time", () => {
    const text = Array.from({ length: 50_000 }, (_, line) => `line ${line} of the skill`).join("\n");
    const error = problemOf(() => apply(text, edit("delete", "no ".repeat(5_000))));
    expect(error.message.length).toBeLessThan(400);
  });

  test("are refused where anchor, text or file would be longer than is taken, in a message of one line", () => {
    const text = `${"a".repeat(sizes.anchor)} ${"b".repeat(sizes.anchor)}\n`;
    const refused = [
      edit("delete", text.slice(0, sizes.anchor + 1)),
      edit("append", "", "c".repeat(sizes.editText + 1)),
      edit("replace", "b".repeat(sizes.anchor + 5), "c"),
    ].map((each) => problemOf(() => apply(text, each)));
    for (const { problem, message } of refused) {
      expect([problem, message.length < 300]).toEqual(["too-long", true]);
      expect(message).toContain("at most 50000 are taken");
    }
    expect(apply(text, edit("delete", "b".repeat(sizes.anchor)))).toBe(`${"a".repeat(sizes.anchor)} \n`);
    const long = `${"a ".repeat(sizes.editedFile / 2)}end\n`;
    expect(problemOf(() => apply(long, edit("append", "", "c"))).message).toContain("at most 1000000 are taken");
    expect(apply(long, edit("replace", "end", "."))).toHaveLength(long.length - 2);
  });

  test("find an anchor that repeats itself in a file that does too", () => {
    const text = `${"a".repeat(900_000)}b`;
    expect(problemOf(() => apply(text, edit("delete", `c${"a".repeat(40_000)}`))).problem).toBe("missing-anchor");
    expect(problemOf(() => apply(text, edit("delete", "a".repeat(40_000)))).problem).toBe("ambiguous-anchor");
    expect(apply(text, edit("delete", `${"a".repeat(40_000)}b`))).toHaveLength(860_000);
  });

  test("change nothing but their ranges, whatever the text", () => {
    const token = fc.constantFrom("\r\n", "\n", " ", "ä", "😀", "word", "# ", "\t", "\u2028");
    const text = fc.array(token, { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(fc.boolean(), text, fc.array(fc.nat(), { maxLength: 8 }), (mark, tokens, picks) => {
        // Numbered brackets make every anchor unique.
        const pieces = tokens.map((piece, index) => `[${index}]${piece}`);
        const ops = ["insert-before", "insert-after", "replace", "delete"] as const;
        const chosen = new Map(picks.map((pick) => [pick % pieces.length, ops[pick % 4] ?? "delete"]));
        const edits = [...chosen].map(([index, op]) => edit(op, `[${index}]`, `<${index}ü>`));
        const expected = pieces.map((piece, index) => {
          const op = chosen.get(index);
          const anchor = `[${index}]`;
          if (op === "insert-before") return `<${index}ü>${piece}`;
          if (op === "insert-after") return piece.replace(anchor, () => `${anchor}<${index}ü>`);
          if (op === "replace") return piece.replace(anchor, () => `<${index}ü>`);
          return op === "delete" ? piece.replace(anchor, "") : piece;
        });
        const bom = mark ? "\uFEFF" : "";
        const before = skillOf(bom + pieces.join(""));
        const [after] = applyEdits([before], edits) as [SkillFolder];
        expect(Buffer.from(after.files["SKILL.md"] ?? [])).toEqual(Buffer.from(bom + expected.join("")));
        expect(before.hash).toBe(skillOf(bom + pieces.join("")).hash);
      }),
    );
  });

  test("give a diff that leads from the text before to the text after", () => {
    const line = fc.constantFrom("alpha", "beta", "", "ü 😀", "-- x", "+ y", "\\ z");
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean(), fc.string(), (lines, ended, added) => {
        const text = lines.map((content, index) => `[${index}] ${content}`).join("\n") + (ended ? "\n" : "");
        const before = [skillOf(text)];
        const edits = [edit("insert-before", "[0]", `${added}.`), edit("append", "", "\nlast")];
        const after = applyEdits(before, edits);
        const patch = diffPrograms(before, after);
        expect(applyPatch(text, patch)).toBe(textOf(after[0] as SkillFolder));
      }),
    );
  });
});
