import { describe, expect, test } from "vitest";
import { createSkillFolder, textOf, type SkillFolder } from "../../../skills/folder.ts";
import { unpublishable } from "../../../skills/limits.ts";
import { clausesOf, joinedClauses } from "../../../skills/reduction/clauses.ts";
import { conceptsIn, lostConcepts } from "../../../skills/reduction/faithfulness.ts";
import { classifyItems, itemsOf } from "../../../skills/reduction/items.ts";
import { leavingItems, reduceBody } from "../../../skills/reduction/reduce-body.ts";
import { reduceDescription } from "../../../skills/reduction/reduce-description.ts";
import { descriptionOf } from "../../../skills/library/retrieval.ts";
import { misrouted, routeByWords, routingPool } from "../../../skills/reduction/routing.ts";
import { publicSkills } from "../../support/public-skills.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const skillOf = (name: string, description: string, body: string, files: Record<string, string> = {}): SkillFolder =>
  createSkillFolder(name, {
    "SKILL.md": encode(`---\nname: ${name}\ndescription: ${description}\nlicense: MIT\n---\n\n${body}`),
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [file, encode(text)])),
  });

const body = `# Invoices

## Background

Invoices were sent by mail for a long time.

## What to do

- Always check the invoice number against \`orders.csv\`.
- Never pay an invoice above 5,000 without approval.

Dates are written as in \`2026-11-28\`. You must not change them.

## Examples

An invoice from Hamburg with 3 lines is booked as material.

For example, freight is booked as transport.

## Template

\`\`\`
Invoice: {{number}}
\`\`\`

## More

An invoice from Hamburg with 3 lines is booked as material.

See [the tax table](references/tax.md).
`;
const description =
  "Checks invoices against orders; never pays large ones without approval. Our team has loved finance for many years. Use it when an invoice arrives.";
const invoices = skillOf("invoices", description, body, { "references/tax.md": "# Tax\n" });
const orders = skillOf("orders", "Writes orders to suppliers, from a list of parts.", "# Orders\n\nWrite the order.\n");

describe("a body without some of its items", () => {
  test("has its code and frontmatter as they were, blank lines included", () => {
    const code = "```py\ndef one(): ...\n\n\n\ndef two(): ...\n```\n";
    const text = `---\nname: a\n# why\n\n\n## so\n# so\n---\n\n# A\n\n${code}\n## Background\n\nIt was so.\n\n\n\n## Rules\n\n- Use it.\n`;
    const items = itemsOf(text);
    const kinds = items.map(({ text: own }) => (own.startsWith("It was") ? "background" : "core_rule"));
    const reduced = textOf(reduceBody(createSkillFolder("a", { "SKILL.md": encode(text) }), kinds)!)!;
    const left = text.replace("## Background\n\nIt was so.\n\n\n\n", "");
    expect(reduced.startsWith(left)).toBe(true);
  });
});

describe("clauses of a description", () => {
  test("are sentences and what semicolons and dashes divide, and together the description", () => {
    const text = 'Sorts mail, e.g. letters. Use it "now." Or later; never on Sundays — or at night.';
    expect(clausesOf(text)).toEqual([
      "Sorts mail, e.g. letters. ",
      'Use it "now." ',
      "Or later; ",
      "never on Sundays — ",
      "or at night.",
    ]);
    expect(clausesOf(text).join("")).toBe(text);
    expect(joinedClauses(["or later; ", "never on Sundays — "])).toBe("Or later; never on Sundays.");
  });
});

describe("routing", () => {
  test("chooses the skill whose description fits best, and none where two do or no word is known", () => {
    const listed = [
      { name: "a", description: "pays invoices" },
      { name: "b", description: "writes orders" },
      { name: "c", description: "writes letters" },
    ];
    expect(routeByWords("an order or two orders", listed)).toBe("b");
    expect(routeByWords("writes", listed)).toBeNull();
    expect(routeByWords("zebra", listed)).toBeNull();
  });

  test("asks with lines of core rules, against the nearest skills and a look-alike, and all are routed right at first", () => {
    const pool = routingPool(invoices, [invoices, orders]);
    expect(pool.others.map(({ name }) => name)).toEqual(["orders", "invoices-look-alike"]);
    expect(pool.cases.filter(({ skill }) => skill === "invoices").length).toBeGreaterThan(0);
    expect(pool.cases.map(({ question }) => question).join()).not.toMatch(/mail|Hamburg/i);
    expect(misrouted(pool, description, routeByWords)).toEqual([]);
    expect(misrouted(pool, "Does something else.", routeByWords).length).toBeGreaterThan(0);
  });

  test("a description keeps the clauses that routing needs, and nothing else of the file changes", async () => {
    const pool = routingPool(invoices, [invoices, orders]);
    const routes = async (text: string) => misrouted(pool, text, routeByWords).length === 0;
    const reduced = await reduceDescription(invoices, routes);
    const left = descriptionOf(reduced!);
    expect(left).not.toContain("loved");
    expect(left).toContain("approval");
    expect(await routes(left)).toBe(true);
    const [before, after] = [invoices, reduced!].map((skill) => textOf(skill)!.replace(/^description: .*$/m, ""));
    expect(after).toBe(before);
    expect(await reduceDescription(invoices, async () => false)).toBeUndefined();
    expect(await reduceDescription(orders, async () => true)).toBeUndefined();
  });

  test("a description over several lines is replaced as one", async () => {
    const folded = skillOf("folded", ">-\n  Checks invoices.\n  Likes finance.", "# Folded\n");
    const reduced = await reduceDescription(folded, async (text) => text.includes("invoices"));
    expect(textOf(reduced!)).toContain("\ndescription: Checks invoices.\nlicense: MIT\n---");
  });
});

