import { expect, test } from "vitest";
import { expectedGain } from "../../policies/expected-gain.ts";
import type { Json } from "../../state/json.ts";

test.each<[Record<string, Json>, number | null]>([
  [{ fixes: 5, breaks: 2 }, 3],
  [{ fixes: 0, breaks: 2, expected: 1.5 }, 1.5],
  [{ fixes: 5, breaks: 2, expected: "much" }, 3],
  [{ expected: -0.25 }, -0.25],
  [{ fixes: 5 }, null],
  [{}, null],
  [{ fixes: Number.NaN, breaks: 0 }, null],
  [{ fixes: 5, breaks: 2, expected: Number.POSITIVE_INFINITY }, null],
])("of %j is %d", (features, gain) => {
  expect(expectedGain({ operator: "", target: "", features })).toBe(gain);
});
