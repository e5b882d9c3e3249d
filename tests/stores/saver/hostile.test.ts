import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createStateProbe, hostileValue, nested } from "../../support/durability/hostile.ts";

describe("hostile state", () => {
  test("is read back equal or refused with its place, and no thread becomes unreadable", async () => {
    const probe = createStateProbe(createMemoryStore());
    const channel = fc.constantFrom("plain", "__proto__", "constructor", "a|b:c", "__error__x");
    const counts = { equal: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(channel, hostileValue, async (name, value) => {
        const outcome = await probe(name, value);
        if (typeof outcome === "string") counts[outcome] += 1;
        else throw new Error(outcome.finding);
      }),
      { numRuns: 1500, seed: 14 },
    );
    expect(counts.equal).toBeGreaterThan(200);
    expect(counts.refused).toBeGreaterThan(200);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  test("holds 50 MB, and refuses what is nested too deep without overflowing", async () => {
    const probe = createStateProbe(createMemoryStore());
    expect(await probe("large", ["x".repeat(50_000_000)])).toBe("equal");
    expect(await probe("deep", nested(400))).toBe("equal");
    expect(await probe("deep", nested(10_000))).toBe("refused");
  });
});
