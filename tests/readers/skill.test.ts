import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProgram, writeProgram } from "../../readers/skill.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { SkillError } from "../../state/errors.ts";
import type { Edit } from "../../state/program.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "skillgraph-skill-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const skillText = (name: string) => `---\nname: ${name}\ndescription: Routes messages.\n---\n# Triage\n`;

let count = 0;
async function place(files: Record<string, string | Uint8Array>): Promise<string> {
  count += 1;
  const folder = join(root, `place-${count}`);
  await mkdir(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

async function errorOf(run: Promise<unknown>): Promise<SkillError> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SkillError) return error;
  throw new Error(`expected a SkillError, got ${String(error)}`);
}

describe("reading a program", () => {
  test("takes a folder with SKILL.md, byte for byte, without what is no part of it", async () => {
    const text = `\uFEFF${skillText("triage").replaceAll("\n", "\r\n")}no newline ü`;
    const folder = await place({
      "triage/SKILL.md": text,
      "triage/assets/pic.png": Uint8Array.of(0xff, 0, 13, 10),
      "triage/.git/config": "x",
      "triage/node_modules/a/index.js": "x",
      "triage/scripts/.DS_Store": "x",
      "triage/.skillgraph-1.tmp": "x",
    });
    const [skill, ...others] = await readProgram(join(folder, "triage"));
    const expected = { "SKILL.md": bytes(text), "assets/pic.png": Uint8Array.of(0xff, 0, 13, 10) };
    expect(others).toEqual([]);
    expect(skill).toEqual(createSkillFolder("triage", expected));
    expect(await readProgram(join(folder, "triage", "SKILL.md"))).toEqual([skill]);
  });

  test("takes several skills in order of name, leaving other entries out", async () => {
    const names = ["b", "a"];
    const skills = names.map((name) => [`${name}/SKILL.md`, skillText(name)]);
    const folder = await place({ ...Object.fromEntries(skills), "docs/x.md": "x", "README.md": "x" });
    expect((await readProgram(folder)).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("takes any text file, and a folder with nothing else, as a program of one", async () => {
    const folder = await place({ "My Prompt.txt": "Be brief." });
    const expected = [createSkillFolder("my-prompt", { "My Prompt.txt": bytes("Be brief.") })];
    expect(await readProgram(join(folder, "My Prompt.txt"))).toEqual(expected);
    expect(await readProgram(folder)).toEqual(expected);
  });

  test("tells the rule, the place and what to do, once for all errors", async () => {
    const folder = await place({ "triage/SKILL.md": "---\n- name\n---\n" });
    const error = await errorOf(readProgram(join(folder, "triage")));
    expect(error.message).toMatch(/^triage\/SKILL.md, line 2 breaks the rule frontmatter: .*not a mapping; write keys/);
    expect([error.skill, error.file]).toEqual(["triage", "SKILL.md"]);
  });

  test("takes what hosts load, byte for byte, and gives it back so, edited or not", async () => {
    const value = fc.oneof(
      fc.constantFrom(
        "1.0",
        "true",
        "",
        "[a, b]",
        "{a: {b: [c]}}",
        "'it''s'",
        '"q: \\"x\\""',
        "x # note",
        "Use: it: now",
      ),
      fc.constantFrom(
        ">-\n  one\n\n  two",
        "|\n  one: two",
        "\n  a: 1\n  b: {c: d}",
        "\n  - Read\n  - Bash(git:*)",
        "&x y",
        "!t z",
      ),
    );
    const key = fc.constantFrom(
      "license",
      "metadata",
      "allowed-tools",
      "compatibility",
      "version",
      "hooks",
      "tags",
      "# a note",
    );
    const shape = fc.record({
      name: fc.constantFrom("triage", "Other Name", "123", "技能", "'quoted'", "vendor:short"),
      description: value.filter((text) => text !== ""),
      more: fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 }),
      end: fc.constantFrom("\n", "\r\n"),
      mark: fc.constantFrom("", "\uFEFF"),
      rest: fc.constantFrom("", "\n# T  \n- one\t \n- two", "\n\n- one\n- two\n\n"),
    });
    const folder = join(await place({ "技能 Über_1/SKILL.md": "" }), "技能 Über_1");
    await fc.assert(
      fc.asyncProperty(shape, async ({ name, description, more, end, mark, rest }) => {
        const lines = [["name", name], ["description", description], ...more].map(
          ([each, text]) => `${each}: ${text}\n`,
        );
        const text = mark + `---\n${lines.join("")}---\n${rest}`.replaceAll("\n", end);
        await writeFile(join(folder, "SKILL.md"), text);
        const [skill] = await readProgram(folder);
        expect(textOf(skill as SkillFolder)).toBe(text);
        const edit: Edit = { skill: skill!.name, file: "SKILL.md", op: "append", anchor: "", text: "- three\n" };
        expect(textOf(applyEdits([skill!], [edit])[0] as SkillFolder)).toBe(`${text}- three${end}`);
      }),
      { numRuns: 60 },
    );
  });

  test("refuses a missing path, an empty folder, a binary file and a misspelt SKILL.md", async () => {
    const folder = await place({ "a.bin": Uint8Array.of(0xff, 0xfe), "nul.txt": "a\0b", "c/skill.md": "x" });
    expect((await errorOf(readProgram(join(folder, "none")))).message).toMatch(/There is no skill at/);
    expect((await errorOf(readProgram(folder))).message).toMatch(/contains no skill; add a SKILL.md/);
    expect((await errorOf(readProgram(join(folder, "a.bin")))).message).toMatch(/not UTF-8 text/);
    expect((await errorOf(readProgram(join(folder, "nul.txt")))).message).toMatch(/not UTF-8 text/);
    expect((await errorOf(readProgram(join(folder, "c")))).message).toMatch(/Rename .* to SKILL.md/);
    expect((await errorOf(readProgram(join(folder, "c", "skill.md")))).message).toMatch(/Rename/);
  });

  test("follows links inside a skill and refuses those that leave it, break or go in circles", async () => {
    const folder = await place({ "a/SKILL.md": skillText("a"), "a/x.md": "x", "secret.txt": "secret" });
    await symlink("x.md", join(folder, "a", "y.md"));
    const [skill] = await readProgram(join(folder, "a"));
    expect(skill?.files["y.md"]).toEqual(bytes("x"));
    const wrong: [string, RegExp][] = [
      ["../secret.txt", /outside the skill/],
      ["..", /outside the skill/],
      ["nowhere", /cannot be read/],
      [".", /outside the skill|back to its own/],
    ];
    for (const [target, message] of wrong) {
      await symlink(target, join(folder, "a", "z"));
      expect((await errorOf(readProgram(join(folder, "a")))).message).toMatch(message);
      await rm(join(folder, "a", "z"));
    }
    await mkdir(join(folder, "a", "sub"));
    await symlink(".", join(folder, "a", "sub", "again"));
    expect((await errorOf(readProgram(join(folder, "a")))).message).toMatch(/back to its own folder/);
  });

  test("refuses a linked skill outside a folder of several, but takes a link given as the path", async () => {
    const folder = await place({ "far/b/SKILL.md": skillText("b"), "near/a/SKILL.md": skillText("a") });
    await symlink(join(folder, "far", "b"), join(folder, "near", "b"));
    expect((await errorOf(readProgram(join(folder, "near")))).message).toMatch(/outside/);
    expect((await readProgram(join(folder, "near", "b"))).map(({ name }) => name)).toEqual(["b"]);
  });

  test("refuses a pipe instead of waiting for it", async () => {
    const folder = await place({ "a/SKILL.md": skillText("a") });
    execFileSync("mkfifo", [join(folder, "a", "pipe")]);
    expect((await errorOf(readProgram(join(folder, "a")))).message).toMatch(/neither a file nor a folder/);
    expect((await errorOf(readProgram(join(folder, "a", "pipe")))).message).toMatch(/neither a file nor a folder/);
  });

  test.each([
    ["Triage", "triage"],
    ["caf\u00e9", "cafe\u0301"],
    ["\ufb01nd", "find"],
  ])("refuses skills named %s and %s", async (one, other) => {
    const folder = await place({ [`${one}/SKILL.md`]: skillText("a"), [`${other}/SKILL.md`]: skillText("b") });
    const { message } = await errorOf(readProgram(folder));
    expect(message).toMatch(/differ only in case or accents; rename one/);
    expect(message).toContain(one);
    expect(message).toContain(other);
  });

  test("refuses more than 2,000 files or 30 MB", async () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`a/${index}.md`, "x"]));
    const crowded = await place({ "a/SKILL.md": skillText("a"), ...many });
    expect((await errorOf(readProgram(crowded))).message).toMatch(/More than 2000 files/);
    const large = await place({ "a/SKILL.md": skillText("a"), "a/big.bin": new Uint8Array(30 * 2 ** 20) });
    expect((await errorOf(readProgram(large))).message).toMatch(/More than 30 MB/);
  });
});

