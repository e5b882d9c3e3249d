import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { mergePrograms } from "../../skills/merge.ts";
import { sectionsOf } from "../../skills/sections.ts";

type Files = Record<string, string | Uint8Array>;

const skillOf = (files: Files, name = "guide"): SkillFolder => {
  const bytes = Object.entries(files).map(([path, content]) => [
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  ]);
  return createSkillFolder(name, Object.fromEntries(bytes) as Record<string, Uint8Array>);
};

/** Three versions of one text merged. */
function mergeTexts(ancestor: string, preferred: string, other: string): string {
  const [skill] = mergePrograms(...triple(ancestor, preferred, other));
  return textOf(skill as SkillFolder) ?? "";
}

const triple = (...texts: [string, string, string]) =>
  texts.map((text) => [skillOf({ "SKILL.md": text })]) as [SkillFolder[], SkillFolder[], SkillFolder[]];

const front = "---\nname: guide\n---\n";
const rules = (text: string) => `## Rules\n\n${text}\n\n`;
const notes = (text: string) => `## Notes\n\n${text}\n\n`;
const base = front + rules("one") + notes("one");

describe("two programs merged over their ancestor", () => {
  test("keep what each of them changed in sections of its own", () => {
    const merged = mergeTexts(base, front + rules("two") + notes("one"), front + rules("one") + notes("three"));
    expect(merged).toBe(front + rules("two") + notes("three"));
  });

  test("take from the preferred one what both changed, section by section", () => {
    const [preferred, other] = [front + rules("two") + notes("one"), front + rules("three") + notes("three")];
    expect(mergeTexts(base, preferred, other)).toBe(front + rules("two") + notes("three"));
    expect(mergeTexts(base, other, preferred)).toBe(front + rules("three") + notes("three"));
  });

  test("take the frontmatter for a part like any other", () => {
    const newer = "---\nname: guide\ndescription: Guides.\n---\n";
    expect(mergeTexts(base, newer + rules("one") + notes("one"), front + rules("two") + notes("one"))).toBe(
      newer + rules("two") + notes("one"),
    );
    const bare = rules("one") + notes("one");
    expect(mergeTexts(bare, rules("two") + notes("one"), front + bare)).toBe(front + rules("two") + notes("one"));
  });

  test("lack what one of them deleted and the other left alone; what the other changed stays where it is preferred", () => {
    const [less, changed] = [front + rules("one"), front + rules("one") + notes("two")];
    expect(mergeTexts(base, less, base)).toBe(less);
    expect(mergeTexts(base, base, less)).toBe(less);
    expect(mergeTexts(base, changed, less)).toBe(changed);
    expect(mergeTexts(base, less, changed)).toBe(less);
  });

  test("have the new sections of both, each after what it follows", () => {
    const [one, other] = ["## First\n\na\n\n", "## Last\n\nb\n\n"];
    expect(mergeTexts(base, front + one + rules("one") + notes("one"), base + other)).toBe(
      front + one + rules("one") + notes("one") + other,
    );
    expect(mergeTexts(base, base, front + rules("one") + other + notes("one"))).toBe(
      front + rules("one") + other + notes("one"),
    );
  });

  test("tell sections of one title apart by how many came before", () => {
    const twice = front + rules("a") + rules("b");
    const merged = mergeTexts(twice, front + rules("A") + rules("b"), front + rules("a") + rules("B"));
    expect(merged).toBe(front + rules("A") + rules("B"));
  });

  test("begin every section on a line of its own, where a text did not end with one", () => {
    for (const lineBreak of ["\n", "\r\n"]) {
      const lines = (...text: string[]) => text.join(lineBreak);
      const preferred = lines("# Guide", "mine");
      const other = lines("# Guide", "theirs", "## More", "text");
      expect(mergeTexts(lines("# Guide", "old"), preferred, other)).toBe(lines(preferred, "## More", "text"));
    }
  });

  test("keep the line ends of each section, CRLF among them", () => {
    const windows = (text: string) => text.replaceAll("\n", "\r\n");
    const merged = mergeTexts(
      windows(base),
      windows(front + rules("two") + notes("one")),
      windows(base + rules("new")),
    );
    expect(merged).toBe(windows(front + rules("two") + notes("one") + rules("new")));
  });

  test("take the order of the one that moved sections", () => {
    const turned = front + notes("one") + rules("one");
    const changed = front + rules("two") + notes("one");
    expect(mergeTexts(base, turned, changed)).toBe(front + notes("one") + rules("two"));
    expect(mergeTexts(base, changed, turned)).toBe(front + notes("one") + rules("two"));
  });

  test("are merged by files, those that are no Markdown text as a whole", () => {
    const binary = (...bytes: number[]) => new Uint8Array(bytes);
    const from = skillOf({ "SKILL.md": base, "a.bin": binary(1), "b.md": binary(0xff, 1), "c.md": "c" });
    const one = skillOf({ "SKILL.md": base, "a.bin": binary(2), "b.md": binary(0xff, 2), "c.md": "c", "new.md": "n" });
    const other = skillOf({ "SKILL.md": base, "a.bin": binary(3), "b.md": binary(0xff, 3) });
    const merged = mergePrograms([from], [one], [other]);
    expect(programHash(merged)).toBe(
      programHash([skillOf({ "SKILL.md": base, "a.bin": binary(2), "b.md": binary(0xff, 2), "new.md": "n" })]),
    );
  });

  test("have the skills that either of them made, and lack those that one deleted", () => {
    const [from, old] = [skillOf({ "SKILL.md": base }), skillOf({ "SKILL.md": base }, "old")];
    const [made, other] = [skillOf({ "SKILL.md": base }, "made"), skillOf({ "SKILL.md": base }, "another")];
    const merged = mergePrograms([from, old], [from, old, made], [from, other]);
    expect(merged.map(({ name }) => name)).toEqual(["another", "guide", "made"]);
  });
});

