import { describe, expect, test } from "vitest";
import { z } from "zod";
import { learnAll, recall, type Policy } from "../../policies/policy.ts";
import { StateError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { recordOf, settingsOf } from "./records.ts";

const counting: Policy = {
  name: "test.counting",
  version: 1,
  memory: {
    schema: z.int(),
    start: 10,
    maxBytes: 10,
    learn: (memory, { generation }, { seed }) => (memory as number) + generation + seed,
  },
};
const forgetful: Policy = { name: "test.forgetful", version: 1 };
const learning = (learned: Json): Policy => ({ ...counting, memory: { ...counting.memory!, learn: () => learned } });
const learn = (policies: Policy[], memories: Record<string, Json> = {}) =>
  learnAll(policies, memories, recordOf({ generation: 2 }), settingsOf({ seed: 5 }));

describe("memories", () => {
  test("start where the policy says, and are learned from record and settings", () => {
    expect(learn([counting])).toEqual({ "test.counting": 17 });
    expect(learn([counting], { "test.counting": 100 })).toEqual({ "test.counting": 107 });
  });

  test("are recalled by policy name", () => {
    expect(recall(counting, {})).toBe(10);
    expect(recall(counting, { "test.counting": 0 })).toBe(0);
    expect(recall(forgetful, {})).toBeNull();
  });

  test("stay as they are for policies that remember nothing or are not there", () => {
    expect(learn([forgetful], { other: [1] })).toEqual({ other: [1] });
  });

  test("are not changed in place", () => {
    const memories = Object.freeze({ "test.counting": 1 });
    learn([counting], memories);
    expect(memories).toEqual({ "test.counting": 1 });
  });

  test("are refused when they do not fit the policy's schema, naming the policy", () => {
    expect(() => learn([learning("many")])).toThrow(StateError);
    expect(() => learn([learning("many")])).toThrow('Policy "test.counting" learned something its schema refuses');
  });

  test("are refused when they outgrow the policy's cap in bytes, naming policy, size and cap", () => {
    const wide = learning("ä".repeat(5));
    const policy = { ...wide, memory: { ...wide.memory!, schema: z.string() } };
    expect(() => learn([policy])).toThrow('The memory of policy "test.counting" is 12 bytes; its cap is 10.');
    expect(learn([{ ...policy, memory: { ...policy.memory, maxBytes: 12 } }])).toEqual({ "test.counting": "äääää" });
  });
});