describe("the items of a body", () => {
  test("are paragraphs, lists and code blocks, of a kind by heading, first words and instructions", () => {
    const items = itemsOf(textOf(invoices)!);
    expect(items.map(({ text }) => text.split("\n")[0])).toEqual([
      "Invoices were sent by mail for a long time.",
      "- Always check the invoice number against `orders.csv`.",
      "Dates are written as in `2026-11-28`. You must not change them.",
      "An invoice from Hamburg with 3 lines is booked as material.",
      "For example, freight is booked as transport.",
      "```",
      "An invoice from Hamburg with 3 lines is booked as material.",
      "See [the tax table](references/tax.md).",
    ]);
    expect(classifyItems(items)).toEqual([
      "background",
      "core_rule",
      "core_rule",
      "example",
      "example",
      "template",
      "redundant",
      "core_rule",
    ]);
  });

  test("leave the main file word by word, with a line that says when to read them; what repeats is dropped", () => {
    const kinds = classifyItems(itemsOf(textOf(invoices)!));
    const reduced = reduceBody(invoices, kinds)!;
    expect(textOf(reduced)).toBe(`---
name: invoices
description: ${description}
license: MIT
---

# Invoices

## What to do

- Always check the invoice number against \`orders.csv\`.
- Never pay an invoice above 5,000 without approval.

Dates are written as in \`2026-11-28\`. You must not change them.

## More

See [the tax table](references/tax.md).

## References

- Read \`references/background.md\` when you need why it is done so, or what it is about: Invoices were sent by mail for a long t….
- Read \`references/examples.md\` when you need an example: An invoice from Hamburg with 3 lines is…; For example, freight is booked as trans….
- Read \`references/templates.md\` when you need a template to fill in: Template.
`);
    expect(textOf(reduced, "references/examples.md")).toMatch(
      /^# Examples\n\nTopics: .*\n\n## Examples\n\nAn invoice from/,
    );
    expect(textOf(reduced, "references/templates.md")).toContain("```\nInvoice: {{number}}\n```\n");
    expect([unpublishable(reduced), lostConcepts(invoices, reduced)]).toEqual([[], []]);
  });

  test("keeps what is given back, moves nothing twice, and leaves a body of core rules alone", () => {
    const text = textOf(invoices)!;
    const kinds = classifyItems(itemsOf(text));
    const leaving = leavingItems(text, kinds);
    expect(leaving.toSorted()).toEqual([0, 3, 4, 5, 6]);
    const half = reduceBody(invoices, kinds, new Set([3, 4]))!;
    expect(textOf(half)).toContain("freight is booked");
    expect(textOf(half)).not.toContain("examples.md");
    expect(reduceBody(invoices, kinds, new Set(leaving))).toBeUndefined();
    const reduced = reduceBody(invoices, kinds)!;
    expect(reduceBody(reduced, classifyItems(itemsOf(textOf(reduced)!)))).toBeUndefined();
  });

  test("adds to a reference that is there, but not what it says already", () => {
    const known = { "references/examples.md": "# Samples\n\nFor example, freight is booked as transport.\n" };
    const skill = skillOf("invoices", description, body, known);
    const added = textOf(reduceBody(skill, classifyItems(itemsOf(textOf(skill)!)))!, "references/examples.md")!;
    expect(added).toMatch(/^# Samples\n/);
    expect(added.match(/freight/g)).toHaveLength(1);
    expect(added).toContain("Hamburg");
  });
});

describe("faithfulness", () => {
  test("counts code, options, numbers, quoted words, and sentences that must be obeyed", () => {
    expect(conceptsIn('Run `npm test` with --watch, or 5,000 times. Say "hello". You must wait. It is nice.')).toEqual([
      "npm test",
      "watch",
      "5 000",
      "hello",
      "you must wait",
    ]);
  });

  test("finds what is gone, and what is only in a file that nobody is told to read", () => {
    const without = skillOf("invoices", description, body.replace("`orders.csv`", "the orders"));
    expect(lostConcepts(invoices, without)).toContain("orders csv");
    const hidden = (line: string) =>
      skillOf("invoices", description, `# Invoices\n\n${line}\n`, { "references/all.md": body });
    expect(lostConcepts(invoices, hidden("Pay."))).toContain("orders csv");
    expect(lostConcepts(invoices, hidden("Read references/all.md before you pay."))).toEqual([]);
  });
});

test("real public skills lose no concept, still route, and get no longer", async () => {
  const skills = publicSkills();
  expect(skills.length).toBeGreaterThan(2);
  for (const skill of skills) {
    const pool = routingPool(skill, skills);
    const routes = async (text: string) => misrouted(pool, text, routeByWords).length === 0;
    const shorter = (await reduceDescription(skill, routes)) ?? skill;
    expect(await routes(descriptionOf(shorter))).toBe(true);
    expect(descriptionOf(shorter).length).toBeLessThanOrEqual(descriptionOf(skill).length);
    const reduced = reduceBody(shorter, classifyItems(itemsOf(textOf(shorter)!))) ?? shorter;
    expect([skill.name, lostConcepts(skill, reduced), unpublishable(reduced)]).toEqual([skill.name, [], []]);
  }
});
