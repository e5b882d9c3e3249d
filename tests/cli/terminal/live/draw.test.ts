import { describe, expect, test } from "vitest";
import { drawChart } from "../../../../cli/terminal/live/chart.ts";
import { drawLive, secondsLeft, type LiveFrame } from "../../../../cli/terminal/live/draw.ts";
import { afterEvent, liveFrom, type LiveState } from "../../../../cli/terminal/live/live-state.ts";
import type { RunEvent } from "../../../../state/events.ts";
import { noLimits } from "../../../../state/usage.ts";

/** One generation as a run tells it: a batch, what went wrong, validation, a verdict. */
function generation(number: number, { score, accepted }: { score: number; accepted: boolean }): RunEvent[] {
  const rollout = (suite: "train" | "validation"): RunEvent => ({
    type: "rollout-end",
    generation: number,
    suite,
    task: "t",
    value: 1,
    paid: true,
  });
  const verdict = {
    accepted,
    decided: true,
    reason: accepted ? "improved" : "no improvement",
    delta: accepted ? 0.1 : 0,
  };
  return [
    { type: "generation-start", generation: number, tasks: 2, samples: 1 },
    rollout("train"),
    rollout("train"),
    { type: "deficiencies-found", generation: number, failures: 3, categories: { wrong_label: 2, missing_rule: 1 } },
    rollout("validation"),
    { type: "verdict", generation: number, verdict, asked: 1, planned: accepted ? 1 : 4, missing: 0 },
    {
      type: "generation-end",
      generation: number,
      score,
      tasks: 3,
      standing: null,
      members: 1,
      rollouts: 3 * number,
      simulations: 0,
      tokens: 1_200 * number,
    },
  ];
}

/** Ten seconds a generation. */
function told(events: readonly RunEvent[], from: LiveState = liveFrom([])): LiveState {
  return events.reduce((state, event) => afterEvent(state, event, 10 * state.generation), from);
}

const frame: LiveFrame = {
  run: "house",
  settings: { generations: 5, budgetRollouts: 4_000, budgetTokens: null },
  limits: { usd: 5, minutes: null },
  inFlight: 8,
  usd: 0.414,
  minutes: 2.04,
  seconds: 25,
  columns: 80,
};
const two = [...generation(1, { score: 0.5, accepted: true }), ...generation(2, { score: 0.5, accepted: false })];
const plain = (state: LiveState, changes: Partial<LiveFrame> = {}) =>
  drawLive(state, { ...frame, ...changes }, ({ text }) => text).replaceAll(/ +$/gm, "");

describe("the live view", () => {
  test("draws a run in the middle of its fourth generation", () => {
    const events = [
      ...two,
      ...generation(3, { score: 0.75, accepted: true }),
      ...generation(4, { score: 0.9, accepted: true }).slice(0, 3),
    ];
    expect(plain(told(events), { seconds: 35 })).toBe(
      [
        "house  generation 4/5  validation .750  train 2/2  8 in flight",
        ".750 ┤    ●",
        "     ┤",
        "     ┤",
        "     ┤",
        ".500 ┤● ·",
        "      1   3   ● accepted  · not accepted",
        "   1 accepted +0.100  2 wrong label, 1 missing rule",
        "   2 rejected  (no improvement, after 1 of 4)  2 wrong label, 1 missing rule",
        "   3 accepted +0.100  2 wrong label, 1 missing rule",
        "rollouts 11/4,000  tokens 3,600  $0.41/5.00  2.0 min  at most 15 s left",
      ].join("\n"),
    );
  });

  test("draws what it knows before the first event", () => {
    const none = { settings: { generations: null, budgetRollouts: null, budgetTokens: null }, limits: noLimits };
    expect(plain(liveFrom([]), { ...none, usd: 0, inFlight: 0, minutes: 0 })).toBe(
      "house  generation 0\nrollouts 0  0.0 min",
    );
  });

  test.each([12, 38, 60, 80, 200])("is never wider than a terminal of %i columns", (columns) => {
    const many = Array.from({ length: 150 }, (_, index) =>
      generation(index + 1, { score: (index % 10) / 10, accepted: index % 3 === 0 }),
    );
    for (const line of plain(told(many.flat()), { columns }).split("\n"))
      expect([...line].length).toBeLessThan(columns);
  });

  test("starts from the generations behind a resumed run, and forgets one that begins again", () => {
    const state = told([...two, ...generation(2, { score: 0.9, accepted: true }).slice(0, 1)]);
    expect(state.points.map(({ generation: number }) => number)).toEqual([1]);
    expect(state.verdicts.map(({ generation: number }) => number)).toEqual([1]);
  });

  test("does not count the look at the test split", () => {
    const look: RunEvent = { type: "rollout-end", generation: 2, suite: "test", task: "t", value: 1, paid: true };
    const state = told([...two, look, look]);
    expect([state.rollouts, state.suite, state.rolledOut]).toEqual([6, "test", 2]);
  });
});

describe("the time left", () => {
  const bounds = { generations: null, budgetRollouts: null, budgetTokens: null };
  const state = told(two);

  test.each<[string, Partial<LiveFrame>, number | null]>([
    ["is not told without a bound", { settings: bounds }, null],
    ["goes by generations", { settings: { ...bounds, generations: 5 } }, 25],
    ["goes by rollouts", { settings: { ...bounds, budgetRollouts: 18 } }, 50],
    ["goes by minutes at work", { settings: bounds, limits: { usd: null, minutes: 3 } }, 57.6],
    ["is that of the first bound", { settings: { ...bounds, generations: 5, budgetRollouts: 18 } }, 25],
    ["is none where the bound is reached", { settings: { ...bounds, generations: 2 } }, 0],
  ])("%s", (_, changes, expected) => {
    const left = secondsLeft(state, { ...frame, limits: noLimits, ...changes });
    if (expected === null) expect(left).toBeNull();
    else expect(left).toBeCloseTo(expected, 6);
  });

  test("is not told before a generation has ended", () => {
    expect(secondsLeft(told(two.slice(0, 3)), { ...frame, limits: noLimits })).toBeNull();
  });
});

test("the chart shows the last generations where there are too many, and nothing without a score", () => {
  const points = Array.from({ length: 30 }, (_, index) => ({
    generation: index + 1,
    score: index / 30,
    standing: null,
    isAccepted: true,
  }));
  const lines = drawChart(points, 16).map((line) => line.map(({ text }) => text).join(""));
  expect(lines[0]).toMatch(/^\.967 ┤ +●●$/);
  expect(lines.at(-1)).toMatch(/^ {6}21 +30 /);
  expect(drawChart([{ generation: 1, score: null, standing: null, isAccepted: false }], 80)).toEqual([]);
});
