import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandomAnalyst } from "../../analysts/random.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { applyEdits } from "../../skills/edits.ts";
import { textOf, type SkillFolder } from "../../skills/folder.ts";
import type { Draft, Edit, TextEdit } from "../../state/program.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { budgetOf, bulletsOf, rollOut, rulesOf, skillOf, times, type Labelled } from "./rollouts.ts";

const statistical = createStatisticalAnalyst();

async function study(
  analyst: Analyst,
  skills: readonly SkillFolder[],
  tasks: readonly Labelled[],
  budget = budgetOf(),
) {
  const replay = await rollOut(skills, tasks);
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, skills), skills, replay);
  const { drafts, simulations } = await analyst.propose(deficiencies, skills, replay, budget);
  return { draft: drafts[0], drafts, simulations, after: drafts[0] && applyEdits(skills, drafts[0].edits), replay };
}

function rightOf(rollouts: readonly ScoredRollout[]): number {
  return rollouts.reduce((sum, { score }) => sum + (score?.value ?? 0), 0);
}

/** What one change makes of the bullets of a skill. */
async function firstChange(bullets: string[], tasks: readonly Labelled[]) {
  const { draft, after } = await study(statistical, [rulesOf(...bullets)], tasks, budgetOf(1));
  return { operator: draft?.origin.operator, bullets: bulletsOf(after?.[0]), edits: draft?.edits };
}

describe("each operator, where it is the best", () => {
  const otherwise = "Otherwise, answer `ham`. <!-- r0 -->";

  test("adds a Rules section with a default and a rule to a skill without one", async () => {
    const tasks = [...times(9, "see home", "ham"), ...times(5, "win cash", "spam")];
    const start = skillOf("---\nname: label\ndescription: Labels.\n---\n\n# Label\n\nBe careful.");
    const { after, draft } = await study(statistical, [start], tasks);
    expect(draft?.edits).toHaveLength(1);
    expect(textOf(after?.[0] as SkillFolder)).toBe(
      `${textOf(start)}\n\n## Rules\n\n- When the message mentions "win", answer \`spam\`. <!-- r1 -->\n- Otherwise, answer \`ham\`. <!-- r0 -->\n`,
    );
  });

  test("adds a rule before another", async () => {
    const rule = "When the message has a number, answer `spam`. <!-- r1 -->";
    const spam = Array.from({ length: 30 }, (_, at): Labelled => [`w${at} x${at}`, "spam"]);
    const tasks: Labelled[] = [...spam, ...times(9, "meeting", "work"), ["hello", "ham"]];
    const changed = await firstChange([rule, otherwise], tasks);
    expect(changed.operator).toBe("add_before");
    expect(changed.bullets).toEqual([
      '- When the message mentions "meeting", answer `work`. <!-- r2 -->',
      `- ${rule}`,
      `- ${otherwise}`,
    ]);
    expect(changed.edits).toMatchObject([{ op: "insert-before", anchor: `- ${rule}` }]);
  });

  test("extends the alternatives of a rule", async () => {
    const tasks = [...times(5, "win", "spam"), ...times(5, "prize", "spam"), ...times(9, "hello", "ham")];
    const changed = await firstChange(
      ['When the message mentions "win", answer `spam`. <!-- r1 -->', otherwise],
      tasks,
    );
    expect(changed.operator).toBe("extend_alternatives");
    expect(changed.bullets[0]).toBe('- When the message mentions "win" or "prize", answer `spam`. <!-- r1 -->');
  });

  test("gives a rule an exception", async () => {
    const spam = Array.from({ length: 12 }, (_, at): Labelled => [`free w${at}`, "spam"]);
    const tasks = [...spam, ...times(9, "free tonight", "ham")];
    const changed = await firstChange(
      ['When the message mentions "free", answer `spam`. <!-- r1 -->', otherwise],
      tasks,
    );
    expect(changed.operator).toBe("add_exception");
    expect(changed.bullets[0]).toBe(
      '- When the message mentions "free" unless it mentions "tonight", answer `spam`. <!-- r1 -->',
    );
  });

  test("narrows a rule by a required phrase", async () => {
    const ham = Array.from({ length: 12 }, (_, at): Labelled => [`free w${at}`, "ham"]);
    const tasks = [...ham, ...times(9, "free prize", "spam")];
    const changed = await firstChange(
      ['When the message mentions "free", answer `spam`. <!-- r1 -->', otherwise],
      tasks,
    );
    expect(changed.operator).toBe("narrow");
    expect(changed.bullets[0]).toBe(
      '- When the message mentions "free" and mentions "prize", answer `spam`. <!-- r1 -->',
    );
  });

  test("drops a harmful alternative", async () => {
    const tasks = [...times(9, "win", "spam"), ...times(9, "home", "ham")];
    const changed = await firstChange(
      ['When the message mentions "win" or "home", answer `spam`. <!-- r1 -->', otherwise],
      tasks,
    );
    expect(changed.operator).toBe("narrow");
    expect(changed.bullets[0]).toBe('- When the message mentions "win", answer `spam`. <!-- r1 -->');
  });

  test("moves a rule, which takes two edits", async () => {
    const bullets = [
      'When the message mentions "card", answer `x`. <!-- r1 -->',
      'When the message mentions "lost", answer `y`. <!-- r2 -->',
    ];
    const odd = Array.from({ length: 9 }, (_, at): Labelled => [`card lost w${at}`, "y"]);
    const tasks = [...times(5, "card", "x"), ...times(5, "lost", "y"), ...odd];
    const { draft, after } = await study(statistical, [rulesOf(...bullets)], tasks, budgetOf(2));
    expect(draft?.origin.operator).toBe("move_rule");
    expect(bulletsOf(after?.[0])).toEqual(bullets.toReversed().map((bullet) => `- ${bullet}`));
    expect(draft?.edits.length).toBeLessThanOrEqual(2);
  });

  test("deletes a rule that does harm", async () => {
    const changed = await firstChange(
      ['When the message mentions "home", answer `spam`. <!-- r1 -->', otherwise],
      times(9, "home", "ham"),
    );
    expect(changed.operator).toBe("delete_rule");
    expect(changed.bullets).toEqual([`- ${otherwise}`]);
  });

  test("changes the default", async () => {
    const tasks = Array.from({ length: 9 }, (_, at): Labelled => [`w${at}`, "other"]);
    const changed = await firstChange([otherwise], tasks);
    expect(changed.operator).toBe("set_default");
    expect(changed.bullets).toEqual(["- Otherwise, answer `other`. <!-- r0 -->"]);
  });

  test("spells an answer as it is expected", async () => {
    const tasks = [...times(9, "win", "spam"), ...times(9, "hello", "ham")];
    const changed = await firstChange(
      ['When the message mentions "win", answer `Spam`. <!-- r1 -->', otherwise],
      tasks,
    );
    expect(changed.operator).toBe("set_answer");
    expect(changed.bullets[0]).toBe('- When the message mentions "win", answer `spam`. <!-- r1 -->');
  });

  test("keeps the mark of an IMPORTANT rule that it changes or gives another answer", async () => {
    const tasks = [...times(5, "win", "spam"), ...times(5, "prize", "spam"), ...times(9, "hello", "ham")];
    const marked = 'IMPORTANT: When the message mentions "win", answer `spam`. <!-- r1 -->';
    expect((await firstChange([marked, otherwise], tasks)).bullets[0]).toBe(
      '- IMPORTANT: When the message mentions "win" or "prize", answer `spam`. <!-- r1 -->',
    );
    const other = Array.from({ length: 9 }, (_, at): Labelled => [`w${at}`, "other"]);
    expect((await firstChange([`IMPORTANT: ${otherwise}`], other)).bullets).toEqual([
      "- IMPORTANT: Otherwise, answer `other`. <!-- r0 -->",
    ]);
  });

  test("prefers a phrase that says something, and one that more than one message supports", async () => {
    const tasks = [
      ...times(6, "you will win it !", "spam"),
      ...times(9, "see home", "ham"),
      ["lonely", "spam"] as const,
    ];
    const { after } = await study(statistical, [rulesOf(otherwise)], tasks);
    expect(bulletsOf(after?.[0])[0]).toBe('- When the message mentions "win", answer `spam`. <!-- r1 -->');
    expect(bulletsOf(after?.[0])).toHaveLength(2);
  });
});

