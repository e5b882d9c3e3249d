import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseFrontmatter } from "../../skills/frontmatter.ts";

describe("frontmatter", () => {
  test("is split from the body and read as plain values", () => {
    const text = "---\nname: triage\nmetadata:\n  version: '1.0'\n---\n# Triage\n";
    const { fields, lines, problem, body, bodyStart } = parseFrontmatter(text);
    expect(fields).toEqual({ name: "triage", metadata: { version: "1.0" } });
    expect(lines).toEqual({ name: 2, metadata: 3 });
    expect(problem).toBeNull();
    expect(body).toBe("# Triage\n");
    expect(text.slice(bodyStart)).toBe(body);
  });

  test("is found behind a byte order mark, with CRLF and without a final newline", () => {
    const found = parseFrontmatter("\uFEFF---\r\nname: triage\r\n---");
    expect(found.fields).toEqual({ name: "triage" });
    expect(found.body).toBe("");
  });

  test("is absent, not wrong, in a text that does not start with it", () => {
    const text = "# Title\n\n---\nname: no\n---\n";
    expect(parseFrontmatter(text)).toEqual({ fields: null, lines: {}, problem: null, body: text, bodyStart: 0 });
  });

  test.each([
    ["an unclosed block", "---\nname: triage\n", 1, "never closed"],
    ["an empty block", "---\n---\n", 2, "not a mapping"],
    ["a list", "---\n- name\n---\n", 2, "not a mapping"],
    ["a plain text", "---\ntriage\n---\n", 2, "not a mapping"],
    ["a key that is a list", "---\n? [a, b]\n: c\n---\n", 2, "string"],
  ])("names line and reason for %s", (_, text, line, reason) => {
    const { fields, problem } = parseFrontmatter(text);
    expect(fields).toBeNull();
    expect(problem?.line).toBe(line);
    expect(problem?.message).toContain(reason);
  });

  test.each([
    ["a colon in a plain value", "---\nname: triage\ndescription: Use when: asked\n---\n", 3, "Quote values"],
    ["a key given twice", "---\nname: a\nname: b\n---\n", 3, "unique"],
    ["a custom tag", "---\nname: triage\nother: !secret x\n---\n", 3, "tag"],
    ["a known but foreign tag", "---\nname: !!binary aGk=\n---\n", 2, "tag"],
    ["an alias of nothing", "---\nname: *nothing\n---\n", 2, "alias"],
  ])("names line and reason for %s, and reads it all the same", (_, text, line, reason) => {
    const { fields, problem } = parseFrontmatter(text);
    expect(Object.keys(fields ?? {})).toContain("name");
    expect(problem?.line).toBe(line);
    expect(problem?.message).toContain(reason);
  });

  test("that is no YAML is read line by line, as texts", () => {
    const text =
      "---\nname: 'triage'\n# note\ndescription: >-\n  Use when: asked\n  twice: or more\nlicense:\nname: other\n---\nx";
    const { fields, lines, body } = parseFrontmatter(text);
    expect(fields).toEqual({ name: "other", description: "Use when: asked twice: or more", license: "" });
    expect(lines).toEqual({ name: 8, description: 4, license: 7 });
    expect(body).toBe("x");
  });

  test.each([
    ["quotes", `"Use: it, \\"now\\""`, 'Use: it, "now"'],
    ["single quotes", "'It''s: fine'", "It's: fine"],
    ["a plain text", "Maps A -> B # for < 10 rows", "Maps A -> B"],
    ["a folded text", ">\n  one\n  two", "one two\n"],
    ["a literal text", "|-\n  one\n  two", "one\ntwo"],
    ["an anchor", "&d text\nlicense: *d", "text"],
    ["a plain text over lines", "one\n  two", "one two"],
    ["no YAML", "one: two: three", "one: two: three"],
    ["no YAML, over lines", "one: two\n  three: four", "one: two three: four"],
  ])("is the same with any line end, with or without a mark, for a description in %s", (_, written, description) => {
    for (const end of ["\n", "\r\n", "\r"]) {
      for (const mark of ["", "\uFEFF"]) {
        const text = `${mark}---\nname: triage\ndescription: ${written}\n---\n\nBody\n`.replaceAll("\n", end);
        const { fields, body } = parseFrontmatter(text);
        expect(fields).toMatchObject({ name: "triage", description });
        expect(body).toBe(`${end}Body${end}`);
      }
    }
  });

  test("refuses a bomb of aliases", () => {
    const levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level += 1) {
      levels.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    const started = performance.now();
    const { fields, problem } = parseFrontmatter(`---\n${levels.join("\n")}\n---\n`);
    expect(JSON.stringify(fields).length).toBeLessThan(2_000);
    expect(problem?.message).toContain("alias");
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("refuses a megabyte and values nested deeper than the stack, at once", () => {
    const long = parseFrontmatter(`---\nname: ${"x".repeat(2 ** 20)}\n---\n`);
    expect(long.problem?.message).toContain("at most 65536");
    const deep = parseFrontmatter(`---\nname: ${"[".repeat(30_000)}${"]".repeat(30_000)}\n---\n`);
    expect(deep.problem).not.toBeNull();
  });

  test("keeps a __proto__ key as a key", () => {
    const { fields } = parseFrontmatter("---\n__proto__:\n  polluted: yes\nname: triage\n---\n");
    expect(Object.keys(fields ?? {})).toEqual(["__proto__", "name"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("gives back any mapping of texts that the yaml package writes", () => {
    const key = fc.stringMatching(/^[a-z][a-z-]{0,12}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ unit: "grapheme" }), { minKeys: 1 }), fc.string(), (fields, body) => {
        const found = parseFrontmatter(`---\n${stringify(fields)}---\n${body}`);
        expect(found.fields).toEqual({ ...fields });
        expect(found.body).toBe(body);
      }),
    );
  });

  test("never throws, and the body is always the end of the text", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("---", "---\n", "\n", "\r\n", "\uFEFF", "a: ", "- ", "&a ", "*a"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const { body, bodyStart } = parseFrontmatter(text);
        expect(text.slice(bodyStart)).toBe(body);
      }),
    );
  });
});
