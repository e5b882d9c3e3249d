import { describe, expect, test } from "vitest";
import { evolutionRates, routingOf, transferOf } from "../../../runs/evaluation/evolution.ts";
import { libraryChange, libraryHealth, type LibraryStory } from "../../../runs/evaluation/library-health.ts";
import { revisionSafety, type RevisionAttempt } from "../../../runs/evaluation/revision-safety.ts";

const none = { LSR: null, RSR: null, ESR: null, CSSR: null, ARSR: null, CompSR: null };

describe("the rates of a library that learns", () => {
  test("are means over attempts, and ESR is over all roles of deployment", () => {
    const rates = evolutionRates([
      { role: "acquisition", score: 0.5, attempts: 3 },
      { role: "acquisition", score: 1 },
      { role: "replay", score: 0.25 },
      { role: "shift", score: 1 },
      { role: "shift", score: 0 },
      { role: "adversarial", score: 0 },
      { role: "composition", score: 0.4, attempts: 5 },
    ]);
    // (3 x .5 + 1) / 4; and (1 + 0 + 0 + 5 x .4) / 8.
    expect(rates).toEqual({ LSR: 0.625, RSR: 0.25, ESR: 0.375, CSSR: 0.5, ARSR: 0, CompSR: 0.4 });
  });

  test("are null where nothing was tried", () => {
    expect(evolutionRates([])).toEqual(none);
    expect(evolutionRates([{ role: "shift", score: 0.5 }])).toEqual({ ...none, ESR: 0.5, CSSR: 0.5 });
  });
});

describe("transfer between groups", () => {
  test("is what later groups took from earlier ones, and earlier ones gave to later ones", () => {
    const { backward, forward } = transferOf({
      start: [0.1, 0.2, 0.3],
      after: [
        [0.6, 0.3, 0.2],
        [0.5, 0.8, 0.5],
        [0.4, 0.9, 0.7],
      ],
    });
    // ((.4 - .6) + (.9 - .8)) / 2, and ((.3 - .2) + (.5 - .3)) / 2.
    expect(backward).toBeCloseTo(-0.05, 12);
    expect(forward).toBeCloseTo(0.15, 12);
  });

  test("needs two groups, and a score of each after each", () => {
    expect(transferOf({ start: [0.1], after: [[0.5]] })).toEqual({ backward: null, forward: null });
    expect(() => transferOf({ start: [0.1, 0.2], after: [[0.5, 0.5]] })).toThrow(/2 groups/);
  });
});

test("routing is right where the first skill shown is, and covers what of the right ones is shown", () => {
  const right = ["a", "b"];
  const routing = routingOf([
    { right, shown: ["b", "c", "a"] },
    { right, shown: ["c", "b"] },
    { right, shown: [] },
    { right: ["c"], shown: ["c"] },
    { right: [], shown: ["c"] },
  ]);
  // 2 of 4, and (1 + .5 + 0 + 1) / 4.
  expect(routing).toEqual({ accuracy: 0.5, coverage: 0.625 });
  expect(routingOf([{ right: [], shown: ["c"] }])).toEqual({ accuracy: null, coverage: null });
});

describe("revision safety", () => {
  const attempt = (of: Partial<RevisionAttempt>): RevisionAttempt => ({
    outcome: "accepted",
    isUndone: false,
    next: null,
    failsLater: null,
    ...of,
  });

  test("is of what was proposed, accepted and tried later", () => {
    const safety = revisionSafety([
      attempt({ outcome: "none" }),
      attempt({ outcome: "rejected", next: { before: 0, after: 1 } }),
      attempt({ next: { before: 0.2, after: 0.6 }, failsLater: true }),
      attempt({ next: { before: 0.6, after: 0.2 }, failsLater: false, isUndone: true }),
      attempt({ next: { before: 0.6, after: 0.6 }, failsLater: false }),
      attempt({ failsLater: false }),
    ]);
    expect(safety).toEqual({
      acceptance: 4 / 5,
      rollback: 1 / 4,
      noChange: 1 / 6,
      help: 1 / 3,
      hurt: 1 / 3,
      patchOverfitting: 1 / 4,
    });
  });

  test("says nothing of what did not happen", () => {
    const unknown = { acceptance: null, rollback: null, help: null, hurt: null, patchOverfitting: null };
    expect(revisionSafety([])).toEqual({ ...unknown, noChange: null });
    expect(revisionSafety([attempt({ outcome: "none" })])).toEqual({ ...unknown, noChange: 1 });
  });
});

describe("library health", () => {
  const change = { created: [], revised: [], retired: [] };
  const story: LibraryStory = {
    skills: ["a", "b", "c", "d"],
    tasks: 80,
    changes: [
      { ...change, created: ["c", "x"] },
      { ...change, revised: ["a", "c"], retired: ["x"] },
      { ...change, revised: ["a"] },
      { ...change, retired: ["y"] },
    ],
    uses: [
      { used: ["a", "b"], failed: true },
      { used: ["a", "b"], failed: true },
      { used: ["a", "b"], failed: false },
      { used: ["a", "c"], failed: true },
      { used: ["c"], failed: true },
    ],
    redundant: ["d"],
    conflicting: ["a", "b"],
    useless: ["x", "d", "b"],
  };

  test("has the figures of a library solved by hand", () => {
    expect(libraryHealth(story)).toEqual({
      inflation: 4 / 80,
      consolidation: 3 / 2,
      stale: 1 / 4, // d
      redundancy: 1 / 4,
      conflict: 1 / 2,
      harmful: 1 / 4, // a fails 3 of 4, b 2 of 3, c both of 2 uses
      retirementPrecision: 1 / 2, // x of x and y
      retirementRecall: 1 / 3, // x of x, d and b
      churn: 4 / 4,
    });
  });

  test("does not count a skill as retired that is there again, and knows nothing of an untouched library", () => {
    const again = libraryHealth({ ...story, skills: ["a", "x"], useless: ["x"] });
    expect(again).toMatchObject({ retirementPrecision: 0, retirementRecall: 0 });
    const untouched = libraryHealth({ ...story, skills: [], changes: [], tasks: 0, useless: null });
    expect(Object.values(untouched).every((value) => value === null)).toBe(true);
  });

  test("counts changes from one program to the next by name and content", () => {
    const skill = (name: string, hash: string) => ({ name, hash });
    const before = [skill("a", "1"), skill("b", "2"), skill("c", "3")];
    expect(libraryChange(before, [skill("d", "3"), skill("b", "2"), skill("a", "4")])).toEqual({
      created: ["d"],
      revised: ["a"],
      retired: ["c"],
    });
    expect(libraryChange(before, before)).toEqual(change);
  });

  test("calls a skill harmful from .7 failures of three uses on", () => {
    const uses = (failed: number, all: number) =>
      Array.from({ length: all }, (_, at) => ({ used: ["a"], failed: at < failed }));
    const harmful = (failed: number, all: number) =>
      libraryHealth({ ...story, skills: ["a"], uses: uses(failed, all) }).harmful;
    expect([harmful(2, 2), harmful(3, 3), harmful(7, 10), harmful(6, 10), harmful(69, 100)]).toEqual([0, 1, 1, 0, 0]);
  });
});
