import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSkillFolder } from "../../../skills/folder.ts";
import { createLeakCheck, type LeakSources } from "../../../skills/leakage/leaks.ts";
import { createOverlap } from "../../../skills/leakage/overlap.ts";
import { coveredBy, createGrams, wordsOf } from "../../../skills/leakage/words.ts";
import { createDraw } from "../../../state/draw.ts";
import type { Task } from "../../../state/task.ts";

const draw = createDraw(1, 1, "leaks");
const skillOf = (body: string) =>
  createSkillFolder("guide", {
    "SKILL.md": new TextEncoder().encode(`---\nname: guide\ndescription: x\n---\n${body}`),
  });

const task = (id: string, input: string, expected: Task["expected"], meta?: Task["meta"]): Task => ({
  id,
  input,
  expected,
  ...(meta === undefined ? {} : { meta }),
});

const train = [
  task("t-0001", "Please tell me why my card has not arrived after ten working days", "card_arrival"),
  task("t-0002", "The card I ordered still has not come to my house", "card_arrival"),
  task("t-0003", "What is the capital of the country north of Estonia", "Helsinki"),
  task("t-0004", "Which exchange rate applies when I buy yen abroad on a Sunday evening", "exchange_rate"),
  task("t-0005", "Is the exchange rate better on weekdays", "exchange_rate"),
];
const heldOut = [task("v-0001", "How long does a refund of a cancelled flight from Lisbon take to appear", "Porto")];

function rulesIn(body: string, sources: Partial<LeakSources> = {}, before = "") {
  const check = createLeakCheck({ train, heldOut, literals: [], prompts: [], ...sources });
  return check([skillOf(`${before}\n${body}`)], [skillOf(before)], draw).map(({ rule }) => rule);
}

describe("what a skill copies of its tasks", () => {
  test("is found if it is thirteen words in a row, or nearly all of a task", () => {
    expect(
      rulesIn("- If somebody asks: please tell me why my card has not arrived after ten working days, answer."),
    ).toEqual(["copied-task"]);
    expect(rulesIn("- PLEASE tell me, why my card has NOT arrived after ten working days!")).toEqual(["copied-task"]);
    expect(rulesIn("- If a card has not arrived, answer `card_arrival`.")).toEqual([]);
  });

  test.each([
    ["of few characters, with its signs", "1 C$", '- If the message is "1 C$", answer `1.00`.', ["copied-task"]],
    ["of one word and a sign", "Free!", "- Q: free!\n  A: 1.00", ["copied-task"]],
    ["of a number and a sign", "1 ₱", "| 1 ₱ | 1.00 |", ["copied-task"]],
    ["within a longer number", "1 C$", "- For 11 C$5 answer `1.00`.", []],
    ["without its answer", "1 C$", "- For 1 C$ answer with two decimals.", []],
    ["without its sign", "Free!", '- If it mentions "free", answer `1.00`.', []],
    ["of a word like any other", "KShs", "| KShs | 1.00 |", []],
  ])("is found as a short question and its answer, %s", (_, input, rule, found) => {
    const asked = [...train, task("p-1", input, "1.00"), task("p-2", "one", "1.00")];
    expect(rulesIn(rule, { train: asked })).toEqual(found);
    expect(rulesIn(rule, { train, heldOut: asked.slice(-2) })).toEqual(found.map(() => "held-out-text"));
    expect(rulesIn(rule, { train: asked }, `Known: ${input}`)).toEqual([]);
  });

  test("is found by rare words in another order, and not if they fit two tasks", () => {
    expect(rulesIn("- On a Sunday evening abroad yen buy: which exchange rate applies when I")).toEqual([
      "task-overlap",
    ]);
    const twice = [
      ...train,
      task("t-0006", "When I buy yen abroad, which exchange rate applies on a Sunday evening", "exchange_rate"),
    ];
    expect(
      rulesIn("- On a Sunday evening abroad yen buy: which exchange rate applies when I", { train: twice }),
    ).toEqual([]);
  });

  test("is none in a rule of words that several tasks share, even if one task has hardly any others", () => {
    const fillers = (letters: string, at: number, of: number) =>
      [...letters].map((letter) => `${letter}${(at * 7 + letter.charCodeAt(0)) % of}`).join(" ");
    const others = Array.from({ length: 300 }, (_, at) => wordsOf(`why was i for the ${fillers("pqrst", at, 60)}`));
    const alike = Array.from({ length: 20 }, (_, at) =>
      wordsOf(`the same transaction was charged twice on ${fillers("uvwxy", at, 15)}`),
    );
    const plain = wordsOf("Why was I charged twice for the same transaction");
    const overlapOf = createOverlap([...others, ...alike, plain]);
    const line = wordsOf("- When the message mentions charged, same or twice, answer transaction_charged_twice");
    expect(overlapOf(line, draw)).toBeUndefined();
  });

  test("is found if it is the id of a task, and no plain number or word is one", () => {
    expect(rulesIn("- See t-0003.")).toEqual(["task-id"]);
    expect(rulesIn("- See t-00031.")).toEqual([]);
    expect(rulesIn("- Wait 17 days.", { train: [task("17", "a", "b"), task("days", "c", "d")] })).toEqual([]);
  });

  test("is an answer that one task alone has, and not one that two have, or that a question mentions", () => {
    expect(rulesIn("- Otherwise, answer `Helsinki`.")).toEqual(["single-answer"]);
    expect(rulesIn("- Otherwise, answer `card_arrival`.")).toEqual([]);
    const mentioned = [...train, task("t-0007", "A train to Helsinki", "a")];
    expect(rulesIn("- Otherwise, answer `Helsinki`.", { train: mentioned })).toEqual([]);
  });

  test("does not count if a parent has it already", () => {
    expect(rulesIn("- Be kind.", {}, "- Otherwise, answer `Helsinki`. See t-0003.")).toEqual([]);
  });

  test("is found in any file", () => {
    const check = createLeakCheck({ train, heldOut, literals: [], prompts: [] });
    const skill = skillOf("");
    const more = { ...skill.files, "references/a.md": new TextEncoder().encode("one\ntwo\nHelsinki\n") };
    const [leak] = check([createSkillFolder("guide", more)], [skill], draw);
    expect(leak).toMatchObject({ rule: "single-answer", block: { file: "references/a.md", line: 1 } });
  });
});

