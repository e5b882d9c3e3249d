import { describe, expect, test } from "vitest";
import { evenAcceptance } from "../../bench/gate/even.ts";
import { gates, type Gate } from "../../bench/gate/gates.ts";
import { createRandom } from "../../bench/gate/random.ts";
import { simulateMany, type Search } from "../../bench/gate/simulate.ts";
import { editOf, mixes, outcome, startOn } from "../../bench/gate/world.ts";

const runs = 60;
const gate = (name: string) => gates[name] as Gate;
const search: Omit<Search, "gate"> = {
  mix: mixes.null,
  tasks: 100,
  correlation: 0.9,
  overhead: 16,
  generations: Infinity,
  budget: 2000,
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("the simulated world has the base rate and the discordance of its description", () => {
  const world = { random: createRandom(1, "test"), correlation: 0.9 };
  const start = startOn(4000, world);
  const same = editOf(start, 0, world);
  const better = editOf(start, 0.1, world);
  const of = (program: typeof start) => start.z.reduce((sum, _, task) => sum + outcome(program, task, world), 0) / 4000;
  expect(of(start)).toBeCloseTo(0.6, 1);
  expect(of(better) - of(start)).toBeCloseTo(0.1, 1);
  const differ = [...start.z.keys()].filter(
    (task) => outcome(start, task, world) !== outcome(same, task, world),
  ).length;
  expect(differ / 4000).toBeGreaterThan(0.2);
  expect(differ / 4000).toBeLessThan(0.28);
});

describe("under edits without an effect", () => {
  test("a certificate keeps false publication at its level, which a search alone does not", () => {
    const certificate = { share: 0.35, repeats: 2, alpha: 0.05 };
    for (const name of ["strict", "race"]) {
      const certified = simulateMany(runs, { ...search, gate: gate(name), certificate });
      expect(certified.filter(({ published }) => published).length / runs).toBeLessThanOrEqual(0.1);
      const alone = simulateMany(runs, { ...search, gate: gate(name) });
      expect(alone.filter(({ published }) => published).length / runs).toBeGreaterThan(0.3);
    }
  });

  test.each([
    [100, 0.03],
    [100, 0.1],
    [100, 0.23],
    [200, 0.4],
  ])(
    "the race and the paired test accept the same program again in at most a tenth: %i tasks, %f discordant",
    (tasks, discordance) => {
      for (const name of ["race", "paired"])
        expect(evenAcceptance(name, { runs: 300, tasks, discordance })).toBeLessThan(0.13);
      expect(evenAcceptance("strict", { runs: 300, tasks, discordance })).toBeGreaterThan(0.2);
    },
  );
});

test("optimistic acceptance publishes no more than strict without an effect, and what it takes is audited", () => {
  const certificate = { share: 0.35, repeats: 2, alpha: 0.05 };
  for (const mix of [mixes.null, mixes.mix]) {
    const of = { ...search, mix, certificate };
    const found = simulateMany(runs, { ...of, gate: "optimistic" });
    const strict = simulateMany(runs, { ...of, gate: gate("strict") });
    const falseIn = (all: typeof found) => all.filter((one) => one.published && one.gain < 1e-6).length / runs;
    expect(falseIn(found)).toBeLessThanOrEqual(Math.max(0.1, falseIn(strict)));
    for (const { rollouts } of found) expect(rollouts).toBeLessThanOrEqual(2000);
  }
});

test("with effects, strict and a certificate publish more at an equal budget than strict alone, and nothing false", () => {
  const of = { ...search, mix: mixes.mix, tasks: 200, budget: 4000, gate: gate("strict") };
  const alone = simulateMany(runs, of);
  const certified = simulateMany(runs, { ...of, certificate: { share: 0.35, repeats: 2, alpha: 0.05 } });
  const published = (found: typeof alone) => mean(found.map((one) => (one.published ? one.gain : 0)));
  expect(published(certified)).toBeGreaterThan(published(alone));
  expect(certified.filter((one) => one.published && one.gain < 1e-6)).toEqual([]);
  for (const { rollouts } of [...alone, ...certified]) expect(rollouts).toBeLessThanOrEqual(4000);
});
