import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readDocuments } from "../../readers/documents.ts";
import { readPairs } from "../../readers/pairs.ts";
import { readPastCases } from "../../readers/past-cases.ts";
import { readToolList } from "../../readers/tool-list.ts";
import { SettingsError } from "../../state/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-material-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(path: string, content: string | Uint8Array): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return place;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SettingsError);
  return (error as SettingsError).message;
}

describe("documents", () => {
  test("are the .md and .txt files of a folder and below, in order, without links", async () => {
    file("docs/b.md", "B");
    file("docs/deep/a.TXT", "A");
    file("docs/code.js", "x");
    symlinkSync("/etc/passwd", join(folder, "docs/link.md"));
    expect(await readDocuments(join(folder, "docs"))).toEqual({ "b.md": "B", "deep/a.TXT": "A" });
    expect(await readDocuments(join(folder, "docs/b.md"))).toEqual({ "b.md": "B" });
  });

  test("are refused where there are none, or one is too long or not text", async () => {
    expect(await refusal(readDocuments(join(folder, "none")))).toContain("cannot be read");
    mkdirSync(join(folder, "empty"));
    expect(await refusal(readDocuments(join(folder, "empty")))).toContain("has no .md or .txt files");
    file("binary/a.md", new Uint8Array([0xff, 0xfe]));
    expect(await refusal(readDocuments(join(folder, "binary")))).toContain("not UTF-8");
    file("long/a.md", "x".repeat(1_000_001));
    expect(await refusal(readDocuments(join(folder, "long")))).toContain("at most 1000000");
  });
});

describe("a list of tools", () => {
  test("is read in the forms of function calling, of MCP, and plain", async () => {
    const schema = { type: "object", properties: {} };
    const list = file(
      "tools.json",
      JSON.stringify({
        tools: [
          { type: "function", function: { name: "a", description: "A.", parameters: schema } },
          { name: "b", inputSchema: schema },
          { name: "c", description: "C.", extra: 1 },
        ],
      }),
    );
    expect(await readToolList(list)).toEqual([
      { name: "a", description: "A.", parameters: schema },
      { name: "b", description: "", parameters: schema },
      { name: "c", description: "C.", parameters: null },
    ]);
  });

  test.each([
    ["not json", "is not JSON"],
    ['{"a": 1}', "is not a list of tools"],
    ['[{"description": "x"}]', "is not a list of tools"],
    ['[{"name": "a"}, {"name": "a"}]', 'lists the tool "a" twice'],
  ])("%s is refused", async (text, message) => {
    expect(await refusal(readToolList(file("bad.json", text)))).toContain(message);
  });
});

describe("past cases", () => {
  test("of JSONL are tasks, with the tools that they called", async () => {
    const lines = [
      { id: "1", input: "a", expected: "x", meta: { calls: ["lookup"], source: "canary" } },
      { id: "1", input: "b" },
    ];
    const cases = await readPastCases(
      file("cases.jsonl", `${lines.map((line) => JSON.stringify(line)).join("\n")}\n\n`),
    );
    expect(cases).toEqual([
      { question: { id: "1", input: "a" }, expected: "x", calls: ["lookup"] },
      { question: { id: "1", input: "b" }, expected: null },
    ]);
  });

  test("of a log are its parts between lines of hyphens", async () => {
    const cases = await readPastCases(file("cases.log", "one\ntwo\n---\r\n\n-----\nthree - four\n"));
    expect(cases.map(({ question }) => question)).toEqual([
      { id: "1", input: "one\ntwo" },
      { id: "2", input: "three - four" },
    ]);
  });

  test.each([
    ["a.jsonl", "{bad", "line 1"],
    ["b.jsonl", '{"id": "1", "input": "a", "meta": {"calls": "lookup"}}', "not a list of names"],
    ["c.log", "\n---\n", "has no cases"],
  ])("%s is refused", async (name, text, message) => {
    expect(await refusal(readPastCases(file(name, text)))).toContain(message);
  });
});

describe("pairs", () => {
  const skill = (name: string, text: string) => `---\nname: ${name}\ndescription: Sorts mail.\n---\n\n${text}\n`;
  const pairsIn = (...lines: unknown[]) =>
    readPairs(
      file("pairs.jsonl", lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n")),
    );

  test("are edits with what they came to, given or worked out from two versions of a skill", async () => {
    file("old/mail/SKILL.md", skill("mail", "Be kind.\n\nSay more."));
    file("new/mail-2/SKILL.md", skill("mail-2", "Be kind.\n\nSay less."));
    file("both/mail/SKILL.md", skill("mail", "Be kind.\n\nSay more."));
    file("both/bills/SKILL.md", skill("bills", "Pay."));
    const edit = { skill: "mail", file: "SKILL.md", op: "append", anchor: "", text: "Bye." };
    const pairs = await pairsIn(
      { about: "too long", before: "old/mail", after: "new/mail-2", gain: 0.1 },
      "",
      { about: "no farewell", defect: "missing", worked: false, operators: ["say_bye"], edits: [edit] },
      { about: "bills", before: "both", after: "old/mail" },
      { about: "bills", before: "old", after: "both" },
    );
    expect(
      pairs.map(({ about, worked, gain, operators }) => [about.category, about.defect, worked, gain, operators]),
    ).toEqual([
      ["too long", "insufficient", true, 0.1, undefined],
      ["no farewell", "missing", false, null, ["say_bye"]],
      ["bills", "insufficient", true, null, undefined],
      ["bills", "insufficient", true, null, undefined],
    ]);
    expect(pairs.map(({ edits }) => edits.map(({ op, skill: name }) => [op, name]))).toEqual([
      [
        ["replace", "mail"],
        ["replace", "mail"],
      ],
      [["append", "mail"]],
      [["delete-skill", "bills"]],
      [["create-file", "bills"]],
    ]);
  });

  test("are refused where there are none, or a line is none, with the line and what to write", async () => {
    expect(await refusal(readPairs(join(folder, "none.jsonl")))).toContain("cannot be read");
    expect(await refusal(pairsIn("", " "))).toMatch(/has no pairs\. Write one per line, such as/);
    expect(await refusal(pairsIn("", "{"))).toMatch(/line 2: this is not JSON/);
    expect(await refusal(pairsIn({ about: "x", before: "old/mail" }))).toMatch(
      /line 1: this is not a pair\. Write one/,
    );
    expect(await refusal(pairsIn({ about: "x", edits: [] }))).toContain("this is not a pair");
    expect(await refusal(pairsIn({ about: "x", before: "old/mail", after: "gone" }))).toMatch(
      /line 1: There is no skill at/,
    );
    expect(await refusal(pairsIn({ about: "x", before: "old/mail", after: "old/mail" }))).toContain("are the same");
    const many = Array.from({ length: 2_001 }, () => ({ about: "x", edits: [{ op: "delete-skill", skill: "mail" }] }));
    expect(await refusal(pairsIn(...many))).toContain("more than 2000 pairs");
  });
});