describe("what a skill has of held-out tasks", () => {
  test.each([
    ["an answer", "- Otherwise, answer `Porto`."],
    ["a text", "- How long does a refund of a cancelled flight from Lisbon take to appear?"],
  ])("%s is found, and not quoted", (_, body) => {
    const check = createLeakCheck({ train, heldOut, literals: [], prompts: [] });
    const leaks = check([skillOf(body)], [skillOf("")], draw);
    expect(leaks.map(({ rule }) => rule)).toEqual(["held-out-text"]);
    for (const secret of ["Porto", "Lisbon", "refund", "v-0001"]) expect(leaks[0]!.message).not.toContain(secret);
  });

  test("is vocabulary if train tasks have it too", () => {
    expect(rulesIn("- Otherwise, answer `card_arrival`.", { heldOut: [task("v", "x", "card_arrival")] })).toEqual([]);
  });
});

describe("text of the check", () => {
  test("is a pattern, eight words of a rubric, or of what a task keeps for its verifier", () => {
    const pattern = "^\\d{4}-\\d{2}$";
    expect(rulesIn(`- Write what matches ${pattern}.`, { literals: [pattern] })).toEqual(["check-text"]);
    const rubric = "Offers the refund politely and names the exact deadline for it";
    expect(rulesIn(`- ${rubric.toLowerCase()}`, { literals: [rubric] })).toEqual(["check-text"]);
    expect(rulesIn("- Offers the refund.", { literals: [rubric] })).toEqual([]);
    const secret = [...train, task("t-9", "a", "b", { deep: { rubric: [rubric] } })];
    expect(rulesIn(`- ${rubric}`, { train: secret })).toEqual(["check-text"]);
  });

  test("that an analyst is sent is found by thirteen words", () => {
    const prompts = ["Change as little as cures the failures and keep what works and write rules that hold"];
    expect(rulesIn(`- ${prompts[0]}`, { prompts })).toEqual(["prompt-text"]);
    expect(rulesIn("- Change as little as cures the failures.", { prompts })).toEqual([]);
  });
});

describe("runs of words", () => {
  test("are covered as a hand count says", () => {
    const grams = createGrams([wordsOf("a b c d e f")], 3);
    expect(coveredBy(grams.foundIn(wordsOf("x a b c d y d e f")), 3)).toEqual({ covered: 7, longest: 4, own: 3 });
    expect(coveredBy(grams.foundIn(wordsOf("a b")), 3)).toEqual({ covered: 0, longest: 0, own: 0 });
  });

  test("are found where a text has them, but for those of other texts", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });
    const runsOf = (text: readonly string[], length: number) =>
      text.slice(length - 1).map((_, at) => ({ gram: text.slice(at, at + length).join(" "), at }));
    fc.assert(
      fc.property(words, words, words, fc.integer({ min: 1, max: 5 }), (one, other, text, length) => {
        const has = (own: readonly string[], gram: string) => runsOf(own, length).some((each) => each.gram === gram);
        const expected = runsOf(text, length).filter(({ gram }) => has(one, gram) && !has(other, gram));
        expect(createGrams([one], length, [other]).foundIn(text)).toEqual(expected);
      }),
    );
  });

  test("never cover more than there is, and a text covers itself", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 1, max: 5 }), (one, other, length) => {
        const { covered, longest } = coveredBy(createGrams([one], length).foundIn(other), length);
        expect(longest).toBeLessThanOrEqual(covered);
        expect(covered).toBeLessThanOrEqual(other.length);
        const own = coveredBy(createGrams([one], length).foundIn(one), length);
        expect(own).toMatchObject({
          covered: one.length < length ? 0 : one.length,
          longest: one.length < length ? 0 : one.length,
        });
      }),
    );
  });
});

test("lines of random words are nearly never taken for a task", () => {
  const words = Array.from({ length: 60 }, (_, at) => `word${at}`);
  const pick = (seed: number, size: number) =>
    Array.from(
      { length: size },
      (_, at) => words[Math.floor(createDraw(seed, 0, "pick")(at) * words.length)] as string,
    );
  const overlapOf = createOverlap(Array.from({ length: 40 }, (_, at) => pick(at, 12)));
  const found = Array.from({ length: 100 }, (_, at) => overlapOf(pick(1_000 + at, 20), createDraw(at, 0, "test")));
  expect(found.filter((each) => each !== undefined).length).toBeLessThanOrEqual(3);
});