describe("writing a program", () => {
  const triage = createSkillFolder("triage", {
    "SKILL.md": bytes(`\uFEFF${skillText("triage")}\r\nü`),
    "scripts/run.sh": bytes("#!/bin/sh\n"),
    "assets/pic.png": Uint8Array.of(0, 0xff),
  });

  test("gives back what was read, for folders and for a single text", async () => {
    const target = await place({});
    const program = [minimalSkill("echo", "Repeats."), triage];
    const written = await writeProgram(program, target);
    expect(written).toEqual(["echo/SKILL.md", "triage/SKILL.md", "triage/scripts/run.sh", "triage/assets/pic.png"]);
    expect(programHash(await readProgram(target))).toBe(programHash(program));
    const single = [createSkillFolder("agents", { "AGENTS.md": bytes("x") })];
    const other = join(target, "deep", "new");
    await writeProgram(single, other);
    expect(await readProgram(other)).toEqual(single);
  });

  test("replaces files whole, keeps their modes and others' files, and leaves nothing behind", async () => {
    const target = await place({ "triage/SKILL.md": "old", "triage/mine.md": "mine" });
    await chmod(join(target, "triage", "SKILL.md"), 0o640);
    await writeProgram([triage], target);
    expect((await stat(join(target, "triage", "SKILL.md"))).mode & 0o777).toBe(0o640);
    expect((await stat(join(target, "triage", "scripts", "run.sh"))).mode & 0o100).toBe(0o100);
    expect((await readdir(join(target, "triage"))).toSorted()).toEqual(["SKILL.md", "assets", "mine.md", "scripts"]);
  });

  test("takes the place of former programs: their files are deleted, and what was changed or added there stays", async () => {
    const target = await place({ "notes.md": "mine" });
    const file = (text: string) => ({ "SKILL.md": bytes(skillText("any")), "references/list.md": bytes(text) });
    const former = [createSkillFolder("water", file("tap")), createSkillFolder("lights", file("lamp"))];
    const later = [createSkillFolder("house", file("door"))];
    await writeProgram(former, target);
    await writeFile(join(target, "lights", "references", "list.md"), "changed by hand");
    await writeFile(join(target, "water", "own.md"), "mine");
    expect(await writeProgram(later, target, { former: [former, later] })).toHaveLength(2);
    const left = await readdir(target, { recursive: true, withFileTypes: true });
    expect(
      left
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
        .toSorted(),
    ).toEqual(["house/SKILL.md", "house/references/list.md", "lights/references/list.md", "notes.md", "water/own.md"]);
    expect(await readProgram(target)).toEqual(later);
  });

  test.each([
    ["../escape.md"],
    ["a/../../escape.md"],
    ["/tmp/escape.md"],
    ["C:\\escape.md"],
    ["a\\..\\escape.md"],
    [".git/hooks/pre-commit"],
    ["a/.GIT/config"],
    ["__proto__"],
    ["a\0.md"],
    [""],
  ])("refuses the path %j before the first file", async (path) => {
    const target = await place({});
    const files = Object.fromEntries([
      ["SKILL.md", bytes("x")],
      [path, bytes("x")],
    ]);
    const error = await errorOf(writeProgram([createSkillFolder("a", files)], target));
    expect(error.message).toMatch(/cannot be written/);
    expect(await readdir(target)).toEqual([]);
  });

  test.each([[".."], ["../x"], [".a"], ["a:b"], ["a "], [""]])("refuses the skill name %j", async (name) => {
    const target = await place({});
    const skill = createSkillFolder(name, { "SKILL.md": bytes("x"), "b.md": bytes("x") });
    expect((await errorOf(writeProgram([skill], target))).message).toMatch(/is not a valid folder name/);
  });

  test("writes through no link and over no folder", async () => {
    const target = await place({ "outside/keep.md": "keep", "target/b/SKILL.md/x": "x" });
    const inside = join(target, "target");
    await symlink(join(target, "outside"), join(inside, "triage"));
    expect((await errorOf(writeProgram([triage], inside))).message).toMatch(/blocks the path/);
    expect(await readdir(join(target, "outside"))).toEqual(["keep.md"]);
    await rm(join(inside, "triage"));
    await mkdir(join(inside, "triage"));
    await symlink(join(target, "outside", "keep.md"), join(inside, "triage", "SKILL.md"));
    expect((await errorOf(writeProgram([triage], inside))).message).toMatch(/blocks the path/);
    expect(await readFile(join(target, "outside", "keep.md"), "utf8")).toBe("keep");
    expect((await errorOf(writeProgram([minimalSkill("b", "x")], inside))).message).toMatch(/blocks the path/);
  });

  test("refuses files that would meet at one path", async () => {
    const target = await place({});
    const texts = ["a", "b"].map((name) => createSkillFolder(name, { "AGENTS.md": bytes(name) }));
    expect((await errorOf(writeProgram(texts, target))).message).toMatch(/have the path "AGENTS.md"/);
    const nested = createSkillFolder("a", { "SKILL.md": bytes("x"), x: bytes("x"), "x/y": bytes("y") });
    expect((await errorOf(writeProgram([nested], target))).message).toMatch(/have the path "a\/x"/);
  });
});
