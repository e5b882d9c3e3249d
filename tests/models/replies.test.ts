import { HumanMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import { createModelAnalyzer } from "../../analysts/language-model/analyzer.ts";
import { withCalls } from "../../models/calls.ts";
import type { JournaledModel } from "../../models/journaled-model.ts";
import { createModel } from "../../models/open-model.ts";
import { jsonIn } from "../../models/replies/json-in.ts";
import { jsonSpans } from "../../models/replies/json-spans.ts";
import { withoutThoughts } from "../../models/replies/thoughts.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { noCost } from "../../state/task.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createJudge } from "../../verifiers/judge.ts";
import { completion, startOddServer, type OddAnswer } from "../support/odd-server.ts";

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A model at a server that always answers so, and some work with it. */
async function workWith<Value>(answer: OddAnswer, work: (model: JournaledModel) => Promise<Value>): Promise<Value> {
  const { environment, close } = await startOddServer(() => answer);
  closing.push(close);
  const model = await createModel("m?attempts=1&price=1/1", { environment });
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const { signal } = new AbortController();
  return (await withCalls({ name: () => "work", ledger, signal }, () => work(model))).value;
}

const skills = [
  createSkillFolder("one", {
    "SKILL.md": new TextEncoder().encode("---\nname: one\ndescription: One.\n---\n\nSay it.\n"),
  }),
];
const task = { id: "t", input: "word", expected: "alpha" };
const answer = { text: "beta", used: [], trace: [], cost: noCost };
const score = { value: 0, objectives: {}, feedback: "" };
const scoredOf = (id: string) => {
  const rollout = { task: id, program: "p", sample: 0, answer } as never;
  return { rollout, question: task, expected: "alpha", score };
};

/** Each part that reads replies: what it is to read, and what it makes of a reply that holds it. */
const users: Record<"agent" | "analyst" | "judge", (model: JournaledModel) => Promise<unknown>> = {
  async agent(model) {
    const { signal } = new AbortController();
    return (await createChatAgent({ model }).answer(task, skills, { sample: 0, signal })).text;
  },
  async analyst(model) {
    const analyzer = createModelAnalyzer({ model, dimensions: ["knowledge"] });
    return (await analyzer.analyze([scoredOf("t"), scoredOf("u")], skills)).map(({ evidence }) => evidence);
  },
  async judge(model) {
    return (await createJudge({ model, rubric: "Be right." }).score(answer, { id: "t", input: "word" })).value;
  },
};
const said = {
  agent: "alpha",
  analyst: '{"findings":[{"issue":"missing","severity":"high","evidence":"no {rule} \\"[1]"}]}',
  judge: '{"reason":"It says \\"</think>\\".","grade":3}',
};
const made = {
  agent: "alpha",
  analyst: Array.from({ length: 2 }, () => 'knowledge missing: no {rule} "[1]'),
  judge: 0.3,
};

const thought = 'Maybe {"a":1} or ["b"], as in "`<think>`".\n\n```json\n{"findings":[]}\n```\n';
const forms: Array<[string, (text: string) => object]> = [
  ["thoughts in a tag", (text) => ({ content: `<think>\n${thought}</think>\n\n${text}` })],
  ["thoughts of which the template began the tag", (text) => ({ content: `${thought}\n</think>\n\n${text}` })],
  ["a tag without thoughts", (text) => ({ content: `<think>\n\n</think>\n\n${text}` })],
  ["a tag of another name", (text) => ({ content: `<thinking>${thought}</thinking>${text}` })],
  ["a tag with attributes", (text) => ({ content: `<Reasoning effort="high">${thought}</Reasoning>\n${text}` })],
  ["a tag with a prefix", (text) => ({ content: `<seed:think>${thought}</seed:think>${text}` })],
  ["tags inside of each other", (text) => ({ content: `<think>a <think>b</think> c</think>\n${text}` })],
  ["several thoughts", (text) => ({ content: `<think>${thought}</think>\n<thought>b</thought>\n${text}` })],
  ["a thought that was cut, behind", (text) => ({ content: `${text}\n<think>Was that ri` })],
  ["tokens as text", (text) => ({ content: `[THINK]${thought}[/THINK]${text}` })],
  ["other tokens as text", (text) => ({ content: `<|START_THINKING|>${thought}<|END_THINKING|>${text}` })],
  [
    "channels",
    (text) => ({
      content: `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>final<|message|>${text}<|return|>`,
    }),
  ],
  ["one message without a channel", (text) => ({ content: `<|start|>assistant<|message|>${text}<|end|>` })],
  ["channels without their tokens", (text) => ({ content: `analysisWe need it.assistantfinal${text}` })],
  ["thoughts in a field", (text) => ({ content: text, reasoning_content: thought, reasoning: thought })],
  [
    "thoughts in a part",
    (text) => ({
      content: [
        { type: "thinking", thinking: [{ type: "text", text: thought }] },
        { type: "text", text },
      ],
    }),
  ],
  [
    "a tag over two parts",
    (text) => ({
      content: [
        { type: "text", text: `<think>${thought}` },
        { type: "text", text: `</think>${text}` },
      ],
    }),
  ],
];

