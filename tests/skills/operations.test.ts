import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffPrograms } from "../../skills/diff.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import { checkSkill } from "../../skills/limits.ts";
import { mergePrograms } from "../../skills/merge.ts";
import { EditError, type EditProblem } from "../../state/errors.ts";
import { Edit } from "../../state/program.ts";

const skillOf = (name: string, files: Record<string, string> = {}): SkillFolder => {
  const all = { "SKILL.md": `---\nname: ${name} # mine\ndescription: Sorts ${name}.\n---\n\n# ${name}\n`, ...files };
  const bytes = Object.entries(all).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return createSkillFolder(name, Object.fromEntries(bytes));
};

const skills = [skillOf("mail", { "references/codes.md": "A1\n", "notes.md": "note\n" }), skillOf("post")];

const create = (skill: string, file: string, text = "text\n"): Edit => ({ op: "create-file", skill, file, text });
const remove = (skill: string, file: string): Edit => ({ op: "delete-file", skill, file });
const move = (skill: string, file: string, to: string): Edit => ({ op: "rename-file", skill, file, to });
const removeSkill = (skill: string): Edit => ({ op: "delete-skill", skill });
const moveSkill = (skill: string, to: string): Edit => ({ op: "rename-skill", skill, to });
const append = (skill: string, file = "SKILL.md"): Edit => ({ op: "append", skill, file, anchor: "", text: "more\n" });

const pathsOf = (program: readonly SkillFolder[]) =>
  program.flatMap(({ name, files }) => Object.keys(files).map((file) => `${name}/${file}`)).toSorted();

function problemOf(...edits: Edit[]): EditError {
  try {
    applyEdits(skills, edits);
  } catch (error) {
    if (error instanceof EditError) return error;
    throw error;
  }
  throw new Error("no EditError was thrown");
}

