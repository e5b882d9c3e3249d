import { describe, expect, test } from "vitest";
import { createSkillFolder, mainFile, programHash, textOf } from "../../skills/folder.ts";
import { pathProblem } from "../../skills/paths.ts";
import { SkillError } from "../../state/errors.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a skill folder", () => {
  test("has SKILL.md or its only file as the main file", () => {
    expect(mainFile(createSkillFolder("a", { "SKILL.md": bytes("x"), "b.md": bytes("y") }))).toBe("SKILL.md");
    expect(mainFile(createSkillFolder("a", { "AGENTS.md": bytes("x") }))).toBe("AGENTS.md");
    expect(() => mainFile(createSkillFolder("a", { "x.md": bytes("x"), "y.md": bytes("y") }))).toThrow(SkillError);
  });

  test("gives the text of its main file, of others, and of none", () => {
    const skill = createSkillFolder("a", { "AGENTS.md": bytes("\uFEFFx") });
    expect(textOf(skill)).toBe("\uFEFFx");
    expect(textOf(skill, "constructor")).toBeUndefined();
  });

  test("is hashed by names and bytes, whatever the order of files and skills", () => {
    const one = createSkillFolder("a", { "SKILL.md": bytes("x"), "b.md": bytes("y") });
    const two = createSkillFolder("a", { "b.md": bytes("y"), "SKILL.md": bytes("x") });
    const other = createSkillFolder("c", { "SKILL.md": bytes("x") });
    expect(one.hash).toBe(two.hash);
    expect(programHash([one, other])).toBe(programHash([other, two]));
    expect(one.hash).not.toBe(other.hash);
  });
});

test("paths that leave the folder or cannot be a file are told with the reason", () => {
  const wrong = [
    "",
    "../a",
    "a/../../b",
    "/etc/passwd",
    "C:/x",
    "a\\b",
    "a//b",
    "./a",
    "a/",
    "a\0b",
    "__proto__",
    "\ud800",
  ];
  expect(wrong.filter((path) => pathProblem(path) === undefined)).toEqual([]);
  expect(["SKILL.md", "references/a b.md", "..a/b..c", "ü/日本.md"].map(pathProblem)).toEqual(Array(4).fill(undefined));
});
