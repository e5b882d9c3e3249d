import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usableAnswer } from "../../agents/usable-answer.ts";
import { canonicalJson } from "../../state/json.ts";
import { sizes } from "../../state/sizes.ts";
import { Answer, noCost } from "../../state/task.ts";

const answer = { text: "alpha", used: [], trace: [], cost: noCost };

describe("an answer of an agent of one's own", () => {
  test("stays as it is where it is right", () => {
    const right = {
      ...answer,
      trace: [{ event: "read", path: "a" }],
      cost: { inputTokens: 1.5, outputTokens: 0, usd: 2 },
    };
    expect(usableAnswer(right)).toEqual({ answer: right, problem: undefined });
  });

  test("is refused where it is longer than any answer", () => {
    const text = "a".repeat(sizes.answer + 1);
    expect(() => usableAnswer({ ...answer, text })).toThrow(
      "The answer has 1000001 characters; at most 1000000 are allowed.",
    );
    expect(usableAnswer({ ...answer, text: text.slice(1) }).problem).toBeUndefined();
  });

  test.each<[string, object | undefined, string]>([
    ["negative", { inputTokens: -5, outputTokens: 2, usd: 1 }, "inputTokens is -5"],
    ["endless", { inputTokens: 1, outputTokens: Infinity, usd: 1 }, "outputTokens is Infinity"],
    ["not a number", { inputTokens: 1, outputTokens: 2, usd: Number.NaN }, "usd is NaN"],
    ["text", { inputTokens: "1", outputTokens: 2, usd: 1 }, "inputTokens is 1"],
    ["partly missing", { inputTokens: 1, outputTokens: 2 }, "usd is undefined"],
    ["missing", undefined, "inputTokens is undefined, outputTokens is undefined, usd is undefined"],
    ["null", { inputTokens: null, outputTokens: 2, usd: 1 }, "inputTokens is null"],
    ["of more fields", { inputTokens: 1, outputTokens: 2, usd: 1, eur: 1 }, "fields other than"],
  ])("is kept where its cost is %s; what can be is counted, and it says why", (_, cost, problem) => {
    const found = usableAnswer({ ...answer, cost } as Answer);
    expect(Answer.safeParse(found.answer).success).toBe(true);
    expect(found.problem).toContain(problem);
    const given = cost as Record<string, unknown> | undefined;
    expect(found.answer.cost.outputTokens).toBe(given?.["outputTokens"] === 2 ? 2 : 0);
  });

  test("is kept whatever stands in its trace", () => {
    const step = fc
      .dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true }))
      .map((each) => ({ ...each, event: "x" }));
    fc.assert(
      fc.property(fc.array(step), (trace) => {
        const found = usableAnswer({ ...answer, trace } as Answer).answer;
        expect(Answer.parse(found)).toEqual(found);
        expect(found.trace).toHaveLength(trace.length);
        expect(() => canonicalJson(found)).not.toThrow();
      }),
      { numRuns: 100 },
    );
  });

  test("that has no text is left to be refused", () => {
    expect(Answer.safeParse(usableAnswer({ ...answer, text: 7 } as never).answer).success).toBe(false);
    expect(usableAnswer(undefined as never).answer).toBeUndefined();
  });
});
