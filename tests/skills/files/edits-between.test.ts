import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../skills/edits.ts";
import { editsBetween } from "../../../skills/files/edits-between.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../../skills/folder.ts";
import { foldLineEnds } from "../../../skills/line-ends.ts";

const encoder = new TextEncoder();
const skillOf = (text: string, others: Record<string, string> = {}): SkillFolder =>
  createSkillFolder(
    "sorter",
    Object.fromEntries(
      Object.entries({ "SKILL.md": text, ...others }).map(([path, each]) => [path, encoder.encode(each)]),
    ),
  );
const between = (before: string, after: string, most = 100) => editsBetween([skillOf(before)], [skillOf(after)], most);
const applied = (before: string, after: string, most = 100) => {
  const edits = between(before, after, most);
  return edits.length === 0 ? before : textOf(applyEdits([skillOf(before)], edits)[0]!);
};

describe("edits between two programs", () => {
  test("insert, replace and delete lines where they stand", () => {
    const before = "# Guide\n\n- one\n- two\n- three\n";
    expect(between(before, "# Guide\n\n- one\n- two\n- new\n- three\n")).toMatchObject([
      { op: "insert-after", anchor: "- two\n", text: "- new\n" },
    ]);
    expect(between(before, "# Guide\n\n- one\n- 2\n- three\n")).toMatchObject([
      { op: "replace", anchor: "- two\n", text: "- 2\n" },
    ]);
    expect(between(before, "# Guide\n\n- one\n- three\n")).toMatchObject([{ op: "delete", anchor: "- two\n" }]);
    expect(between(before, before)).toEqual([]);
  });

  test("take more lines into the anchor where one occurs more than once", () => {
    const before = "a\nsame\nb\nsame\nc\n";
    const after = "a\nsame\nb\nother\nc\n";
    expect(applied(before, after)).toBe(after);
  });

  test("are joined where there are too many, and one per file at least", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const after = "one\n2\nthree\n4\n5\n6\n7\n8\nnine\n";
    expect(between(before, after)).toHaveLength(3);
    expect(between(before, after, 2)).toHaveLength(2);
    expect([between(before, after, 1).length, applied(before, after, 1)]).toEqual([1, after]);
    const [old, young] = [skillOf("a\n", { "b.md": "b\n" }), skillOf("A\n", { "b.md": "B\n" })];
    expect(editsBetween([old], [young], 1)).toHaveLength(2);
  });

  test("create and delete files", () => {
    const old = skillOf("a\n", { "references/gone.md": "x\n", "references/same.md": "y\n" });
    const young = skillOf("b\n", { "references/new.md": "z\n", "references/same.md": "y\n" });
    const edits = editsBetween([old], [young], 4);
    expect(edits.map((edit) => edit.op)).toEqual(["delete-file", "create-file", "replace"]);
    expect(applyEdits([old], edits)[0]!.hash).toBe(young.hash);
  });

  test("keep a byte order mark and line ends", () => {
    const before = "\uFEFFa\r\nb\r\nc\r\n";
    expect(applied(before, "\uFEFFa\nB\nc\n")).toBe("\uFEFFa\r\nB\r\nc\r\n");
  });

  test("give the other program for any two texts and any limit", () => {
    const line = fc.constantFrom("", "a", "b", "ab", "- x", "# T");
    const text = fc.tuple(fc.array(line, { maxLength: 14 }), fc.boolean()).map(([lines, isOpen]) => {
      const all = lines.join("\n");
      return all === "" || isOpen ? all : `${all}\n`;
    });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 6 }), (before, after, most) => {
        expect(foldLineEnds(applied(before, after, most) as string)).toBe(after);
        expect(between(before, after, most).length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 2_000 },
    );
  });
});
