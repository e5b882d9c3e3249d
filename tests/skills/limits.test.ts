import { describe, expect, test } from "vitest";
import { createSkillFolder } from "../../skills/folder.ts";
import { checkSkill } from "../../skills/limits.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { nameFrom } from "../../skills/name.ts";
import { SkillName } from "../../state/program.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function check(frontmatter: string, body = "# Triage\n", files: Record<string, string> = {}) {
  const texts = { "SKILL.md": `---\n${frontmatter}\n---\n${body}`, ...files };
  const folder = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, bytes(text)]));
  return checkSkill(createSkillFolder("triage", folder)).map(({ severity, rule, line }) => ({ severity, rule, line }));
}

const valid = "name: triage\ndescription: Routes messages.";
const unpublishable = (rule: string, line: number | null) => [{ severity: "unpublishable", rule, line }];
const warning = (rule: string, line: number | null) => [{ severity: "warning", rule, line }];

describe("the specification", () => {
  test("has nothing against a skill with every field", () => {
    const more = "license: MIT\ncompatibility: any\nallowed-tools: Read Bash(git:*)\nmetadata:\n  version: '1'";
    expect(check(`${valid}\n${more}`)).toEqual([]);
  });

  test.each([
    ["a missing name", "description: x", unpublishable("name", 1)],
    ["a name that is a number", "name: 12\ndescription: x", [...warning("name", 2), ...unpublishable("name", 2)]],
    ["a name that is not the folder's", "description: x\nname: other", unpublishable("name", 3)],
    [
      "a name with capitals",
      "name: Triage\ndescription: x",
      [...unpublishable("name", 2), ...unpublishable("name", 2)],
    ],
    ["a missing description", "name: triage", unpublishable("description", 1)],
    ["an empty description", "name: triage\ndescription: ' '", unpublishable("description", 3)],
    ["a tag in the description", "name: triage\ndescription: Use <b>", unpublishable("description", 3)],
    ["a long description", `name: triage\ndescription: ${"x".repeat(1_025)}`, unpublishable("description", 3)],
    ["a long compatibility", `${valid}\ncompatibility: ${"x".repeat(501)}`, unpublishable("compatibility", 4)],
    ["tools as a list", `${valid}\nallowed-tools: [Read]`, warning("allowed-tools", 4)],
    ["a number in metadata", `${valid}\nmetadata:\n  version: 1.0`, warning("metadata", 4)],
    ["metadata as a list", `${valid}\nmetadata: [a]`, warning("metadata", 4)],
    ["an unknown key", `${valid}\nversion: '1'`, unpublishable("unknown-key", 4)],
    ["a __proto__ key", `${valid}\n__proto__: x`, unpublishable("unknown-key", 4)],
    ["a key of one host", `${valid}\nuser-invocable: true`, unpublishable("host-key", 4)],
    ["an empty license", `${valid}\nlicense:`, warning("license", 4)],
    ["a colon in a plain value", "name: triage\ndescription: Driver (6.x): use it", unpublishable("frontmatter", 3)],
    ["a key given twice", `${valid}\nname: triage`, unpublishable("frontmatter", 4)],
    ["a foreign tag", `${valid}\nlicense: !x MIT`, unpublishable("frontmatter", 4)],
    ["nothing but a list", "- a", [{ severity: "error", rule: "frontmatter", line: 2 }]],
  ])("names %s", (_, frontmatter, expected) => {
    expect(check(frontmatter)).toEqual(expected);
  });

  test("counts characters of a description, not UTF-16 units", () => {
    expect(check(`name: triage\ndescription: ${"😀".repeat(1_024)}`)).toEqual([]);
  });

  test("warns of a long body", () => {
    expect(check(valid, "x\n".repeat(500))).toEqual([]);
    expect(check(valid, "x\n".repeat(501))).toEqual(warning("body-lines", null));
    expect(check(valid, "x".repeat(20_001))).toEqual(warning("body-tokens", null));
  });

  test("warns of links that lead nowhere or out, and of no others", () => {
    const body = [
      "[a](references/a.md) [b](./references/a.md#part) [dir](references/) ![c](pic%20one.png)",
      "[web](https://example.org) [mail](mailto:a@b.c) [here](#triage) `[code](no.md)`",
      "```",
      "[code](no.md)",
      "```",
      "[gone](gone.md)",
      "[out](../other/SKILL.md)",
    ].join("\n");
    const files = { "references/a.md": "a", "pic one.png": "p" };
    expect(check(valid, body, files)).toEqual([...warning("link", 10), ...warning("link", 11)]);
  });

  test("asks for SKILL.md, its exact name and UTF-8", () => {
    const two = { "skill.md": bytes("x"), "b.md": bytes("x") };
    const [problem] = checkSkill(createSkillFolder("triage", two));
    expect(problem).toMatchObject({ severity: "error", rule: "main-file", message: "Rename skill.md to SKILL.md." });
    const latin = createSkillFolder("triage", { "SKILL.md": Uint8Array.of(0xe4) });
    expect(checkSkill(latin)).toMatchObject([{ severity: "error", rule: "encoding" }]);
    expect(checkSkill(createSkillFolder("triage", {}))).toMatchObject([{ rule: "main-file" }]);
  });

  test("has no frontmatter rules for a program of one text", () => {
    expect(checkSkill(createSkillFolder("agents", { "AGENTS.md": bytes("Be brief.") }))).toEqual([]);
  });

  test("asks for frontmatter in SKILL.md and a valid folder name", () => {
    const skill = createSkillFolder("My Skill", { "SKILL.md": bytes("# Hello\n") });
    expect(checkSkill(skill).map(({ rule }) => rule)).toEqual(["folder-name", "frontmatter"]);
  });

  test.each([
    ["技能", ["warning"]],
    ["été", ["warning"]],
    ["123", []],
    ["my_skill", ["unpublishable", "unpublishable"]],
    ["My Skill", ["unpublishable", "unpublishable"]],
    ["a".repeat(65), ["unpublishable", "unpublishable"]],
    ["..", ["error", "unpublishable"]],
    ["a/b", ["error", "unpublishable"]],
    [".hidden", ["error", "unpublishable"]],
    ["a\n", ["error", "unpublishable"]],
  ])("has its say about the folder name %j", (name, severities) => {
    const text = `---\nname: ${JSON.stringify(name)}\ndescription: x\n---\n`;
    const found = checkSkill(createSkillFolder(name, { "SKILL.md": bytes(text) }));
    expect(found.map(({ severity }) => severity)).toEqual(severities);
  });
});