describe("operations on files and skills", () => {
  test("create, delete and rename files and skills, together with edits of other texts", () => {
    const edited = applyEdits(skills, [
      create("mail", "references/new/list.md", "B2\n"),
      remove("mail", "notes.md"),
      move("mail", "references/codes.md", "codes.md"),
      moveSkill("post", "letters"),
      create("alarm", "SKILL.md", "---\nname: alarm\ndescription: Wakes.\n---\n"),
      create("alarm", "references/times.md", "6:00\n"),
      append("mail"),
    ]);
    expect(edited.map(({ name }) => name)).toEqual(["alarm", "letters", "mail"]);
    expect(pathsOf(edited)).toEqual([
      "alarm/SKILL.md",
      "alarm/references/times.md",
      "letters/SKILL.md",
      "mail/SKILL.md",
      "mail/codes.md",
      "mail/references/new/list.md",
    ]);
    const [alarm, letters, mail] = edited as [SkillFolder, SkillFolder, SkillFolder];
    expect(textOf(alarm, "references/times.md")).toBe("6:00\n");
    expect(textOf(mail, "codes.md")).toBe("A1\n");
    expect(textOf(mail)).toMatch(/more\n$/);
    expect(textOf(letters)).toBe("---\nname: letters # mine\ndescription: Sorts post.\n---\n\n# post\n");
    expect(edited.flatMap(checkSkill)).toEqual([]);
  });

  test("split a skill in one draft: what the new one has is deleted from the old one, or nothing is done", () => {
    const codes = create("codes", "SKILL.md", "---\nname: codes\ndescription: Knows codes.\n---\n\n# mail\n");
    const moved = [create("codes", "codes.md", "A1\n"), remove("mail", "references/codes.md")];
    const cut = (anchor: string): Edit => ({ op: "delete", skill: "mail", file: "SKILL.md", anchor, text: "" });
    const split = applyEdits(skills, [codes, ...moved, cut("# mail\n")]);
    expect(pathsOf(split)).toEqual([
      "codes/SKILL.md",
      "codes/codes.md",
      "mail/SKILL.md",
      "mail/notes.md",
      "post/SKILL.md",
    ]);
    expect(textOf(split[1]!)).not.toContain("# mail\n");
    const diff = diffPrograms(skills, split);
    for (const line of ["+++ b/codes/SKILL.md", "+name: codes", "-# mail", "--- a/mail/references/codes.md"])
      expect(diff).toContain(line);
    expect(problemOf(codes, ...moved, cut("# nothing"))).toMatchObject({ problem: "missing-anchor" });
    expect(problemOf(codes, removeSkill("mail"), removeSkill("post"), cut("# mail\n")).problem).toBe("overlap");
    expect(problemOf(removeSkill("mail"), removeSkill("post"))).toMatchObject({ problem: "no-skill" });
  });

  test("delete a skill with all of its files, and show it in the diff", () => {
    const edited = applyEdits(skills, [removeSkill("mail")]);
    expect(pathsOf(edited)).toEqual(["post/SKILL.md"]);
    const diff = diffPrograms(skills, edited);
    for (const file of ["SKILL.md", "notes.md", "references/codes.md"])
      expect(diff).toContain(`--- a/mail/${file}\n+++ /dev/null\n`);
  });

  test.each<[string, EditProblem, RegExp, Edit[]]>([
    ["creating onto an existing file", "exists", /exists already/, [create("mail", "notes.md")]],
    ["creating onto a file that differs by case", "exists", /beside mail\/notes.md/, [create("mail", "Notes.md")]],
    ["creating a folder that differs by case", "exists", /beside/, [create("mail", "References/more.md")]],
    [
      "two new files of one name in two Unicode forms",
      "overlap",
      /both about/,
      [create("mail", "\u00f6.md"), create("mail", "o\u0308.md")],
    ],
    ["creating a file where a folder is", "exists", /beside/, [create("mail", "references")]],
    ["creating a folder where a file is", "exists", /beside/, [create("mail", "notes.md/more.md")]],
    ["renaming onto an existing file", "exists", /exists already/, [move("mail", "notes.md", "references/codes.md")]],
    [
      "changing only the case of a file's name",
      "exists",
      /beside mail\/notes.md/,
      [move("mail", "notes.md", "NOTES.md")],
    ],
    ["renaming onto an existing skill", "exists", /beside post|exists already/, [moveSkill("mail", "post")]],
    ["creating a skill whose name differs by Unicode form", "exists", /beside/, [create("ｐost", "SKILL.md")]],
    [
      "taking a path that another operation frees",
      "overlap",
      /both about/,
      [remove("mail", "notes.md"), create("mail", "notes.md")],
    ],
    ["deleting what is not there", "missing-file", /no file "nothing.md"/, [remove("mail", "nothing.md")]],
    ["deleting in a skill that is not there", "missing-file", /no skill "fax"/, [remove("fax", "SKILL.md")]],
    ["deleting a skill that is not there", "missing-file", /no skill "fax"/, [removeSkill("fax")]],
    [
      "editing a file that is deleted",
      "overlap",
      /Keep one of the two/,
      [remove("mail", "notes.md"), append("mail", "notes.md")],
    ],
    [
      "editing a file that is renamed",
      "overlap",
      /Keep one/,
      [append("mail", "notes.md"), move("mail", "notes.md", "n.md")],
    ],
    ["editing a skill that is renamed", "overlap", /Keep one/, [append("post"), moveSkill("post", "letters")]],
    ["editing a file that is created", "overlap", /Keep one/, [create("mail", "new.md"), append("mail", "new.md")]],
    [
      "two operations on one file",
      "overlap",
      /both about mail\/notes.md/,
      [remove("mail", "notes.md"), move("mail", "notes.md", "n.md")],
    ],
    [
      "two operations onto one path",
      "overlap",
      /both about/,
      [move("mail", "notes.md", "n.md"), create("mail", "n.md")],
    ],
    ["an operation in a skill that is deleted", "overlap", /both about/, [removeSkill("mail"), create("mail", "n.md")]],
    ["two skills renamed to one", "overlap", /both about/, [moveSkill("mail", "one"), moveSkill("post", "one")]],
    ["keeping the name", "no-change", /keeps its name/, [moveSkill("mail", "mail")]],
    ["deleting SKILL.md", "no-skill", /delete-skill/, [remove("mail", "SKILL.md")]],
    ["renaming SKILL.md", "no-skill", /rename-skill/, [move("mail", "SKILL.md", "GUIDE.md")]],
    ["leaving the program without a skill", "no-skill", /without a skill/, [removeSkill("mail"), removeSkill("post")]],
    ["a name that the specification refuses", "name", /specification refuses/, [moveSkill("mail", "My-Mail")]],
    ["a new skill with such a name", "name", /specification refuses/, [create("a--b", "SKILL.md")]],
    ["a path out of the folder", "name", /inside the folder/, [create("mail", "../post/SKILL.md")]],
    ["a path that is no part of a skill", "name", /not a file of a skill/, [move("mail", "notes.md", ".git/config")]],
    ["a new skill without SKILL.md", "missing-file", /Create its SKILL.md/, [create("alarm", "notes.md")]],
    ["two new files that differ by case", "overlap", /both about/, [create("mail", "a.md"), create("mail", "A.md")]],
  ])("refuse %s", (_, problem, message, edits) => {
    const error = problemOf(...edits);
    expect([error.problem, error.message]).toEqual([problem, expect.stringMatching(message)]);
  });

  test("refuse a text too long for an edit, and a program that is one text", () => {
    expect(problemOf(create("mail", "long.md", "x".repeat(50_001))).problem).toBe("too-long");
    const text = createSkillFolder("agents", { "AGENTS.md": new TextEncoder().encode("Be kind.\n") });
    expect(() => applyEdits([text], [create("alarm", "SKILL.md")])).toThrow(/one text, AGENTS.md/);
  });

  test("leave the program as it was where one of them is refused", () => {
    const before = programHash(skills);
    expect(() => applyEdits(skills, [removeSkill("post"), remove("mail", "nothing.md")])).toThrow(EditError);
    expect(programHash(skills)).toBe(before);
  });

  test("rename there and back without a trace", () => {
    const there = applyEdits(skills, [moveSkill("post", "letters"), move("mail", "notes.md", "n.md")]);
    const back = applyEdits(there, [moveSkill("letters", "post"), move("mail", "n.md", "notes.md")]);
    expect(programHash(back)).toBe(programHash(skills));
  });

  test("quote a name that YAML reads as something else", () => {
    const [skill] = applyEdits([skills[1] as SkillFolder], [moveSkill("post", "12")]);
    expect(textOf(skill as SkillFolder)).toContain('name: "12" # mine\n');
    expect(checkSkill(skill as SkillFolder)).toEqual([]);
  });

  test("come out the same in any order, or are refused in any order", () => {
    const names = fc.constantFrom("mail", "post", "alarm", "letters");
    const files = fc.constantFrom("SKILL.md", "notes.md", "Notes.md", "references/codes.md", "references", "new.md");
    const edit = fc.oneof(
      fc.record({ op: fc.constant("create-file" as const), skill: names, file: files, text: fc.constant("t") }),
      fc.record({ op: fc.constant("delete-file" as const), skill: names, file: files }),
      fc.record({ op: fc.constant("rename-file" as const), skill: names, file: files, to: files }),
      fc.record({ op: fc.constant("delete-skill" as const), skill: names }),
      fc.record({ op: fc.constant("rename-skill" as const), skill: names, to: names }),
      fc.record({
        op: fc.constant("append" as const),
        skill: names,
        file: files,
        anchor: fc.constant(""),
        text: fc.constant("t"),
      }),
    );
    const outcome = (edits: readonly Edit[]) => {
      try {
        return programHash(applyEdits(skills, edits));
      } catch (error) {
        expect(error).toBeInstanceOf(EditError);
        return "refused";
      }
    };
    fc.assert(
      fc.property(
        fc.uniqueArray(edit, { minLength: 1, maxLength: 4, selector: (each) => JSON.stringify(each) }),
        (edits) => {
          for (const each of edits) expect(Edit.safeParse(each).success).toBe(true);
          expect(outcome(edits.toReversed())).toBe(outcome(edits));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("of several drafts are fused where they do not meet", () => {
    const alarm = create("alarm", "SKILL.md");
    const fuse = (...drafts: Edit[][]) => fuseDrafts(skills, drafts).drafts;
    expect(fuse([alarm], [append("mail")], [removeSkill("post")])).toEqual([0, 1, 2]);
    expect(fuse([alarm], [create("alarm", "SKILL.md", "other\n")])).toEqual([0]);
    expect(fuse([append("post")], [removeSkill("post")])).toEqual([0]);
    expect(fuse([removeSkill("mail")], [removeSkill("post")])).toEqual([0]);
  });

  test("of two sides are merged skill by skill", () => {
    const one = applyEdits(skills, [create("alarm", "SKILL.md"), removeSkill("post")]);
    const other = applyEdits(skills, [create("clock", "SKILL.md"), append("mail")]);
    const merged = mergePrograms(skills, one, other);
    expect(merged.map(({ name }) => name)).toEqual(["alarm", "clock", "mail"]);
    expect(textOf(merged[2] as SkillFolder)).toMatch(/more\n$/);
  });
});
