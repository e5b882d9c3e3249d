import { describe, expect, test } from "vitest";
import { simulateStorm, storms } from "../../support/durability/attacks/storm.ts";

const never = { seed: 3, kills: 0, ageAt: () => 0 };
const tasks = Array.from({ length: 24 }, () => 40);

describe("a task that was in flight when the process ended", () => {
  test.each(storms)("is not held for what something else did: $name", async (storm) => {
    for (const concurrency of [1, 64]) {
      const end = await simulateStorm({ seed: 3, kills: 20, concurrency, ...storm });
      expect({ concurrency, ...end }).toMatchObject({ concurrency, held: [], answered: storm.tasks.length });
    }
  });

  test.each([1, 4, 64])(
    "is held after a few tries alone where it is what ends it, %i in flight",
    async (concurrency) => {
      for (const after of [0, 30, 700]) {
        const end = await simulateStorm({ ...never, concurrency, tasks, poison: { task: 5, after } });
        expect(end).toMatchObject({ held: ["5"], answered: 23 });
        expect(end.ends).toBeLessThanOrEqual(6);
      }
    },
  );

  test("is held where it is the only task, too", async () => {
    const end = await simulateStorm({ ...never, concurrency: 1, tasks: [40], poison: { task: 0, after: 30 } });
    expect(end).toMatchObject({ held: ["0"] });
    expect(end.ends).toBeLessThanOrEqual(6);
  });

  test("is held where it is killed from outside as well", async () => {
    const poison = { task: 5, after: 30 };
    const ageAt = (chance: number) => 1000 * chance;
    const end = await simulateStorm({ seed: 3, kills: 40, concurrency: 4, tasks, ageAt, poison });
    expect(end).toMatchObject({ held: ["5"], answered: 23 });
  });
});
