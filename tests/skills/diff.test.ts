import { describe, expect, test } from "vitest";
import { diffPrograms } from "../../skills/diff.ts";
import { createSkillFolder } from "../../skills/folder.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function longText(word: string, lines = 30_000): Uint8Array {
  return bytes(Array.from({ length: lines }, (_, line) => `${word} ${line}`).join("\n"));
}

describe("the diff of two programs", () => {
  test("is empty for equal programs", () => {
    const skill = createSkillFolder("a", { "SKILL.md": bytes("x\n") });
    expect(diffPrograms([skill], [skill])).toBe("");
  });

  test("shows changed, added and removed files by skill, and names binary ones", () => {
    const before = [createSkillFolder("a", { "SKILL.md": bytes("one\ntwo\n"), "old.md": bytes("old\n") })];
    const after = [
      createSkillFolder("a", { "SKILL.md": bytes("one\nTwo\n"), "pic.png": Uint8Array.of(0xff, 0) }),
      createSkillFolder("b", { "SKILL.md": bytes("new") }),
    ];
    expect(diffPrograms(before, after)).toBe(
      [
        "--- a/a/SKILL.md",
        "+++ b/a/SKILL.md",
        "@@ -1,2 +1,2 @@",
        " one",
        "-two",
        "+Two",
        "--- a/a/old.md",
        "+++ /dev/null",
        "@@ -1,1 +0,0 @@",
        "-old",
        "Binary files /dev/null and b/a/pic.png differ",
        "--- /dev/null",
        "+++ b/b/SKILL.md",
        "@@ -0,0 +1,1 @@",
        "+new",
        "\\ No newline at end of file",
        "",
      ].join("\n"),
    );
  });

  test("ends soon for large texts with nothing in common", () => {
    const [one, two] = ["a", "b"].map((word) => [createSkillFolder("s", { "SKILL.md": longText(word) })]);
    expect(diffPrograms(one ?? [], two ?? [])).toBe("Files a/s/SKILL.md and b/s/SKILL.md differ widely\n");
  });

  test("shows small changes beside files that differ widely, until there are many of those", () => {
    const programOf = (word: string, wide: number) => {
      const files = Array.from({ length: wide }, (_, at) => [`a${at}.md`, longText(word, 2_100)] as const);
      return [createSkillFolder("s", { ...Object.fromEntries(files), "z.md": bytes(`${word}\n`) })];
    };
    expect(diffPrograms(programOf("a", 1), programOf("b", 1))).toContain("-a\n+b\n");
    expect(diffPrograms(programOf("a", 4), programOf("b", 4))).toContain("Files a/s/z.md and b/s/z.md differ widely\n");
  });
});