describe("what an analyst may not do", () => {
  test("it learns nothing of tasks it is not shown, and the newest rollout of a task counts", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    const tasks = [...times(5, "win", "spam"), ...times(5, "hello", "ham")];
    const { draft } = await study(statistical, [skill], tasks);
    expect(JSON.stringify(draft)).not.toContain("secret");
    const replay = await rollOut([skill], tasks);
    const old = replay.map((each) => ({ ...each, expected: "secret" }));
    const deficiencies = await statistical.diagnose(await statistical.analyze(replay, [skill]), [skill], replay);
    expect((await statistical.propose(deficiencies, [skill], [...old, ...replay], budgetOf())).drafts[0]).toEqual(
      draft,
    );
  });

  test("it ignores rollouts that are missing or have no label", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    const replay = await rollOut([skill], times(6, "win", "spam"));
    const deficiencies = await statistical.diagnose(await statistical.analyze(replay, [skill]), [skill], replay);
    for (const change of [{ score: null }, { expected: null }, { expected: { a: 1 } }]) {
      const useless = replay.map((each) => ({ ...each, ...change }));
      expect((await statistical.propose(deficiencies, [skill], useless, budgetOf())).drafts).toEqual([]);
    }
  });

  test("prose, other sections and bullets that are no rules stay byte for byte", async () => {
    const text = `# Label\r\n\r\nBe fair.\r\n\r\n## Rules\r\n\r\nIn order:\r\n\r\n* Be kind.\r\n* When it mentions "home",\r\n  answer \`spam\`. <!-- r1 -->\r\n* Otherwise, answer \`ham\`. <!-- r0 -->\r\n\r\n## Notes\r\n\r\n- see \`x\` `;
    const tasks = [...times(5, "win", "spam"), ...times(5, "home", "ham")];
    const { after } = await study(statistical, [skillOf(text)], tasks);
    expect(textOf(after?.[0] as SkillFolder)).toBe(
      `# Label\r\n\r\nBe fair.\r\n\r\n## Rules\r\n\r\nIn order:\r\n\r\n* Be kind.\r\n* When the message mentions "win", answer \`spam\`. <!-- r2 -->\r\n* Otherwise, answer \`ham\`. <!-- r0 -->\r\n\r\n## Notes\r\n\r\n- see \`x\` `,
    );
  });
});

