import { describe, expect, test } from "vitest";
import { execute } from "../../agents/procedure/execute.ts";
import { compileSkills } from "../../agents/procedure/interpret.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { readRules, readSkill } from "../../agents/procedure/rules.ts";
import { emphasisFactor, slipProbability } from "../../agents/procedure/slip.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../skills/folder.ts";
import { cpuTimeOf } from "../support/cpu-time.ts";

function skillOf(text: string, name = "s"): SkillFolder {
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
}

function run(text: string, input: string) {
  return execute(compileSkills([skillOf(text)]), input);
}

function ask(text: string, input: string): string {
  return run(text, input).text;
}

describe("the order of sections", () => {
  const all = [
    "## Finish\n- Lower-case it.",
    '## Rules\n- Otherwise, answer `RULES OTHERWISE`.\n- When the message mentions "rule", answer `RULE`.\n- When the message mentions "clue", lean towards `CLUE`.',
    '## Extract\n- When the text mentions "none", answer `EXTRACT RULE`.\n- Take the first /\\d+[A-Z]/.',
    '## Steps\n- When it mentions "step", answer `STEP`.',
    '## Prepare\n- Replace "first" with "step".',
  ].join("\n");

  test.each([
    ["first rule", "step"],
    ["rule clue 1A", "rule"],
    ["clue 1A", "clue"],
    ["none 1A", "extract rule"],
    ["take 1A", "1a"],
    ["nothing", "rules otherwise"],
  ])("%s: %s", (input, answer) => {
    expect(ask(all, input)).toBe(answer);
  });

  test("the Otherwise of Extract goes before that of Rules", () => {
    expect(
      ask("## Rules\n- Otherwise, answer `a`.\n## Extract\n- Take the first /\\d/.\n- Otherwise, answer `b`.", "x"),
    ).toBe("b");
  });

  test("without any of them the last value of Steps is the answer, unless it is empty", () => {
    expect(ask("## Steps\n- Lower-case it.", "abc")).toBe("abc");
    expect(ask("## Steps\n- Take the first /\\d/.", "abc")).toBe("unknown");
    expect(ask('## Steps\n- Take the first /\\d/.\n- When it is "", answer `none`.', "abc")).toBe("none");
    expect(ask("## Prepare\n- Lower-case it.", "ABC")).toBe("unknown");
  });

  test("what Prepare makes is the message, the text, and the value at hand; the input stays", () => {
    const prepared = '## Prepare\n- Replace "cost" with "price".\n## Rules\n';
    const input = "kind: cost\ntext: the cost";
    for (const condition of [
      'the message is "kind: cost\\ntext: the price"',
      "the text is `the price`",
      'the field is ""',
      "the value is `the price`",
      'the input mentions "cost" and the field `kind` is `cost`',
    ]) {
      expect([condition, ask(`${prepared}- When ${condition}, answer \`yes\`.`, input)]).toEqual([condition, "yes"]);
    }
  });

  test("a rule or extraction that finds nothing lets the next one try", () => {
    const text = "## Rules\n- When it has a number, take the first /[A-Z]\\d/.\n- When it has a number, answer `n`.";
    expect(ask(text, "A1")).toBe("A1");
    expect(ask(text, "1")).toBe("n");
    expect(
      ask(
        '## Extract\n- Take the first /\\d/, format it with 1 decimal.\n- Keep only /z/.\n- Answer ``.\n- Answer "".',
        "x",
      ),
    ).toBe("");
  });

  test("clues add up, and the first of two equal labels wins", () => {
    const text =
      '## Rules\n- When it mentions "a", lean towards `x` slightly.\n- When it mentions "b", lean towards `y`.\n- When it mentions "c", lean towards `x` slightly.\n- When it mentions "d", lean towards `x` strongly.';
    expect(ask(text, "a b")).toBe("y");
    expect(ask(text, "a b c")).toBe("x");
    expect(ask(text, "b d")).toBe("x");
    expect(run(text, "a b").trace).toMatchObject([
      { event: "clue", label: "x" },
      { event: "clue", label: "y" },
      { event: "clues", label: "y" },
    ]);
  });

  test("sections of several skills are joined in name order, and steps are counted in each skill", () => {
    const first = skillOf('## Steps\n1. Go to step 3.\n2. Answer `wrong`.\n3. Replace "x" with "y".', "alpha");
    const second = skillOf('## Steps\n1. Go to step 2.\n2. Join it with "", answer it.', "beta");
    expect(execute(compileSkills([second, first]), "x")).toMatchObject({ text: "y", used: ["alpha", "beta"] });
  });
});

