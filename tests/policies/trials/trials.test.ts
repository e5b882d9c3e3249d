import { describe, expect, test } from "vitest";
import { strictAcceptance } from "../../../policies/acceptance.ts";
import { againstHead, type Comparison, type TrialInput } from "../../../policies/trial.ts";
import { halvingTrial } from "../../../policies/trials/halving.ts";
import { withParts } from "../../../policies/trials/parts.ts";
import { createDraw } from "../../../state/draw.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import { evidenceOf } from "../../support/gate/evidence.ts";
import { hashOf, settingsOf } from "../records.ts";

const validation = Array.from({ length: 100 }, (_, task) => task);
const draw = createDraw(1, 1, "trial");
const input = (settings: SettingsInput): TrialInput => ({
  settings: settingsOf(settings),
  generation: 1,
  spent: { rollouts: 0, simulations: 0, tokens: 0 },
  batch: [],
  batchScores: [],
  costInRollouts: 10,
  later: [],
  validation,
  parents: [hashOf("start")],
  archive: { members: [], head: hashOf("start") },
  closes: false,
});
const shown = (stages: readonly unknown[]) =>
  (stages as Comparison[]).map(({ name, tasks, keep }) => [name, tasks.length, keep]);

describe("successive halving", () => {
  const trial = halvingTrial(strictAcceptance);

  test("halves the candidates on a quarter of the tasks, and compares the last one on tasks it was not chosen on", () => {
    const stages = trial.stages(input({ candidates: 5 }), null, draw) as Comparison[];
    expect(shown(stages)).toEqual([
      ["halving 1", 8, 3],
      ["halving 2", 8, 2],
      ["halving 3", 8, 1],
      ["validation", 76, 1],
    ]);
    const used = stages.flatMap(({ tasks }) => tasks);
    expect(used.toSorted((a, b) => a - b)).toEqual(validation);
    expect(trial.cost({ settings: settingsOf({ candidates: 5 }), batch: 10, validation: 100 }).most).toBe(
      8 * (5 + 3 + 2) + 76,
    );
  });

  test("has nothing to halve with one candidate, nor where the tasks are too few", () => {
    expect(shown(trial.stages(input({ candidates: 1 }), null, draw))).toEqual([["validation", 100, 1]]);
    const few = { ...input({ candidates: 16 }), validation: validation.slice(0, 20) };
    expect(shown(trial.stages(few, null, draw))).toEqual([["validation", 20, 1]]);
  });

  test("ranks without deciding, and not where too much is missing or asked", () => {
    const { acceptance } = trial.stages(input({ candidates: 2 }), null, draw)[0] as Comparison;
    expect(acceptance.look(evidenceOf([1], [0, 0]))).toBe("more");
    expect(acceptance.decide(evidenceOf([1, 0], [0, 0]))).toMatchObject({ accepted: true, decided: false, delta: 0.5 });
    expect(acceptance.decide(evidenceOf([1], [0, 0]))).toMatchObject({ accepted: false, decided: false });
    expect(acceptance.decide(evidenceOf([1, null], [0, 0]))).toMatchObject({ accepted: false, decided: false });
  });
});

describe("parts of rejected candidates", () => {
  const trial = againstHead(strictAcceptance);
  const named = (parts: "halves" | "leave-one-out", edits: number) =>
    withParts(trial, { parts, most: 4, acceptance: strictAcceptance, screens: true })
      .stages(input({ edits }), null, draw)
      .map(({ name }) => name);

  test("are split down to single edits in halves, once where each is left out", () => {
    expect(named("halves", 4)).toEqual([
      "validation",
      "parts 1",
      "validation of parts 1",
      "parts 2",
      "validation of parts 2",
    ]);
    expect(named("halves", 1)).toEqual(["validation", "parts 1", "validation of parts 1"]);
    expect(named("leave-one-out", 8)).toEqual(["validation", "parts 1", "validation of parts 1"]);
  });

  test("cost at most the parts that are allowed, on all tasks", () => {
    const { cost } = withParts(trial, { parts: "halves", most: 4, acceptance: strictAcceptance, screens: true });
    expect(cost({ settings: settingsOf(), batch: 10, validation: 50 })).toEqual({ start: 50, least: 20, most: 50 * 5 });
  });
});