describe.each(["agent", "analyst", "judge"] as const)("the %s reads a reply with", (user) => {
  test.each(forms)("%s", async (_, messageOf) => {
    expect(await workWith(completion(messageOf(said[user])), users[user])).toEqual(made[user]);
  });
});

describe.each(["analyst", "judge"] as const)("the %s reads JSON", (user) => {
  test.each<[string, (json: string) => string]>([
    ["in a block of code", (json) => `\`\`\`json\n${json}\n\`\`\``],
    ["in a block without a line of its own", (json) => `\`\`\`${json}\`\`\``],
    ["in a block that does not end", (json) => `\`\`\`json\n${json}`],
    [
      "in a block beside others",
      (json) => `\`\`\`text\nx\n\`\`\`\n\`\`\`JSON\n${json}\n\`\`\`\nAn empty one is {"findings":[]}.`,
    ],
    ["after words", (json) => `Here is the JSON you asked for [1]:\n\n${json}`],
    ["before words", (json) => `${json}\n\nHope this helps! {Bye}`],
    ["after a draft", (json) => `Draft: {"findings":[]}, {"reason":"","grade":9}. At last: ${json}`],
    ["after words with brackets and quotes", (json) => `["so] {" and {x: 1} [[ ${json}`],
    ["in a text", (json) => JSON.stringify(json)],
    ["after a byte order mark", (json) => `\uFEFF${json}`],
    ["after thoughts and words", (json) => `Hm {"a":1}.\n</think>\nHere:\n\`\`\`\n${json}\n\`\`\``],
  ])("%s", async (_, write) => {
    expect(await workWith(completion({ content: write(said[user]) }), users[user])).toEqual(made[user]);
  });
});

test.each([
  ["`<think>` begins a thought, `</think>` ends it"],
  ['{"tag":"</think>","other":"<think>"}'],
  ["```html\n<p>\n</think>\n</p>\n```\nalpha"],
  ["The tag <think> begins a thought."],
  ["analysis of alpha"],
  ["I think, therefore </b>"],
])("%j is said and not thought", (text) => {
  expect(withoutThoughts(text)).toBe(text);
});

test("a reply of thoughts alone is no answer, and says why", async () => {
  const ask = (model: JournaledModel) => model.invoke([new HumanMessage("q")]);
  for (const content of ["<think>alpha", "alpha</think>\n", "<|channel|>analysis<|message|>alpha"]) {
    await expect(workWith(completion({ content }), ask)).rejects.toThrow("The reply contains only thoughts");
    const cut = completion({ content }, { finish_reason: "length" });
    await expect(workWith(cut, ask)).rejects.toThrow("raise max-tokens");
  }
});

describe("the reader of JSON", () => {
  const words = fc.string({ unit: fc.constantFrom(..." \n.,:;aé1-'`)(\\") });
  const jsonObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

  test("finds every object among words, whole", () => {
    const some = fc.array(fc.tuple(words, jsonObject), { maxLength: 4 });
    fc.assert(
      fc.property(some, words, (pairs, end) => {
        const text = pairs.map(([before, value]) => `${before} ${JSON.stringify(value, null, 1)} `).join("") + end;
        const found = jsonSpans(text).map(({ start, end: behind }) => JSON.parse(text.slice(start, behind)) as unknown);
        expect(found).toEqual(pairs.map(([, value]) => JSON.parse(JSON.stringify(value)) as unknown));
      }),
    );
  });

  test("finds nothing but JSON, in order and apart, and the one after any words that open no text", () => {
    const noise = fc.string({ unit: fc.constantFrom(...'[]{}":,1\\ \na-.'), maxLength: 60 });
    fc.assert(
      fc.property(noise, (text) => {
        let last = 0;
        for (const { start, end } of jsonSpans(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(typeof JSON.parse(text.slice(start, end))).toBe("object");
          last = end;
        }
        expect(jsonIn(`${text.replaceAll('"', "")}\n{"a":[1]}`)).toContainEqual({ a: [1] });
      }),
    );
  });

  // A reader that reads anything again and again does not come to the end of these.
  const size = 500_000;
  const parts = [
    "[",
    '["',
    '{"',
    '[{"a":',
    '[" [" ',
    "{} ",
    "[ ",
    '"',
    "\\",
    '["\\',
    "<think>",
    "x<think>",
    "</think>",
    "`<think>`",
  ];
  test.each([...parts, "<think ", "```\n</think>\n", "assistantfinal", "analysis\n", "[1,", "\n \t"])(
    "reads half a million characters of %j",
    (part) => {
      const text = part.repeat(size / part.length);
      expect(jsonIn(`${text}\n</think>\n{"a":[1]}`).length).toBeGreaterThan(0);
      expect(withoutThoughts(text).length).toBeLessThanOrEqual(size);
    },
  );
});
