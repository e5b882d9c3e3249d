import { describe, expect, test } from "vitest";
import { createAugmentedAgent, type PromptTemplate } from "../../agents/augmented-agent.ts";
import type { TaskAgent } from "../../agents/agent.ts";
import { SettingsError } from "../../state/errors.ts";
import { noCost } from "../../state/task.ts";
import { inspectSkills } from "../../agents/procedure/inspect.ts";
import { houseParts } from "../support/world.ts";

const echo: TaskAgent = {
  fingerprint: "echo@1",
  bound: { ...noCost, usd: 0.1 },
  answer: async ({ input }) => ({ text: input, used: [], trace: [], cost: noCost }),
};
const letters: PromptTemplate[] = ["a", "b", "c"].map((letter) => ({ text: `${letter}: {input}` }));
const ask = async (agent: TaskAgent, id: string, sample: number, input = "?") =>
  (await agent.answer({ id, input }, [], { sample, signal: new AbortController().signal })).text;

describe("prompt augmentation", () => {
  test("a question meets each template once in as many samples, and the same one again by the same sample", async () => {
    const agent = createAugmentedAgent(echo, letters);
    const seen = await Promise.all([0, 1, 2, 3, 4, 5].map((sample) => ask(agent, "one", sample)));
    expect(seen.slice(0, 3).toSorted()).toEqual(["a: ?", "b: ?", "c: ?"]);
    expect(seen.slice(3)).toEqual(seen.slice(0, 3));
  });

  test("the first samples of many questions have each template about equally often", async () => {
    const agent = createAugmentedAgent(echo, letters);
    const firsts = await Promise.all(Array.from({ length: 300 }, (_, at) => ask(agent, `question ${at}`, 0)));
    for (const letter of ["a", "b", "c"]) {
      const share = firsts.filter((text) => text.startsWith(letter)).length / firsts.length;
      // Four standard errors around a third.
      expect(Math.abs(share - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 300));
    }
  });

  test("the question is put as it is, wherever the template has it", async () => {
    const agent = createAugmentedAgent(echo, [{ text: "{input} / {input}" }, { text: "{input}{input}" }]);
    const text = await ask(agent, "one", 0, "$& costs {input}");
    expect(["$& costs {input} / $& costs {input}", "$& costs {input}$& costs {input}"]).toContain(text);
  });

  test.each([
    ["<answer> 4 </answer>", "4"],
    ["<answer>3</answer> no, <answer>4</answer>.", "4"],
    ["<answer>4", "<answer>4"],
    ["4</answer>", "4</answer>"],
    ["4", "4"],
  ])("of the reply %j the answer is %j", async (reply, answer) => {
    const replies: TaskAgent = { ...echo, answer: async () => ({ text: reply, used: [], trace: [], cost: noCost }) };
    const tagged = [
      { text: "One. {input}", answerTag: "answer" },
      { text: "Two. {input}", answerTag: "answer" },
    ];
    expect(await ask(createAugmentedAgent(replies, tagged), "one", 0)).toBe(answer);
  });

  test("what is known of the agent stays known, and other templates make another agent", () => {
    const agent = createAugmentedAgent(echo, letters);
    expect(agent).toMatchObject({ bound: echo.bound });
    expect(agent.isEmbedded).toBeUndefined();
    const { agent: procedure } = houseParts();
    const augmented = createAugmentedAgent(procedure, letters);
    expect(augmented.isEmbedded).toBe(true);
    expect(augmented.inspect?.([])).toEqual(inspectSkills([]));
    const fingerprints = [echo, agent, createAugmentedAgent(echo, letters.slice(1))].map((one) => one.fingerprint);
    expect(new Set(fingerprints).size).toBe(3);
    const tagged = letters.map((one) => ({ ...one, answerTag: "answer" }));
    expect(createAugmentedAgent(echo, tagged).fingerprint).not.toBe(agent.fingerprint);
  });

  test.each<[string, PromptTemplate[], RegExp]>([
    ["none", [], /at least two/],
    ["one", letters.slice(0, 1), /at least two/],
    ["one without the question", [...letters, { text: "Think." }], /Template 4 lacks \{input\}/],
    ["one that is there twice", [...letters, ...letters.slice(0, 1)], /Template 4 is there twice/],
    ["a tag that is no name", [...letters, { text: "{input}", answerTag: "<b>" }], /name alone/],
  ])("refuses %s", (_, templates, message) => {
    const make = () => createAugmentedAgent(echo, templates);
    expect(make).toThrow(SettingsError);
    expect(make).toThrow(message);
  });
});
