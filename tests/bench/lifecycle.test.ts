import { describe, expect, test } from "vitest";
import { createSimulatedLibrary } from "../../bench/lifecycle/library.ts";
import { simulate, type Arm } from "../../bench/lifecycle/simulate.ts";

describe("simulated libraries", () => {
  test("have three skills of each kind, and one answer for a task, the skills that it shows and a sample", () => {
    const { skills, outcome } = createSimulatedLibrary(1, 100);
    expect(skills).toHaveLength(12);
    const shows = (task: number) => skills.filter(({ effects }) => effects.has(task));
    for (let task = 0; task < 100; task += 1) {
      expect(shows(task)).toHaveLength(3);
      const [first] = shows(task);
      const others = skills.filter((skill) => skill === first || !shows(task).includes(skill));
      expect(outcome(task, others, 0)).toBe(outcome(task, [first!], 0));
    }
    const rare = skills.filter(({ kind }) => kind.name === "rare");
    for (const { effects } of rare) {
      const sum = [...effects.values()].reduce((total, effect) => total + effect, 0);
      expect(sum).toBeCloseTo(0.6 * Math.round(0.1 * effects.size));
    }
  });

  test("lose the same skills for the same seed, none before they were low three times, and never all", () => {
    const arm: Arm = { retirement: "threshold", isGated: false };
    const { skills, rollouts } = simulate(arm, { seed: 3, generations: 8 });
    expect(simulate(arm, { seed: 3, generations: 8 })).toEqual({ skills, rollouts });
    const retired = skills.flatMap((skill) => skill.retired ?? []);
    expect(retired.length).toBeGreaterThan(0);
    expect(Math.min(...retired)).toBeGreaterThan(3);
    expect(rollouts).toBeGreaterThan(8 * 4);
  });
});
