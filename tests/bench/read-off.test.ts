import { expect, test } from "vitest";
import { worthsIn } from "../../bench/gym/worlds.ts";
import { createReader } from "../../bench/read-off.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const open = () => createReader(houseSuites.test, { ...houseParts(), set: "house" });

test("a program is scored once, however often it is read off", async () => {
  const reader = open();
  const points = [await reader.point(100, houseProgram), await reader.point(200, houseProgram)];
  expect(points.map(({ rollouts, score }) => [rollouts, score])).toEqual([
    [100, 0],
    [200, 0],
  ]);
  expect(reader.evaluations()).toBe(1);
});

test("the hypervolume is that of the programs on the validation front, with the reported accuracy; others are not scored", async () => {
  const rules = 'When the message mentions "lamp", "bulb" or "dimmer", answer `lights`. <!-- r1 -->';
  const text = `---\nname: house\ndescription: Sorts messages about a house.\n---\n\n# House\n\n## Rules\n\n- ${rules}\n`;
  const better = createSkillFolder("house", { "SKILL.md": new TextEncoder().encode(text) });
  const reader = open();
  const kept = [
    { skills: houseProgram, validation: 0.1 },
    { skills: [better], validation: 0.4 },
    { skills: [minimalSkill("house", "Another one.")], validation: null },
  ];
  const volume = await reader.hypervolume(kept);
  expect(reader.evaluations()).toBe(1);
  expect(volume).toBe((await reader.point(0, [better])).score);
  expect(volume).toBeGreaterThan(0);
});

test("a world gives the true worth of what an arm learned, between the bounds", async () => {
  const settings = { budgetRollouts: 150, batch: 16, replay: 16, edits: 3 };
  const { worths, cpu } = await worthsIn({
    world: 1,
    dilution: 1.4,
    arms: [{ arm: "hill-climb", analyst: "usual", settings }],
  });
  expect(Object.keys(worths)).toEqual(["hill-climb", "empty skill", "all true rules", "reference optimum"]);
  expect(Object.keys(cpu)).toEqual(["hill-climb"]);
  expect(worths["reference optimum"]?.regret).toBe(0);
  expect(worths["hill-climb"]?.A).toBeGreaterThan(worths["empty skill"]?.A ?? 1);
  expect(worths["hill-climb"]?.A).toBeLessThanOrEqual(worths["reference optimum"]?.A ?? 0);
});