describe("a minimal skill", () => {
  test("is valid and holds a title and one line of prose", () => {
    const skill = minimalSkill("ticket-triage", "Route: a 'message'\n to #1 team.");
    expect(checkSkill(skill)).toEqual([]);
    const text = new TextDecoder().decode(skill.files["SKILL.md"]);
    expect(text.endsWith("---\n\n# Ticket triage\n\nPurpose: Route: a 'message' to #1 team.\n")).toBe(true);
  });

  test("has a name that YAML would read as something else", () => {
    expect(["123", "true", "null", "1e3"].map((name) => checkSkill(minimalSkill(name, "x")))).toEqual([[], [], [], []]);
  });

  test("is refused with the reason where the specification is broken", () => {
    expect(() => minimalSkill("Bad Name", "x")).toThrow(/skill name/);
    expect(() => minimalSkill("good", "a <b>")).toThrow(/description/);
    expect(() => minimalSkill("good", " ")).toThrow(/description is empty/);
  });
});

test("a name can be made from any text", () => {
  const made = ["AGENTS", "Mein Prompt_v2", "---", "Über", "日本", `${"a".repeat(64)}-b`, `${"a".repeat(63)} b`].map(
    nameFrom,
  );
  expect(made.slice(0, 5)).toEqual(["agents", "mein-prompt-v2", "skill", "uber", "skill"]);
  for (const name of made) expect(SkillName.safeParse(name).success).toBe(true);
});
