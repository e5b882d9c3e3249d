import { describe, expect, test } from "vitest";
import type { Patch } from "../../analysts/analyst.ts";
import { refinedDrafting } from "../../policies/drafts/refined-drafting.ts";
import { textOf } from "../../skills/folder.ts";
import type { RunUpdate } from "../../state/channels.ts";
import { noCost } from "../../state/task.ts";
import { draftingRoom, tasksIn } from "../support/drafted.ts";
import { addTopic, listingAnalyst } from "../support/nodes.ts";

const drafting = refinedDrafting({ drafts: 4, digest: 1000 });

const simulationsIn = (spent: RunUpdate["spent"]) => (spent as { simulations: number }).simulations;

describe("a refined draft", () => {
  test("comes from drafts side by side: the first sees all of the batch, the others half of the failures", async () => {
    const { node, state, runtime, given } = await draftingRoom({ drafting });
    await node(state, runtime);
    expect(given.map((each) => tasksIn(each).filter((task) => task < 5).length)).toEqual([5, 3, 3, 3]);
    for (const each of given) expect(tasksIn(each)).toEqual(expect.arrayContaining([5, 6, 7]));
    expect(given.every(({ budget }) => budget.single === true && budget.digest === undefined)).toBe(true);
    expect(new Set(given.map(({ budget }) => budget.draw(0))).size).toBe(4);
    const halves = given.slice(1).map((each) => String(tasksIn(each)));
    expect(new Set(halves).size).toBeGreaterThan(1);
  });

  test("is made by counting where the analyst distills nothing: what most drafts have, within the edit budget", async () => {
    const { node, state, runtime, payload } = await draftingRoom({ drafting });
    const { candidates, spent } = await node({ ...state, settings: { ...state.settings, edits: 2 } }, runtime);
    expect(candidates).toHaveLength(1);
    const [made] = candidates!;
    expect(made?.origin).toMatchObject({ operator: "refined", features: { drafts: 4 } });
    const [skill] = await payload.program(made!.program);
    const added = textOf(skill!)!
      .split("\n")
      .filter((line) => /^- (cats|dogs|owls|bees)$/.test(line));
    expect(added).toHaveLength(2);
    expect(added).toContain("- cats");
    // Each of the drafts, with its 2 edits, is a simulation of the listing analyst.
    expect(made?.origin.features["simulations"]).toEqual({ path: 2, all: simulationsIn(spent) });
    expect(made?.origin.features["tokens"]).toEqual({ path: 0, all: 0 });
  });

  test("keeps of a digest by counting no more than fits it", async () => {
    const { node, state, runtime } = await draftingRoom({ drafting: refinedDrafting({ drafts: 2, digest: 100 }) });
    const { candidates } = await node(state, runtime);
    expect(candidates![0]?.origin.features["digest"]).toBeLessThanOrEqual(100);
    const tiny = await draftingRoom({ drafting: refinedDrafting({ drafts: 2, digest: 1 }) });
    expect((await tiny.node(tiny.state, tiny.runtime)).candidates).toEqual([]);
  });

  test("is asked for with the digest where the analyst distills, and says what path and all of it took", async () => {
    const distilled: Array<{ patches: readonly Patch[]; characters: number }> = [];
    const { node, state, runtime, given, payload } = await draftingRoom({
      drafting,
      analyst: {
        async propose(deficiencies, skills, replay, budget) {
          if (budget.digest === undefined) return listingAnalyst.propose(deficiencies, skills, replay, budget);
          const origin = { operator: "add", target: "guide", features: {} };
          return { drafts: [{ edits: [addTopic(`from ${budget.digest}`)], origin }], simulations: 1 };
        },
        async distill(patches, _of, characters) {
          distilled.push({ patches, characters });
          return "all agree";
        },
      },
    });
    const { candidates, spent } = await node(state, runtime);
    expect(distilled).toMatchObject([{ patches: [{}, {}, {}, {}], characters: 1000 }]);
    expect(given.map(({ budget }) => budget.digest)).toEqual([undefined, undefined, undefined, undefined, "all agree"]);
    expect(tasksIn(given[4]!)).toHaveLength(8);
    const [skill] = await payload.program(candidates![0]!.program);
    expect(textOf(skill!)).toContain("- from all agree\n");
    const most = Math.max(...given.slice(0, 4).map(({ deficiencies }) => Math.min(4, deficiencies.length)));
    expect(candidates![0]?.origin.features).toMatchObject({
      digest: 9,
      simulations: { path: most + 1, all: simulationsIn(spent) },
    });
  });

  test("is made by counting where the digest or the refined draft is missing", async () => {
    for (const digest of [null, "text"]) {
      const { node, state, runtime, events } = await draftingRoom({
        drafting,
        analyst: {
          propose: async (deficiencies, skills, replay, budget) =>
            budget.digest === undefined
              ? listingAnalyst.propose(deficiencies, skills, replay, budget)
              : { drafts: [], simulations: 0 },
          distill: async () => digest,
        },
      });
      const { candidates } = await node(state, runtime);
      expect(candidates).toHaveLength(1);
      expect(events.map(({ type }) => type)).toEqual(["candidate-made"]);
    }
  });

  test("is none where nothing was deficient, or no draft can be used", async () => {
    const { node, state, runtime, given } = await draftingRoom({ drafting });
    expect(await node({ ...state, deficiencies: null }, runtime)).toEqual({ candidates: [], curated: null });
    expect(given).toEqual([]);
    const broken = await draftingRoom({
      drafting,
      analyst: {
        propose: async () => ({
          drafts: [
            {
              edits: [{ ...addTopic("x"), op: "replace", anchor: "no such line" }],
              origin: { operator: "add", target: "guide", features: {} },
            },
          ],
          simulations: 1,
        }),
      },
    });
    const update = await broken.node(broken.state, broken.runtime);
    expect(update).toMatchObject({ candidates: [], spent: { simulations: 4, tokens: noCost.inputTokens } });
    expect(broken.events.map(({ type }) => type)).toEqual(Array(4).fill("draft-refused"));
  });
});
