import { describe, expect, test } from "vitest";
import { avoidedOperators, reflectByCounting } from "../../analysts/counting-reflector.ts";
import { changesOf, type Attempt, type Epoch } from "../../analysts/reflector.ts";
import { rollOut, rulesOf, type Labelled } from "./rollouts.ts";

const tasks: Labelled[] = [
  ["the lamp", "lights"],
  ["a lamp", "lights"],
  ["the tap", "water"],
  ["the hinge", "doors"],
  ["the bulb", "lights"],
];
const before = await rollOut([rulesOf('When the message mentions "lamp" or "bulb", answer `lights`.')], tasks);
const after = await rollOut(
  [rulesOf('When the message mentions "tap", answer `water`.', 'When the message mentions "bulb", answer `lights`.')],
  tasks,
);
const attempt = (operators: string[], accepted: boolean, delta: number): Attempt => ({
  generation: 1,
  edits: [],
  operators,
  category: "missing_rule",
  accepted,
  reason: "",
  delta,
});
const epoch: Epoch = {
  before,
  after,
  guidance: null,
  attempts: [
    attempt(["add", "move"], true, 0.25),
    attempt(["move"], false, -0.5),
    attempt(["drop"], false, -0.125),
    attempt(["drop"], false, 0),
  ],
};

describe("looking back by counting", () => {
  test("tells what improved, got worse, stayed wrong and stayed right", () => {
    const { improved, regressed, persistent, stable } = changesOf(epoch);
    expect([improved, regressed, persistent, stable].map((list) => list.map(({ rollout }) => rollout.task))).toEqual([
      ["t2"],
      ["t0", "t1"],
      ["t3"],
      ["t4"],
    ]);
  });

  test("writes lessons about what got worse and what is still missed", () => {
    expect(reflectByCounting(epoch, [{ name: "label" }]).lessons).toEqual({
      skill: "label",
      text: "Take care with answers that went wrong again: `lights` (2).\nAnswers that are still missed: `doors` (1).",
    });
  });

  test("leaves lessons alone where nothing got worse or stayed wrong", () => {
    expect(
      reflectByCounting({ ...epoch, after: before.slice(0, 2), before: before.slice(0, 2) }, [{ name: "label" }])
        .lessons,
    ).toBeNull();
  });

  test("writes guidance that says of each operator and category how it fared", () => {
    const { guidance } = reflectByCounting(epoch, [{ name: "label" }]);
    expect(guidance!.split("\n")).toEqual([
      "operator add: tried 1, kept 1, score +0.250; go on",
      "operator move: tried 2, kept 1, score -0.250; go on",
      "operator drop: tried 2, kept 0, score -0.125; avoid",
      "category missing_rule: tried 4, kept 1, score -0.375; go on",
    ]);
    expect([...avoidedOperators(guidance ?? undefined)]).toEqual(["drop"]);
  });

  test("keeps older notes on what was not tried again, and stays within 2,000 characters", () => {
    const old = reflectByCounting(epoch, [{ name: "label" }]).guidance;
    const next = reflectByCounting({ ...epoch, guidance: old, attempts: [attempt(["drop"], true, 0.5)] }, [
      { name: "label" },
    ]).guidance!;
    expect(next).toContain("operator move: tried 2");
    expect(next).toContain("operator drop: tried 1, kept 1, score +0.500; go on");
    expect(next.match(/operator drop/g)).toHaveLength(1);
    const many = Array.from({ length: 200 }, (_, index) => attempt([`operator-${index}`], false, 0));
    expect(reflectByCounting({ ...epoch, attempts: many }, [{ name: "label" }]).guidance!.length).toBeLessThanOrEqual(
      2_000,
    );
  });

  test("has no guidance where nothing was tried", () => {
    expect(reflectByCounting({ ...epoch, attempts: [] }, [{ name: "label" }]).guidance).toBeNull();
  });
});
