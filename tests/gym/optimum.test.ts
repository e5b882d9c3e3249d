import { describe, expect, test } from "vitest";
import { cueOf } from "../../gym/cue.ts";
import { createJudge, findReference, trueDirectives } from "../../gym/optimum.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill } from "../../gym/skill.ts";
import { createWorld } from "../../gym/world.ts";

const seeds = [1, 2, 3];
const empty = createGymSkill();

describe("the reference optimum", () => {
  test.each(seeds)("is no worse than all true rules, which are better than none (world %i)", (seed) => {
    const world = createWorld(seed);
    const tasks = createTasks(world, "test", 120);
    const judge = createJudge(world, tasks);
    const [reference, all] = [findReference(world, tasks), judge([createGymSkill(trueDirectives(world))])];
    expect(reference.score).toBe(judge([reference.skill]));
    expect(reference.score).toBeGreaterThanOrEqual(all);
    expect(all).toBeGreaterThan(judge([empty]) + 0.3);
  });

  test.each(seeds)("leaves rules out where words cost much compliance (world %i)", (seed) => {
    const world = createWorld(seed, { dilution: 2.5 });
    const { directives } = findReference(world, createTasks(world, "test", 120));
    expect(directives.length).toBeLessThan(world.rules.length);
    expect(directives.length).toBeGreaterThan(0);
  });
});

test.each(seeds)("shortcuts widen the gap between context A and context B (world %i)", (seed) => {
  const world = createWorld(seed);
  const [onTest, onShifted] = (["test", "shifted"] as const).map((suite) =>
    createJudge(world, createTasks(world, suite, 400)),
  );
  const gap = (kind: "trigger" | "mark", count: number) => {
    const cued = world.rules
      .slice(0, count)
      .map((rule) => ({ ...rule, cue: cueOf(kind, rule[kind]), isImportant: false }));
    const skills = [createGymSkill(cued)];
    return onTest!(skills) - onShifted!(skills);
  };
  for (const count of [1, 6, 12]) expect(gap("mark", count)).toBeGreaterThan(gap("trigger", count) + 0.01);
});
