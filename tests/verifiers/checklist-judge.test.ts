import { describe, expect, test } from "vitest";
import { CallError, SettingsError, SkillgraphError } from "../../state/errors.ts";
import type { Task } from "../../state/task.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createChecklistJudge } from "../../verifiers/checklist-judge.ts";
import { answerOf } from "../support/nodes.ts";
import { createJudgeModel, type Sent } from "./judge-model.ts";

const task: Task = { id: "t", input: "Write to the customer." };

/** Finds an item met where the answer holds its last word. */
function deciding({ rules, blocks }: Sent) {
  const items = [...rules.matchAll(/^(item\d+): .*?(\w+)$/gm)];
  const decide = (word = "") => ({ reason: `About ${word}.`, isMet: blocks["answer to grade"]?.includes(word) });
  return Object.fromEntries(items.map(([, key, word]) => [key, decide(word)]));
}

async function scoreOf(
  checklist: string[],
  text: string,
  { judged = task, reply = deciding as (sent: Sent) => unknown } = {},
) {
  const { model, sent } = createJudgeModel(reply);
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const work = { name: () => "judged", ledger, signal: new AbortController().signal };
  const verifier = createChecklistJudge({ model, checklist });
  return { ...(await withCalls(work, () => verifier.score(answerOf(text), judged))), sent };
}

describe("a checklist judge", () => {
  test("scores the share of items that are met, and names the others", async () => {
    const { value } = await scoreOf(["says hello", "names the price", "says thanks", "gives a date"], "hello, thanks");
    expect(value).toEqual({
      value: 0.5,
      objectives: {},
      feedback: "Meets 2 of 4.\nNot met:\n- names the price (About price.)\n- gives a date (About date.)",
    });
    expect((await scoreOf(["says hello"], "hello")).value).toMatchObject({ value: 1, feedback: "Meets 1 of 1." });
  });

  test("adds the items of the task", async () => {
    const judged = { ...task, meta: { checklist: ["names the price"], source: "canary-meta" } };
    const { value, sent } = await scoreOf(["says hello"], "hello", { judged });
    expect(value.value).toBe(0.5);
    expect(JSON.stringify(sent)).not.toContain("canary-meta");
    expect((await scoreOf([], "price", { judged })).value.value).toBe(1);
    expect(value.feedback).toBe("Meets 1 of 2.\nNot met:\n- an item of this task (About price.)");
    expect(value.detail).toBe("Meets 1 of 2.\nNot met:\n- names the price (About price.)");
  });

  test("asks again where an item is left out, and gives no score where it is left out twice", async () => {
    const first = { item1: { reason: "", isMet: true } };
    const replies = [first, { ...first, item2: { reason: "", isMet: false } }];
    const { value, sent } = await scoreOf(["a", "b"], "", { reply: () => replies.shift() });
    expect({ value: value.value, asked: sent.length }).toEqual({ value: 0.5, asked: 2 });
    await expect(scoreOf(["a", "b"], "", { reply: () => first })).rejects.toThrow(CallError);
  });

  test("refuses a task without items, with too many, or with a list of other things", () => {
    const { model } = createJudgeModel(deciding);
    const check = (checklist: string[], judged = task) => createChecklistJudge({ model, checklist }).check?.(judged);
    expect(() => check([])).toThrow(SettingsError);
    expect(() => check([" "])).toThrow(/"t" has 0 items; allowed are 1 to 50.*--rubric FILE/);
    expect(() => check(Array.from({ length: 51 }, () => "a"))).toThrow("has 51 items");
    expect(() => check(["a"], { ...task, meta: { checklist: "b" } })).toThrow(SkillgraphError);
    expect(() => check(["a"])).not.toThrow();
  });

  test("is named by model and checklist", () => {
    const { model } = createJudgeModel(deciding);
    const named = (checklist: string[]) => createChecklistJudge({ model, checklist }).fingerprint;
    expect(named(["a"])).toMatch(/^checklist@2:scripted@1:[0-9a-f]{16}$/);
    expect(named(["b"])).not.toBe(named(["a"]));
  });
});
