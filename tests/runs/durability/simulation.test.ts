import { expect, test } from "vitest";
import { simulateMany } from "../../support/durability/simulation.ts";

test(
  "three processes with lost requests and replies, kills and stops: every world ends the same",
  { timeout: 300_000 },
  async () => {
    const { problems, kills, stops } = await simulateMany(1, 75);
    expect(problems).toEqual([]);
    expect(kills).toBeGreaterThan(75);
    expect(stops).toBeGreaterThan(37);
  },
);
