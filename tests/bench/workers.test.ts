import { expect, test } from "vitest";
import { simulate, type Scene } from "../../bench/workers/simulation.ts";

const costs = { sender: 2, workers: 4, redis: 3 };
const one: Scene = {
  tasks: 10,
  workers: 1,
  each: 1,
  runs: 1,
  concurrency: 1,
  stores: 1,
  milliseconds: 91,
  isEven: true,
};

test("one rollout after the other takes what each costs and waits", () => {
  const found = simulate(one, costs);
  expect(found.seconds).toBeCloseTo(1, 10);
  expect(found).toMatchObject({ sender: 0.02, redis: 0.03, workers: 0.04, places: 0.95 });
});

test.each([
  ["the process of the run", { sender: 5, workers: 1, redis: 1 }, { runs: 1, stores: 1 }, 200],
  ["Redis", { sender: 5, workers: 1, redis: 4 }, { runs: 2, stores: 1 }, 250],
  ["nothing but the places", { sender: 1, workers: 1, redis: 1 }, { runs: 2, stores: 2 }, 400],
  [
    "each process of a run, once there are stores enough,",
    { sender: 5, workers: 1, redis: 4 },
    { runs: 2, stores: 2 },
    400,
  ],
])("with many workers %s is in the way", (_, costing, place, rate) => {
  const scene = { ...one, ...place, tasks: 5_000, workers: 10, each: 4, milliseconds: 99, concurrency: 60 };
  const { seconds } = simulate(scene, costing);
  expect(scene.tasks / seconds / rate).toBeGreaterThan(0.95);
  expect(scene.tasks / seconds / rate).toBeLessThanOrEqual(1);
});

test("runs on a store without workers are an error, not a wait", () => {
  expect(() => simulate({ ...one, runs: 2, stores: 2 }, costs)).toThrow("no workers");
});
