import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleSkill, type SkillParts } from "../../../analysts/creation/sections.ts";
import { textOf } from "../../../skills/folder.ts";
import { unpublishable } from "../../../skills/limits.ts";
import { sectionsOf } from "../../../skills/sections.ts";

const parts = (changes: Partial<SkillParts> = {}): SkillParts => ({
  name: "sorter",
  description: "Sorts messages.",
  background: "Messages have words.",
  triage: "Look at the first word.",
  scenarios: [{ title: "Lamps", text: "Say lights." }],
  faq: [{ question: "And taps?", answer: "Say water." }],
  more: "",
  documents: {},
  tools: [],
  ...changes,
});
const fixed = ["Background Knowledge", "Scenario Triage", "Per-Scenario Handling", "FAQ", "Reference Index"];
const titlesOf = (text: string) => sectionsOf(text).flatMap(({ level, title }) => (level === 2 ? [title] : []));

describe("a first skill", () => {
  test("has the fixed sections in order, also where nothing is known", () => {
    const empty = { background: "", triage: "", scenarios: [], faq: [] };
    for (const skill of [assembleSkill(parts()), assembleSkill(parts(empty))]) {
      expect(titlesOf(textOf(skill)!)).toEqual(fixed);
      expect(unpublishable(skill)).toEqual([]);
    }
  });

  test("keeps documents and tools as references, and lists them", () => {
    const tools = [{ name: "lookup", description: "", parameters: null, cases: 2, scenarios: {} }];
    const skill = assembleSkill(parts({ documents: { "Guide A.md": "a", "guide-a.md": "b" }, tools }));
    expect(Object.keys(skill.files).toSorted()).toEqual([
      "SKILL.md",
      "references/knowledge_guide-a-md-2.md",
      "references/knowledge_guide-a-md.md",
      "references/tools.json",
    ]);
    for (const file of Object.keys(skill.files).slice(1)) expect(textOf(skill)).toContain(`- ${file}`);
  });

  test("moves its longest parts to references until it has at most 500 lines and 10,000 characters", () => {
    const long = "x".repeat(4_000);
    const scenarios = [1, 2, 3].map((number) => ({ title: `Case ${number}`, text: `${long}${number}` }));
    const skill = assembleSkill(parts({ scenarios, faq: [{ question: "q", answer: "y\n".repeat(600) }] }));
    const text = textOf(skill)!;
    expect([text.length <= 10_000, text.split("\n").length <= 500]).toEqual([true, true]);
    expect(text).toContain("See references/scenario_1_case-1.md.");
    expect(textOf(skill, "references/scenario_1_case-1.md")).toContain(`${long}1`);
    expect(text).toContain("See references/faq.md.");
    expect(text).toContain(`${long}3`);
  });

  test("never moves the sections that the agent needs, and keeps every text somewhere", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n"), maxLength: 6_000 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), text, (texts, background) => {
        const scenarios = texts.map((each, index) => ({ title: `T${index}`, text: each }));
        const more = `## Rules\n\n${"- rule\n".repeat(50)}`;
        const skill = assembleSkill(parts({ scenarios, background, more }));
        expect(textOf(skill)).toContain(more.trim());
        const all = Object.keys(skill.files)
          .map((file) => textOf(skill, file))
          .join("\n");
        for (const each of [...texts, background]) expect(all).toContain(each.trim());
        const isShort = textOf(skill)!.length <= 10_000 && textOf(skill)!.split("\n").length <= 500;
        expect(isShort).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