describe("steps", () => {
  test("loop until done, and are left when they never are", () => {
    expect(
      ask(
        '## Steps\n1. When it does not match /aa/, answer it.\n2. Replace /aa/ with "a".\n3. Go to step 1.',
        "aaaaaaaa",
      ),
    ).toBe("a");
    expect(ask("## Steps\n1. Go to step 1.", "x")).toBe("x");
  });

  test("an Otherwise follows the Whens directly above it", () => {
    const text =
      '## Steps\n- When it mentions "a", replace "a" with "1".\n- When it mentions "b", replace "b" with "2".\n- Otherwise, answer `neither`.\n- Answer it.';
    expect(ask(text, "a")).toBe("1");
    expect(ask(text, "b")).toBe("2");
    expect(ask(text, "c")).toBe("neither");
  });

  test("a step that is prose keeps its number", () => {
    expect(ask("## Steps\n1. Go to step 3.\n2. Think hard.\n3. Answer `a`.", "x")).toBe("a");
  });

  test("stop ends the section", () => {
    expect(
      ask("## Steps\n- When it has no number, stop.\n- Answer `number`.\n## Rules\n- Otherwise, answer `text`.", "x"),
    ).toBe("text");
    expect(
      ask(
        "## Rules\n- When it has a link, stop.\n- When it has a number, answer `n`.\n- Otherwise, answer `o`.",
        "a.com 1",
      ),
    ).toBe("o");
  });

  test("named values go from step to step, and into conditions and answers", () => {
    const text =
      '## Steps\n- Take the text before "," as `city`.\n- Use `text`, take the text after ",".\n## Rules\n- When the field `city` is `rome` and the value is `it`, answer the value `city`.';
    expect(ask(text, "id: 1\ntext: Rome, IT")).toBe("Rome");
  });
});

describe("the trace", () => {
  test("names what acted and what it came to, shortened, and what found nothing", () => {
    const text =
      "## Prepare\n- Lower-case it. <!-- p -->\n## Steps\n- Split it into words. <!-- s -->\n## Extract\n- Take the first /x+/. <!-- a -->\n- Take the only /\\d+/. <!-- b -->\n## Finish\n- Format it with 1 decimal. <!-- f -->";
    const long = "Word ".repeat(40);
    const { trace, rule } = run(text, `${long}12`);
    expect(trace.map(({ event, rule: id }) => `${event} ${String(id)}`)).toEqual([
      "prepare p",
      "step s",
      "nothing a",
      "extract b",
      "finish f",
    ]);
    expect(trace.map(({ value }) => String(value).length)).toEqual([80, 80, "undefined".length, 2, 4]);
    expect(rule?.id).toBe("b");
  });

  test("stays short in a long loop, and still ends with the rule that answered", () => {
    const { trace } = run(
      "## Steps\n1. Lower-case it.\n2. Go to step 1.\n## Rules\n- Otherwise, answer `x`. <!-- r0 -->",
      "a",
    );
    expect(trace).toHaveLength(61);
    expect(trace.at(-1)).toEqual({ event: "otherwise", rule: "r0", skill: "s" });
  });
});

describe("reading all sections", () => {
  const text =
    "## Steps\n1. Think.\n2. Lower-case it. <!-- r1 -->\n## Rules\n- Take the first /a/.\n- When it has a link, lean towards `x`. <!-- r2 -->\n- When it has a link, answer `x`. <!-- r3 -->\n## Extract\n- Go to step 2.\n- Lean towards `x`.\n## Prepare\n- Answer `x`.\n## Extract\n- When it matches /(a+)+/, answer `x`.";

  test("reports what is prose or stands in the wrong place, with its line", () => {
    const { rules, findings } = readSkill(text);
    expect(rules.map(({ id, bullet }) => `${bullet.section} ${bullet.number} ${id}`)).toEqual([
      "Steps 2 r1",
      "Rules 2 r2",
      "Rules 3 r3",
    ]);
    expect(findings.map(({ line, message }) => [line, message])).toEqual([
      [2, expect.stringContaining('an act such as "take", found "Think"')],
      [5, expect.stringContaining('expected "When" or "Otherwise"')],
      [9, expect.stringContaining("only in Steps")],
      [10, expect.stringContaining("only in Rules")],
      [12, '"answer" is not allowed in Prepare'],
      [14, expect.stringContaining("repeats a group")],
    ]);
  });

  test("plain rules are those that do nothing but answer", () => {
    expect(readRules(text).rules.map(({ id }) => id)).toEqual(["r3"]);
    expect(compileSkills([skillOf(text)]).rules.map(({ id }) => id)).toEqual(["r3"]);
  });
});

describe("hand-written skills", () => {
  test.each([
    ["€ 1.234,50", "1234.50"],
    ["$1,234.5", "1234.50"],
    ["12 995,- kr", "12995.00"],
    ["from 7,99 EUR", "7.99"],
    ["3'500 CHF", "3500.00"],
    ["call us", "none"],
  ])("normalise the price %s to %s", (input, amount) => {
    const text = `## Extract
- When the text matches /,\\d{1,2}(?!\\d)/, take the first /\\d[\\d .,']*\\d|\\d/, remove spaces, remove "." and "'", replace "," with ".".
- When the text matches /\\d\\.\\d{3}(?!\\d)/, take the first /\\d[\\d.]*/, remove ".".
- Take the first /\\d[\\d .,']*\\d|\\d/, remove spaces, remove "," and "'".
- Otherwise, answer \`none\`.

## Finish
- Format it with 2 decimals.`;
    expect(ask(text, input)).toBe(amount);
  });
});

