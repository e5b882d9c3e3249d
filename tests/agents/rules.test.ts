import { describe, expect, test } from "vitest";
import { readRules } from "../../agents/procedure/rules.ts";
import { printSentence } from "../../agents/procedure/grammar/printer.ts";

const skill = `---
name: label
description: |
  ## Rules
  - When it has a link, answer \`frontmatter\`.
---

# Label

- When it has a link, answer \`outside\`.

## Rules

Read these in order.

- When it has a link, answer \`a\`. <!-- r7 -->
* Be brief.
1. When it mentions "one"
   or "two", answer \`b\`.

\`\`\`
- When it has a link, answer \`fenced\`.
\`\`\`

### Still rules

- When it mentoins "x", answer \`c\`. <!-- r9 -->
- Otherwise, answer \`d\`. <!-- r0 -->

## Notes

- When it has a link, answer \`other section\`.
`;

describe("reading the rules of a SKILL.md", () => {
  test("takes the bullets below ## Rules and nothing else", () => {
    const { rules, heading } = readRules(skill);
    expect(rules.map(({ sentence }) => printSentence(sentence))).toEqual([
      "When the message has a link, answer `a`.",
      'When the message mentions "one" or "two", answer `b`.',
      "Otherwise, answer `d`.",
    ]);
    expect(skill.slice(0, heading ?? 0)).toMatch(/## Rules$/);
  });

  test("keeps what does not parse as prose and says where", () => {
    expect(readRules(skill).findings).toEqual([
      { line: 17, column: 3, isExecuted: false, message: expect.stringContaining('found "Be"') },
      { line: 27, column: 11, isExecuted: false, message: expect.stringContaining('did you mean "mentions"?') },
    ]);
  });

  test("takes ids from comments and makes steady ones from the words of the rest", () => {
    const [first, second, last] = readRules(skill).rules;
    expect([first?.id, last?.id]).toEqual(["r7", "r0"]);
    expect(second?.id).toMatch(/^u[0-9a-f]{6}$/);
    const moved = readRules('## Rules\n- When the message mentions "one" or "two", answer `b`');
    expect(moved.rules[0]?.id).toBe(second?.id);
  });

  test("gives two rules with one id two names, and says so", () => {
    const { rules, findings } = readRules(
      "## Rules\n- Otherwise, answer `a`. <!-- r1 -->\n- When it has a link, answer `b`. <!-- r1 -->",
    );
    expect(rules.map(({ id }) => id)).toEqual(["r1", "r1-2"]);
    expect(findings).toEqual([{ line: 3, column: 1, isExecuted: true, message: expect.stringContaining("r1") }]);
  });

  test("places each bullet on its bytes, also with CRLF and wrapped lines", () => {
    const text = "## Rules\r\n\r\n- When it has\r\n  a link, answer `a`. <!-- r1 -->\r\n- Otherwise, answer `b`.\r\n";
    const { rules } = readRules(text);
    expect(rules.map(({ bullet }) => text.slice(bullet.start, bullet.end))).toEqual([
      "- When it has\r\n  a link, answer `a`. <!-- r1 -->",
      "- Otherwise, answer `b`.",
    ]);
  });

  test("a skill without the section has no rules", () => {
    expect(readRules("# Title\n\n- When it has a link, answer `a`.\n")).toEqual({
      rules: [],
      findings: [],
      heading: null,
    });
    expect(readRules("## Rules\n")).toEqual({ rules: [], findings: [], heading: 8 });
  });
});
