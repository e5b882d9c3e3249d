import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { readMessage, tokenize } from "../../agents/procedure/message.ts";
import { createSkillFolder, type SkillFolder } from "../../skills/folder.ts";
import { cpuTimeOf } from "../support/cpu-time.ts";

const agent = createProcedureAgent();
const { signal } = new AbortController();

function skillOf(text: string, name = "label"): SkillFolder {
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
}

async function ask(input: string, ...skills: SkillFolder[]) {
  return agent.answer({ id: "t", input }, skills, { sample: 0, signal });
}

const spam = skillOf(`# Label

## Rules

- When the message mentions "free" and has a number unless it mentions "meeting" or "feel free", answer \`spam\`. <!-- r1 -->
- When the message mentions "free", answer \`offer\`. <!-- r2 -->
- Otherwise, answer \`ham\`. <!-- r0 -->
`);

describe("the procedure agent", () => {
  test("answers with the first rule that holds", async () => {
    expect((await ask("FREE entry, text 80082", spam)).text).toBe("spam");
    expect((await ask("free entry", spam)).text).toBe("offer");
    expect((await ask("see you at 8", spam)).text).toBe("ham");
  });

  test("an exception passes the message on to the next rule", async () => {
    expect((await ask("free at 8 for a meeting?", spam)).text).toBe("offer");
  });

  test("the trace names the rule, and used the skill", async () => {
    expect(await ask("free 1", spam)).toMatchObject({
      used: ["label"],
      trace: [{ event: "rule", rule: "r1", skill: "label" }],
      cost: { inputTokens: 0, outputTokens: 0, usd: 0 },
    });
    expect((await ask("hello", spam)).trace).toEqual([{ event: "otherwise", rule: "r0", skill: "label" }]);
  });

  test("answers unknown where nothing holds", async () => {
    const answer = { text: "unknown", used: [], trace: [{ event: "no-rule" }] };
    expect(await ask("hello", skillOf("# Label\n\nBe careful.\n"))).toMatchObject(answer);
    expect(await ask("hello", skillOf("## Rules\n\n- When it has a link, answer `x`.\n"))).toMatchObject(answer);
    expect(await ask("hello")).toMatchObject(answer);
  });

  test("takes the rules of several skills in name order, and the first Otherwise last", async () => {
    const first = skillOf("## Rules\n- Otherwise, answer `a`.\n- When it has a link, answer `link`.\n", "alpha");
    const second = skillOf("## Rules\n- When it has a number, answer `b`.\n- Otherwise, answer `c`.\n", "beta");
    for (const skills of [
      [first, second],
      [second, first],
    ]) {
      expect((await ask("www.x.org 1", ...skills)).text).toBe("link");
      expect((await ask("call 1", ...skills)).text).toBe("b");
      expect((await ask("hello", ...skills)).text).toBe("a");
    }
  });

  test("executes an Otherwise that stands above rules after them", async () => {
    expect(
      (await ask("1", skillOf("## Rules\n- Otherwise, answer `a`.\n- When it has a number, answer `b`.\n"))).text,
    ).toBe("b");
  });

  test("follows an edited skill at once and gives up on an aborted signal", async () => {
    expect((await ask("1", skillOf("## Rules\n- Otherwise, answer `a`.\n"))).text).toBe("a");
    expect((await ask("1", skillOf("## Rules\n- Otherwise, answer `b`.\n"))).text).toBe("b");
    const given = agent.answer({ id: "t", input: "1" }, [spam], { sample: 0, signal: AbortSignal.abort() });
    await expect(given).rejects.toThrow("aborted");
  });

  test("answers a question in microseconds once it was read", async () => {
    const rules = Array.from(
      { length: 30 },
      (_, at) => `- When it mentions "w${at}", "x${at} y" or "z${at}", answer \`l\`.`,
    );
    const skill = skillOf(`## Rules\n${rules.join("\n")}\n`);
    const input = "I would like to know why my card has not been delivered yet, it was ordered two weeks ago";
    for (let round = 0; round < 200; round += 1) await ask(input, skill);
    const spent = await cpuTimeOf(async () => {
      for (let round = 0; round < 2000; round += 1) await ask(input, skill);
    });
    expect(spent / 2000).toBeLessThan(0.2);
  });
});

describe("conditions", () => {
  test.each([
    ['mentions "card"', "my cards", false],
    ['mentions "card"', "my CARD!", true],
    ['mentions "top up"', "top-up", false],
    ['mentions "top - up"', "top-up", true],
    ['mentions "can\'t"', "I CAN'T", true],
    ['mentions "a b c d"', "x a b c d e", true],
    ['mentions "a b c d"', "x a b c dd", false],
    ['mentions all of "a" and "b"', "b or a", true],
    ['mentions all of "a" and "b"', "b", false],
    ['does not mention "a" or "b"', "b", false],
    ['does not mention "a" or "b"', "c", true],
    ['starts with "how do"', "How do I", true],
    ['starts with "how do"', "how does", false],
    ["has a number", "gr8", true],
    ["has no number", "great", true],
    ["has a price", "only £ 5", true],
    ["has a price", "5 euros", true],
    ["has a price", "5 weeks", false],
    ["has a link", "see example.com now", true],
    ["has a link", "ok.come here", false],
    ["has a question mark", "why?", true],
    ["has more than 2 words", "one, two!", false],
    ["has more than 2 words", "one, two three", true],
    ["has fewer than 2 words", "one!", true],
    ['has a link or mentions "x" and has a number', "x", false],
    ['has a link or mentions "x" and has a number', "x 1", true],
  ])("%s of %j is %s", async (condition, input, holds) => {
    const skill = skillOf(`## Rules\n- When the message ${condition}, answer \`yes\`.\n- Otherwise, answer \`no\`.\n`);
    expect((await ask(input, skill)).text).toBe(holds ? "yes" : "no");
  });

  test("tokens are lower-case words, numbers and single marks", () => {
    expect(tokenize("Don't pay £1.50, o'k 🎉_x")).toEqual(["don't", "pay", "£", "1", ".", "50", ",", "o'k", "🎉", "x"]);
    expect(tokenize("Straße 5, ул. Ленина l'été")).toEqual(["straße", "5", ",", "ул", ".", "ленина", "l'été"]);
    expect(readMessage("ул. Ленина 5!").words).toBe(3);
    expect([...readMessage("a b a b").phrases].toSorted()).toEqual(["a", "a b", "a b a", "b", "b a", "b a b"]);
  });
});