describe("rejected edits", () => {
  const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
  const words = ["win", "prize", "cash", "claim"];
  const tasks = [...words.flatMap((word) => times(6, word, "spam")), ...times(30, "hello", "ham")];

  test("do not come back, and the next draft leads with something else", async () => {
    let rejected: Edit[] = [];
    const leads: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { draft } = await study(statistical, [skill], tasks, budgetOf(1, rejected));
      expect(rejected).not.toContainEqual(draft?.edits[0]);
      leads.push(/mentions "(\w+)"/.exec((draft?.edits[0] as TextEdit | undefined)?.text ?? "")?.[1] ?? "none");
      rejected = [...rejected, ...(draft?.edits ?? [])];
    }
    expect(new Set(leads).size).toBe(leads.length);
  });

  test("of another skill or text ban nothing", async () => {
    const free = await study(statistical, [skill], tasks);
    const other: Edit[] = [{ skill: "other", file: "SKILL.md", op: "replace", anchor: "x", text: "Be kind." }];
    expect((await study(statistical, [skill], tasks, budgetOf(4, other))).draft).toEqual(free.draft);
  });
});

const vocabulary = ["card", "lost", "refund", "the", "?", "win", "5", "home", "£"];
const message = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 5 })
  .map((tokens) => tokens.join(" "));
const task = fc.tuple(message, fc.constantFrom("a", "b", "c"));
const bullet = fc.oneof(
  fc
    .tuple(
      fc.subarray(vocabulary, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("a", "b"),
      fc.constantFrom("", ' unless it mentions "home"'),
    )
    .map(
      ([phrases, label, unless]) =>
        `When it mentions ${phrases.map((each) => `"${each}"`).join(", ")}${unless}, answer \`${label}\`.`,
    ),
  fc.constantFrom("Be kind.", "When it has a number, answer `c`.", "Otherwise, answer `a`."),
);
const skillText = fc
  .tuple(
    fc.array(fc.tuple(bullet, fc.boolean()), { maxLength: 6 }),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "Prose.", "## Notes"),
  )
  .map(([bullets, lineEnd, tail]) => {
    const lines = bullets.map(([text, named], at) => `- ${text}${named ? ` <!-- r${at} -->` : ""}`);
    return ["# Label", "", ...(lines.length > 0 ? ["## Rules", ""] : []), ...lines, "", tail].join(lineEnd);
  });

/** The lines of a text that are neither rules nor blank nor the heading of the rules. */
function proseOf(skill: SkillFolder): string[] {
  const lines = (textOf(skill) ?? "").split(/\r?\n/);
  return lines.filter((line) => !/^- (When|Otherwise)|^$|^## Rules$/.test(line));
}

describe.each([
  ["statistical", createStatisticalAnalyst()],
  ["random", createRandomAnalyst()],
])("any draft of the %s analyst", (name, analyst) => {
  test("applies as a whole, keeps to the budget and to the prose, and is the same again", async () => {
    const world = fc.record({
      texts: fc.array(skillText, { minLength: 1, maxLength: 2 }),
      tasks: fc.uniqueArray(task, { minLength: 1, maxLength: 40, selector: ([input]) => input }),
      edits: fc.integer({ min: 1, max: 5 }),
      seed: fc.nat(99),
      takesShorter: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ texts, tasks, edits, seed, takesShorter }) => {
        const skills = texts.map((text, at) => skillOf(text, `label-${at}`));
        let rejected: Edit[] = [];
        for (let round = 0; round < 3; round += 1) {
          const budget = budgetOf(edits, rejected, seed, takesShorter);
          const { draft, drafts, after, replay } = await study(analyst, skills, tasks, budget);
          expect((await study(analyst, skills, tasks, budget)).drafts).toEqual(drafts);
          if (draft === undefined || after === undefined) return;
          expect(draft.edits.length).toBeLessThanOrEqual(edits);
          expect(after.map(proseOf)).toEqual(skills.map(proseOf));
          for (const edit of draft.edits) expect(rejected).not.toContainEqual(edit);
          if (name === "statistical") expect(await gainOf(after, tasks, replay)).toBe(promiseOf(draft));
          rejected = [...rejected, ...draft.edits];
        }
      }),
      { numRuns: 150 },
    );
  });
});

async function gainOf(after: readonly SkillFolder[], tasks: readonly Labelled[], before: readonly ScoredRollout[]) {
  return rightOf(await rollOut(after, tasks)) - rightOf(before);
}

function promiseOf({ origin }: Draft): number {
  return (origin.features["fixes"] as number) - (origin.features["breaks"] as number);
}