describe("slip", () => {
  const slip = { base: 0.3, freeWords: 0, slope: 0 };
  const { signal } = new AbortController();
  const skill = skillOf(
    "## Rules\n- When it has a number, answer `n`. <!-- r1 -->\n- Otherwise, answer `o`. <!-- r0 -->",
  );
  const answers = async (agent = createProcedureAgent({ slip }), sample = 0, given = skill) =>
    Promise.all(
      Array.from({ length: 1000 }, async (_, task) => {
        const { text } = await agent.answer({ id: `t${task}`, input: `${task}` }, [given], { sample, signal });
        return text;
      }),
    );

  test("overlooks rules about as often as it says, the same ones again, others in another sample", async () => {
    const first = await answers();
    const share = first.filter((text) => text === "o").length / 1000;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
    expect(await answers()).toEqual(first);
    expect(await answers(undefined, 1)).not.toEqual(first);
  });

  test("does not depend on where a rule stands", async () => {
    const moved = skillOf(
      "## Rules\n- When it has a link, answer `l`. <!-- r2 -->\n- Otherwise, answer `o`. <!-- r0 -->\n- When it has a number, answer `n`. <!-- r1 -->",
    );
    expect(await answers(undefined, 0, moved)).toEqual(await answers());
  });

  test("is off unless asked for, named in the fingerprint, and never keeps a faithful reader from the answer", async () => {
    expect(createProcedureAgent().fingerprint).toBe("procedure@3");
    expect(createProcedureAgent({ slip }).fingerprint).toBe("procedure@3 slip@2(base=0.3, freeWords=0, slope=0)");
    expect(new Set(await answers(createProcedureAgent()))).toEqual(new Set(["n"]));
    expect(execute(compileSkills([skill]), "1").text).toBe("n");
  });

  test("overlooks what is marked IMPORTANT less often, a rule alone in that half as often, and nothing else instead", async () => {
    const marked = (others: string[]) =>
      skillOf(
        `## Rules\n- IMPORTANT: When it has a number, answer \`n\`. <!-- r1 -->\n${others.join("")}- Otherwise, answer \`o\`. <!-- r0 -->`,
      );
    const overlooked = async (given: typeof skill) =>
      (await answers(undefined, 0, given)).flatMap((text, task) => (text === "o" ? [task] : []));
    const plain = await overlooked(skill);
    const alone = await overlooked(marked([]));
    const others = Array.from({ length: 9 }, (_, at) => `- IMPORTANT: When it mentions "x${at}", answer \`x\`.\n`);
    const crowded = await overlooked(marked(others));
    expect(alone.length / plain.length).toBeCloseTo(0.5, 1);
    expect(crowded.length / plain.length).toBeCloseTo(0.89, 1);
    expect(plain).toEqual(expect.arrayContaining(crowded));
    expect(crowded).toEqual(expect.arrayContaining(alone));
    expect([1, 2, 11].map(emphasisFactor)).toEqual([0.5, 1 - 0.5 / 1.4, 0.9]);
  });

  test("grows with the words over the free ones, up to 0.6", () => {
    const mild = { base: 0.05, freeWords: 150, slope: 1 };
    expect([100, 150, 350, 5000].map((words) => slipProbability(mild, words))).toEqual([0.05, 0.05, 0.25, 0.6]);
    expect(compileSkills([skillOf("---\nname: s\n---\n\n# A title\n\n- one two <!-- r1 -->\n")]).words).toBe(10);
  });
});

test("a text too long for an expression is never found, and rules of one id are told apart", () => {
  const long = "a ".repeat(20_000).trim();
  const rules = `- When the message mentions "${long}*", answer \`no\`. <!-- r1 -->\n`.repeat(2);
  const skill = skillOf(
    `## Prepare\n\n- Remove "${long}".\n\n## Rules\n\n${rules}- Otherwise, answer \`yes\`. <!-- r1 -->\n`,
  );
  expect(
    readSkill(textOf(skill) ?? "")
      .rules.map(({ id }) => id)
      .slice(1),
  ).toEqual(["r1", "r1-2", "r1-3"]);
  expect(execute(compileSkills([skill]), "a a a").text).toBe("yes");
});

test("a procedure of all sections runs in microseconds once it is compiled", async () => {
  const rules = Array.from(
    { length: 30 },
    (_, at) => `- When the text matches /z${at}\\d/, take the first /z${at}\\d+/, remove "z".`,
  );
  const procedure = compileSkills([
    skillOf(
      `## Prepare\n- Lower-case it.\n## Steps\n- When it mentions "w*", replace "w" with "v".\n## Extract\n${rules.join("\n")}\n- Take the last /\\d{5}/.\n## Finish\n- Remove spaces.`,
    ),
  ]);
  const input = "field: zip\ntext: 12 Elm St, Springfield, IL 62701";
  for (let round = 0; round < 200; round += 1) execute(procedure, input);
  const spent = await cpuTimeOf(() => {
    for (let round = 0; round < 1000; round += 1) execute(procedure, input);
  });
  expect(spent / 1000).toBeLessThan(0.5);
});
