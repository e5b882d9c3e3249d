import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sectionsOf } from "../../skills/sections.ts";

describe("sections", () => {
  test("run from heading to heading, after the frontmatter", () => {
    const text = "---\n# comment\nname: a\n---\nIntro\n# One ##\ntext\n### Two\n";
    expect(sectionsOf(text).map(({ level, title, line }) => ({ level, title, line }))).toEqual([
      { level: 0, title: "", line: 5 },
      { level: 1, title: "One", line: 6 },
      { level: 3, title: "Two", line: 8 },
    ]);
  });

  test("take no heading from a code fence, also one that is longer, tilded or never closed", () => {
    const text = "# Real\n````md\n# no\n```\n# no\n````\n~~~\n# no\n~~~\n## Also\n```\n# no\n";
    expect(sectionsOf(text).map(({ title }) => title)).toEqual(["Real", "Also"]);
  });

  test("take no heading from #hashtags, indented code or seven marks", () => {
    expect(sectionsOf("#tag\n    # code\n####### seven\n").map(({ level }) => level)).toEqual([0]);
  });

  test("are none in an empty text", () => {
    expect(sectionsOf("")).toEqual([]);
  });

  test("have byte offsets that fit non-ASCII text, CRLF and a byte order mark", () => {
    const text = "\uFEFF# Größe 😀\r\nx\r\n# Zwei\r\n";
    const bytes = new TextEncoder().encode(text);
    const sections = sectionsOf(text);
    expect(sections.map(({ title }) => title)).toEqual(["Größe 😀", "Zwei"]);
    for (const { start, end, byteStart, byteEnd } of sections) {
      expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(byteStart, byteEnd))).toBe(
        text.slice(start, end),
      );
    }
  });

  test("cover the body without gaps", () => {
    const line = fc.constantFrom("# a", "## ü", "text", "```", "~~~~", "", "😀", "---");
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom("\n", "\r\n"), (lines, newline) => {
        const text = lines.join(newline);
        const sections = sectionsOf(text);
        sections.forEach((section, index) => {
          if (index > 0) expect(section.start).toBe(sections[index - 1]?.end);
          expect(section.byteEnd - section.byteStart).toBe(Buffer.byteLength(text.slice(section.start, section.end)));
        });
        if (sections.length > 0) expect(sections.at(-1)?.end).toBe(text.length);
      }),
    );
  });
});