const line = fc.constantFrom("text", "more text", "- a rule", "", "```", "    # code", "#hashtag", "ä €");
const heading = fc.constantFrom("# Guide", "## Rules", "## Notes", "### Notes", "## Rules ##", "#");
const lineBreaks = fc.constantFrom("\n", "\r\n");
const frontmatter = fc.constantFrom(
  [],
  ["---", "name: guide", "---"],
  ["---", "name: guide", "description: x", "---"],
  ["---", "never closed"],
);

/** Texts as they come: with and without frontmatter, headings twice, code, either kind of line ends, no line end at the end. */
const texts = fc
  .record({
    front: frontmatter,
    lines: fc.array(fc.oneof(line, heading), { maxLength: 12 }),
    lineBreak: lineBreaks,
    isEnded: fc.boolean(),
    mark: fc.constantFrom("", "\uFEFF"),
  })
  .map(({ front: head, lines, lineBreak, isEnded, mark }) => {
    const all = [...head, ...lines].join(lineBreak);
    return mark + all + (isEnded ? lineBreak : "");
  });

const files = fc.record(
  {
    "SKILL.md": texts,
    "other.md": texts,
    "run.sh": texts,
    "data.md": fc.uint8Array({ maxLength: 4 }),
  },
  { requiredKeys: ["SKILL.md"] },
);
const programs = fc
  .uniqueArray(fc.tuple(fc.constantFrom("guide", "house", "zoo"), files), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 3,
  })
  .map((skills) => skills.map(([name, content]) => skillOf(content, name)));

describe("merging any programs", () => {
  test("gives back the one that was changed, whichever it is, and what both changed alike", () => {
    fc.assert(
      fc.property(programs, programs, (ancestor, changed) => {
        const hash = programHash(changed);
        expect(programHash(mergePrograms(ancestor, changed, ancestor))).toBe(hash);
        expect(programHash(mergePrograms(ancestor, ancestor, changed))).toBe(hash);
        expect(programHash(mergePrograms(ancestor, changed, changed))).toBe(hash);
      }),
      { numRuns: 300 },
    );
  });

  test("does the same every time, and makes up no line that none of them has", () => {
    const linesOf = (program: readonly SkillFolder[]) =>
      program.flatMap((skill) =>
        Object.keys(skill.files).flatMap((file) =>
          (textOf(skill, file) ?? "").replace(/^\uFEFF/, "").split(/\r\n?|\n/),
        ),
      );
    fc.assert(
      fc.property(programs, programs, programs, (ancestor, one, other) => {
        const merged = mergePrograms(ancestor, one, other);
        expect(programHash(mergePrograms(ancestor, one, other))).toBe(programHash(merged));
        const known = new Set([ancestor, one, other].flatMap(linesOf));
        expect(linesOf(merged).filter((each) => !known.has(each))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("keeps changes to different sections, whoever made them", () => {
    const titles = ["A", "B", "C", "D", "E"];
    const choices = fc.array(fc.constantFrom("same", "one", "other"), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(choices, lineBreaks, fc.boolean(), (who, lineBreak, isTurned) => {
        const textBy = (...writers: string[]) =>
          titles
            .map(
              (title, at) =>
                `## ${title}${lineBreak}${writers.includes(who[at] as string) ? "new" : "old"}${lineBreak}`,
            )
            .join("");
        const sides = isTurned ? [textBy("other"), textBy("one")] : [textBy("one"), textBy("other")];
        const merged = mergeTexts(textBy(), ...(sides as [string, string]));
        expect(merged).toBe(textBy("one", "other"));
        expect(sectionsOf(merged).map(({ title }) => title)).toEqual(titles);
      }),
    );
  });
});
