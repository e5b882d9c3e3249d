import { execFileSync } from "node:child_process";
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProgram, writeProgram } from "../../readers/skill.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { scanSkills } from "../../skills/scan/scan.ts";
import { SkillError } from "../../state/errors.ts";

const secret = "canary-3f1c";
const bytes = (text: string) => new TextEncoder().encode(text);
const head = (more = "") => `---\nname: a\ndescription: Sorts. Use when lost.\n${more}---\n`;

let root = "";
let outside = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "skillgraph-attacks-"));
  outside = join(root, "outside");
  await mkdir(join(outside, "sub"), { recursive: true });
  for (const file of ["secret.md", "sub/secret.md", "SKILL.md"]) await writeFile(join(outside, file), secret);
});
afterAll(() => rm(root, { recursive: true, force: true }));

let count = 0;
/** A folder `a` with a skill in it, in a folder of its own beside `outside`. */
async function skill(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  count += 1;
  const place = join(root, `${count}`, "a");
  for (const [path, content] of Object.entries({ "SKILL.md": head(), ...files })) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), content);
  }
  return place;
}

const linkTo = (target: string, at: string) => async () => {
  const place = await skill({ "sub/x.md": "x" });
  await rm(join(place, at), { force: true, recursive: true });
  await symlink(target.replace("OUTSIDE", outside), join(place, at));
  return place;
};
const file = (path: string) => () => skill({ [path]: "x" });
const frontmatter = (more: string) => () => skill({ "SKILL.md": head(more) });
const aliases = Array.from(
  { length: 12 },
  (_, at) =>
    `k${at}: &k${at} [${Array(9)
      .fill(at === 0 ? "x" : `*k${at - 1}`)
      .join(",")}]`,
).join("\n");

/** What attacks a reader: a folder, and why it is refused, or `taken` if nothing of it is dangerous. */
const reading: Array<[attack: string, place: () => Promise<string>, refused: RegExp | "taken"]> = [
  ["a link to a file outside", linkTo("OUTSIDE/secret.md", "notes.md"), /outside the skill/],
  ["a relative link to a file outside", linkTo("../../outside/secret.md", "notes.md"), /outside the skill/],
  ["a link to a folder outside", linkTo("OUTSIDE", "notes"), /outside the skill/],
  ["a SKILL.md that links outside", linkTo("OUTSIDE/SKILL.md", "SKILL.md"), /outside the skill/],
  ["a link in a subfolder", linkTo("../../../outside/secret.md", "sub/notes.md"), /outside the skill/],
  ["a link to the folder above", linkTo("..", "up"), /outside the skill/],
  ["a link to the root of the disk", linkTo("/", "disk"), /outside the skill/],
  ["a link to a device", linkTo("/dev/zero", "zero"), /outside the skill/],
  ["a link to the memory of the process", linkTo("/proc/self/environ", "env"), /outside the skill/],
  ["a link to nothing", linkTo("nowhere", "notes.md"), /cannot be read/],
  ["a link to itself", linkTo("notes.md", "notes.md"), /cannot be read/],
  ["a link to its own folder", linkTo(".", "sub/again"), /back to its own folder/],
  [
    "a link through a link",
    async () => {
      const place = await skill();
      await symlink(join(outside, "sub"), join(root, `${count}`, "first"));
      await symlink("../first/secret.md", join(place, "notes.md"));
      return place;
    },
    /outside the skill/,
  ],
  [
    "a folder whose name begins like the skill's",
    async () => {
      const place = await skill();
      await mkdir(`${place}b`);
      await writeFile(join(`${place}b`, "secret.md"), secret);
      await symlink("../ab/secret.md", join(place, "notes.md"));
      return place;
    },
    /outside the skill/,
  ],
  [
    "a pipe",
    async () => {
      const place = await skill();
      execFileSync("mkfifo", [join(place, "pipe")]);
      return place;
    },
    /neither a file nor a folder/,
  ],
  ["two names that differ only in case", () => skill({ "Notes.md": "x", "notes.md": "y" }), /differ only in case/],
  ["a second SKILL.md in other case", file("skill.MD"), /differ only in case/],
  ["two folders that differ only in case", () => skill({ "Sub/a.md": "x", "sub/b.md": "y" }), /differ only in case/],
  ["two forms of one accent", () => skill({ "\u00e9.md": "x", "e\u0301.md": "y" }), /differ only in case/],
  ["the name of a device", file("nul"), /reserved/],
  ["the name of a device with an ending", file("sub/Com1.txt"), /reserved/],
  ["a name that ends with a dot", file("notes."), /ends with/],
  ["a name that ends with a space", file("notes "), /ends with/],
  ["a stream of another file", file("notes.md:hidden"), /colon/],
  ["a backslash", file("..\\..\\notes.md"), /backslash/],
  ["a control character", file("no\u0007tes.md"), /control characters/],
  ["a line break", file("no\ntes.md"), /control characters/],
  ["the prototype of objects", file("__proto__"), /reserved/],
  ["a constructor", file("constructor"), "taken"],
  ["a hook of git", file(".git/hooks/pre-commit"), "taken"],
  ["many folders within each other", file(`${"d/".repeat(300)}x.md`), "taken"],
  ["aliases of aliases", frontmatter(`${aliases}\n`), "taken"],
  ["a tag of JavaScript", frontmatter('run: !!js/function "function(){ process.exit(1) }"\n'), "taken"],
  ["a tag of Python", frontmatter('run: !!python/object/apply:os.system ["exit 1"]\n'), "taken"],
  ["the prototype in the frontmatter", frontmatter("__proto__:\n  polluted: yes\n"), "taken"],
  ["a merge key", frontmatter("x: &x {polluted: yes}\n<<: *x\n"), "taken"],
  ["a megabyte of frontmatter", frontmatter(`x: "${"y".repeat(1_000_000)}"\n`), /frontmatter/],
  [
    "an archive that unpacks outside",
    () => skill({ "a.zip": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 46, 46, 47) }),
    "taken",
  ],
];

