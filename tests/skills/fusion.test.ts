import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../skills/folder.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import { EditError } from "../../state/errors.ts";
import type { TextEdit } from "../../state/program.ts";

const skillOf = (text: string, name = "triage"): SkillFolder =>
  createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
const edit = (op: TextEdit["op"], anchor: string, text = "", skill = "triage"): TextEdit => ({
  skill,
  file: "SKILL.md",
  op,
  anchor,
  text,
});
const text = "one\ntwo\nthree\nfour\n";
const skills = [skillOf(text), skillOf("other\n", "other")];
const draftsOf = (...drafts: TextEdit[][]) => fuseDrafts(skills, drafts).drafts;

describe("drafts of one parent", () => {
  test("that touch other places are fused, in the order given", () => {
    const drafts = [
      [edit("replace", "four", "4")],
      [edit("insert-after", "one\n", "1b\n"), edit("append", "", "end\n")],
      [edit("delete", "other\n", "", "other"), edit("append", "", "more\n", "other")],
    ];
    const { drafts: taken, edits } = fuseDrafts(skills, drafts);
    expect(taken).toEqual([0, 1, 2]);
    expect(edits).toEqual(drafts.flat());
    expect(applyEdits(skills, edits).map((skill) => textOf(skill))).toEqual([
      "one\n1b\ntwo\nthree\n4\nend\n",
      "more\n",
    ]);
  });

  test.each<[string, TextEdit[], TextEdit[], boolean]>([
    ["change the same characters", [edit("replace", "two", "2")], [edit("delete", "two\nthree\n")], false],
    ["change what the other is anchored at", [edit("insert-after", "two", "!")], [edit("replace", "two", "2")], false],
    ["are anchored at what the other changes", [edit("delete", "two")], [edit("insert-before", "wo", "!")], false],
    ["insert the same at one point", [edit("insert-after", "two", "!")], [edit("insert-after", "two", "!")], false],
    ["append the same", [edit("append", "", "x\n")], [edit("append", "", "x\n")], false],
    [
      "insert different texts at one point",
      [edit("insert-after", "two", "!")],
      [edit("insert-after", "two", "?")],
      true,
    ],
    ["append different texts", [edit("append", "", "x\n")], [edit("append", "", "y\n")], true],
    ["change what is right beside", [edit("delete", "one\n")], [edit("replace", "two\n", "2\n")], true],
    ["change the last characters, and append", [edit("replace", "four\n", "4\n")], [edit("append", "", "x\n")], true],
    ["have the same anchor in other skills", [edit("append", "", "x")], [edit("append", "", "x", "other")], true],
  ])("that %s go together: %j", (_, one, other, together) => {
    expect(draftsOf(one, other)).toEqual(together ? [0, 1] : [0]);
    expect(draftsOf(other, one)).toEqual(together ? [0, 1] : [0]);
  });

  test("that undo each other do not go together", () => {
    const parent = [skillOf("ab")];
    const drafts = [[edit("delete", "a")], [edit("insert-before", "b", "a")]];
    expect(fuseDrafts(parent, drafts).drafts).toEqual([0]);
  });

  test("are left out one by one: a later one that fits the first is taken", () => {
    const first = [edit("replace", "two", "2")];
    expect(draftsOf(first, [edit("replace", "two\nthree", "23")], [edit("replace", "three", "3")])).toEqual([0, 2]);
  });

  test("see line ends as one, as edits do", () => {
    const parent = [skillOf("one\r\ntwo\r\nthree\r\n")];
    const drafts = [
      [edit("replace", "one\ntwo", "12")],
      [edit("replace", "two\r\nthree", "23")],
      [edit("delete", "three")],
    ];
    expect(fuseDrafts(parent, drafts).drafts).toEqual([0, 2]);
  });

  test("that are none of this parent are refused, and no draft is nothing", () => {
    expect(() => draftsOf([edit("append", "", "x")], [edit("delete", "five")])).toThrow(EditError);
    expect(() => draftsOf([edit("append", "", "x", "third")])).toThrow("Skills are: triage, other");
    expect(fuseDrafts(skills, [])).toEqual({ drafts: [], edits: [] });
  });

  test("come out the same in any order where all go together", () => {
    const lines = text.split("\n").slice(0, -1);
    const ops = fc.array(fc.constantFrom<TextEdit["op"] | null>(null, "replace", "delete"), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(ops, fc.nat(23), (kinds, turn) => {
        const drafts = kinds.flatMap((op, at) => (op === null ? [] : [[edit(op, `${lines[at]}\n`, `${at}\n`)]]));
        const turned = drafts.map((_, at) => drafts[(at + turn) % drafts.length]!);
        const one = fuseDrafts(skills, drafts);
        expect(one.drafts).toHaveLength(drafts.length);
        const texts = [one, fuseDrafts(skills, turned)].map(({ edits }) =>
          applyEdits(skills, edits).map((each) => textOf(each)),
        );
        expect(texts[1]).toEqual(texts[0]);
      }),
      { numRuns: 40 },
    );
  });
});
