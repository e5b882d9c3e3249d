import { describe, expect, test } from "vitest";
import { cueOf } from "../../gym/cue.ts";
import { createTasks, demandOf, type GymSuite } from "../../gym/requests.ts";
import { createWorld } from "../../gym/world.ts";

const world = createWorld(3);

/** How often the mark of a rule is there, where its step is expected and where it is not but could be. */
function markRates(suite: GymSuite) {
  const counts = { needed: 0, neededMarked: 0, idle: 0, idleMarked: 0 };
  for (const { input, expected, meta } of createTasks(world, suite, 600)) {
    const { cues } = demandOf(world, input);
    for (const { step, mark } of world.families.find(({ name }) => name === meta?.["family"])?.rules ?? []) {
      const isNeeded = (expected as string[]).includes(step);
      const isMarked = cues.has(cueOf("mark", mark));
      counts[isNeeded ? "needed" : "idle"] += 1;
      if (isMarked) counts[isNeeded ? "neededMarked" : "idleMarked"] += 1;
    }
  }
  return { needed: counts.neededMarked / counts.needed, idle: counts.idleMarked / counts.idle };
}

describe("a gym world", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(createWorld(3)).toEqual(world);
    expect(createWorld(4)).not.toEqual(world);
    expect(createTasks(world, "train", 50)).toEqual(createTasks(createWorld(3), "train", 80).slice(0, 50));
  });

  test("has 24 rules with words of their own, 12 for each of its three families", () => {
    expect(world.families.map(({ rules }) => rules.length)).toEqual([12, 12, 12]);
    for (const word of ["step", "trigger", "mark"] as const)
      expect(new Set(world.rules.map((rule) => rule[word])).size).toBe(24);
    const more = createWorld(3, { families: 9 });
    expect(new Set(more.rules.map(({ step }) => step)).size).toBe(60);
    expect(new Set(more.families.map(({ name }) => name)).size).toBe(9);
  });

  test("asks in a text for what is expected without naming it", () => {
    for (const { input, expected } of createTasks(world, "test", 100)) {
      expect([...demandOf(world, input).wanted.keys()].toSorted()).toEqual((expected as string[]).toSorted());
      expect((expected as string[]).filter((step) => input.includes(step))).toEqual([]);
    }
    expect(demandOf(world, "Hello.")).toEqual({ cues: new Set(), wanted: new Map() });
  });

  test("marks most of what is needed in context A, and misleads in context B", () => {
    const [trained, shifted] = [markRates("train"), markRates("shifted")];
    expect(trained.needed).toBeCloseTo(0.85, 1);
    expect(trained.idle).toBeCloseTo(0.05, 1);
    expect(shifted.needed).toBeCloseTo(0.15, 1);
    expect(shifted.idle).toBeCloseTo(0.3, 1);
  });

  test("asks for three steps or four in composition, for one to four elsewhere", () => {
    const counts = (suite: GymSuite) =>
      new Set(createTasks(world, suite, 200).map(({ expected }) => (expected as string[]).length));
    expect([...counts("composition")].toSorted()).toEqual([3, 4]);
    expect([...counts("validation")].toSorted()).toEqual([1, 2, 3, 4]);
  });
});