describe("a folder that attacks its reader", () => {
  test.each(reading)("with %s shows nothing of what is outside", async (_, build, refused) => {
    const place = await build();
    const read = await readProgram(place).catch((error: unknown) => error);
    if (refused === "taken") {
      const [taken] = read as Awaited<ReturnType<typeof readProgram>>;
      const texts = Object.values(taken!.files).map((each) => Buffer.from(each).toString("latin1"));
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      expect(Object.keys(taken!.files).filter((path) => path.startsWith(".git"))).toEqual([]);
      expect(scanSkills([taken!])).toBeInstanceOf(Array);
    } else {
      expect(read).toBeInstanceOf(SkillError);
      expect((read as SkillError).message).toMatch(refused);
      expect((read as SkillError).message).not.toContain(secret);
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("there are forty attacks, with those on a writer", () => {
    expect(reading.length + writing.length).toBeGreaterThanOrEqual(40);
  });
});

/** Paths that a program may have by an edit or a damaged store, and what is in the target folder already. */
const writing: Array<[attack: string, path: string, prepare?: (target: string) => Promise<void>]> = [
  ["a path above", "../../outside/secret.md"],
  ["an absolute path", "/tmp/skillgraph-escape.md"],
  ["a path above with backslashes", "..\\..\\outside\\secret.md"],
  ["a drive of Windows", "C:/escape.md"],
  ["a link in its place", "notes.md", (target) => symlink(join(outside, "secret.md"), join(target, "a/notes.md"))],
  ["a link on the way", "sub/secret.md", (target) => symlink(join(outside, "sub"), join(target, "a/sub"))],
  ["a hook of git", ".git/hooks/post-checkout"],
  ["a device", "aux.md"],
  ["a name that differs only in case", "skill.md"],
];

describe("a program that attacks its writer", () => {
  test.each(writing)("with %s is refused, and nothing outside changes", async (_, path, prepare) => {
    const target = await mkdtemp(join(root, "target-"));
    await mkdir(join(target, "a"));
    await prepare?.(target);
    const files = Object.fromEntries([
      ["SKILL.md", bytes(head())],
      [path, bytes("overwritten")],
    ]);
    await expect(writeProgram([createSkillFolder("a", files)], target)).rejects.toBeInstanceOf(SkillError);
    expect(await readdir(join(target, "a"))).not.toContain("SKILL.md");
    for (const kept of ["secret.md", "sub/secret.md"]) expect(await readFile(join(outside, kept), "utf8")).toBe(secret);
  });

  test("leaves the other name of a hard link as it is", async () => {
    const target = await mkdtemp(join(root, "target-"));
    await mkdir(join(target, "a"));
    await link(join(outside, "secret.md"), join(target, "a/notes.md"));
    await writeProgram([createSkillFolder("a", { "SKILL.md": bytes(head()), "notes.md": bytes("new") })], target);
    expect(await readFile(join(target, "a/notes.md"), "utf8")).toBe("new");
    expect(await readFile(join(outside, "secret.md"), "utf8")).toBe(secret);
  });
});
