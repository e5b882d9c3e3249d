import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SettingsError } from "../../state/errors.ts";
import { createConsistency } from "../../verifiers/consistency.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createNumeric } from "../../verifiers/numeric.ts";
import { scoreBy, taskOf } from "./scoring.ts";

describe("consistency", () => {
  test.each([
    ["Refund the order.", 1, { strict: 1, lenient: 1 }],
    ["refund order today please", 0.5, { strict: 0, lenient: 1 }],
    ["call the bank", 0, { strict: 0, lenient: 0 }],
  ])("of %s with the reference is %d", async (text, value, objectives) => {
    expect(await scoreBy(createConsistency(), text, "refund the order")).toMatchObject({ value, objectives });
  });

  test("says the verdict, and what was compared", async () => {
    const { feedback } = await scoreBy(createConsistency({ each: createExact() }), "b", "a");
    expect(feedback).toBe('Judged inconsistent. Expected "a", got "b".');
  });

  test("never has a strict rate above the lenient one, and a score between them", async () => {
    const words = fc.array(fc.constantFrom("lamp", "tap", "drip", "fuse"), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(words, words, async (wanted, got) => {
        const { value, objectives } = await scoreBy(createConsistency(), got.join(" "), wanted.join(" "));
        expect(objectives["strict"]).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(objectives["lenient"] as number);
      }),
    );
  });

  test("refuses the tasks that its comparison refuses, and a threshold that nothing could meet", () => {
    expect(() => createConsistency({ each: createNumeric() }).check?.(taskOf({ a: 1 }))).toThrow();
    for (const partialFrom of [0, 1.5, Number.NaN])
      expect(() => createConsistency({ partialFrom })).toThrow(SettingsError);
  });
});
