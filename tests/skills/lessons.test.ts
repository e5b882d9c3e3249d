import { describe, expect, test } from "vitest";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf } from "../../skills/folder.ts";
import { editsToLessons, lessonsBlock, lessonsOf, touchesLessons } from "../../skills/lessons.ts";
import { EditError } from "../../state/errors.ts";
import type { TextEdit } from "../../state/program.ts";

const skillOf = (text: string) => createSkillFolder("guide", { "SKILL.md": new TextEncoder().encode(text) });
const plain = skillOf("# Guide\n\nBe kind.\n");
const write = (skill: ReturnType<typeof skillOf>, lessons: string) =>
  applyEdits([skill], editsToLessons(skill, lessons))[0]!;
const edit = (changes: Partial<TextEdit>): TextEdit => ({
  skill: "guide",
  file: "SKILL.md",
  op: "replace",
  anchor: "",
  text: "new",
  ...changes,
});

describe("lessons", () => {
  test("are written, rewritten and taken out, and the rest of the skill stays as it is", () => {
    const first = write(plain, "Ask first.");
    expect(lessonsOf(first)).toBe("Ask first.");
    expect(textOf(first)!.startsWith(textOf(plain)!)).toBe(true);
    const second = write(first, "Ask twice.\n\nThen act.");
    expect(lessonsOf(second)).toBe("Ask twice.\n\nThen act.");
    expect(textOf(second)).not.toContain("Ask first.");
    const none = write(second, " ");
    expect([lessonsBlock(none), textOf(none)!.trim()]).toEqual([null, textOf(plain)!.trim()]);
  });

  test("that are the same need no edit, and neither do none of a skill without any", () => {
    expect(editsToLessons(write(plain, "Ask first."), "\nAsk first.\n")).toEqual([]);
    expect(editsToLessons(plain, "")).toEqual([]);
  });

  test("cannot end their block themselves", () => {
    const marks = lessonsBlock(write(plain, "x"))!.split("\nx\n");
    const written = write(plain, `one ${marks[1]} two ${marks[0]} three`);
    expect(lessonsOf(written)).toBe("one  two  three");
    expect(lessonsBlock(write(written, ""))).toBeNull();
  });

  const skill = write(skillOf("# Guide\n\nBe kind.\n"), "Ask first.\nAct then.");
  const block = lessonsBlock(skill)!;

  test.each<[boolean, string, Partial<TextEdit>]>([
    [false, "a line before them", { anchor: "Be kind." }],
    [false, "an insert before their block", { op: "insert-before", anchor: block }],
    [false, "an insert after their block", { op: "insert-after", anchor: block }],
    [false, "an append", { op: "append" }],
    [true, "a line of them", { anchor: "Ask first." }],
    [true, "all of them", { op: "delete", anchor: block, text: "" }],
    [true, "a part of a mark", { anchor: "past epochs" }],
    [true, "an insert among them", { op: "insert-after", anchor: "Ask first." }],
    [true, "text that reaches into them", { anchor: `Be kind.\n\n${block.slice(0, 10)}` }],
    [true, "the whole file", { anchor: textOf(skill)! }],
  ])("are touched (%s) by an edit of %s", (isTouched, _, changes) => {
    expect(touchesLessons([skill], edit(changes))).toBe(isTouched);
  });

  test("of a skill without any are touched by nothing", () => {
    expect(touchesLessons([plain], edit({ anchor: "Be kind." }))).toBe(false);
  });

  test("say where an edit cannot be placed", () => {
    expect(() => touchesLessons([skill], edit({ anchor: "no such line" }))).toThrow(EditError);
  });

  test("whose marks do not match reach to the end of the file, so that nothing is taken for the rest", () => {
    const broken = skillOf(`# Guide\n\n${block.split("\n")[0]}\nAsk.\n`);
    expect(touchesLessons([broken], edit({ anchor: "# Guide" }))).toBe(true);
  });
});
