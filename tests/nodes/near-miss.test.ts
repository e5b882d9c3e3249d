import { describe, expect, test } from "vitest";
import type { Analyst } from "../../analysts/analyst.ts";
import { oneDraft, type Drafting, type NearMiss } from "../../policies/drafting.ts";
import { batchDrafting } from "../../policies/drafts/batch-drafting.ts";
import { refinedDrafting } from "../../policies/drafts/refined-drafting.ts";
import { rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { textOf } from "../../skills/folder.ts";
import { draftingRoom } from "../support/drafted.ts";
import { addTopic, hashOf } from "../support/nodes.ts";

const near = addTopic("nearly");
const verdict = { delta: -0.01, reason: "no improvement" };

/** The optimizer in a generation after a near miss, which is also among the rejected edits. */
async function setUp({ drafting = oneDraft, analyst = {} }: { drafting?: Drafting; analyst?: Partial<Analyst> } = {}) {
  const again: { nearMiss?: NearMiss } = {};
  const retrying: Drafting = {
    ...drafting,
    decide: (...of) => ({ ...drafting.decide(...of), ...again }),
  };
  const room = await draftingRoom({ drafting: retrying, analyst });
  const edits = await room.payload.putJson([near]);
  again.nearMiss = { ...verdict, edits, parent: room.parent };
  const memories = await room.payload.putJson({ [rejectedSinceAccepted.name]: [edits] });
  return { ...room, again, state: { ...room.state, memories } };
}

describe("a near miss", () => {
  test("is combined with what the proposer adds to it, is tried first, and is marked", async () => {
    const { node, state, runtime, payload, given } = await setUp();
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => [origin.operator, origin.features["retried"]])).toEqual([
      ["near-miss", true],
      ["add", true],
    ]);
    const [skill] = await payload.program(candidates![0]!.program);
    expect(textOf(skill!)).toMatch(/- nearly\n- cats\n/);
    expect(given[0]?.budget.rejected).toEqual([near]);
    expect(given[0]?.budget.digest).toBeUndefined();
  });

  test("leaves room for one other edit at least, and is not combined where there is none", async () => {
    const { node, state, runtime, payload } = await setUp();
    const two = await node({ ...state, settings: { ...state.settings, edits: 2 } }, runtime);
    const [skill] = await payload.program(two.candidates![0]!.program);
    expect(textOf(skill!)).toMatch(/- nearly\n- cats\n$/);
    const one = await node({ ...state, settings: { ...state.settings, edits: 1 } }, runtime);
    expect(one.candidates!.map(({ origin }) => origin.operator)).toEqual(["add"]);
    const same = await setUp({
      analyst: {
        propose: async () => ({
          drafts: [{ edits: [near], origin: { operator: "add", target: "guide", features: {} } }],
          simulations: 0,
        }),
      },
    });
    const { candidates } = await same.node(same.state, same.runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["add"]);
  });

  test("is combined with the edits alone that apply to the parent", async () => {
    const misplaced = { ...addTopic("x"), op: "replace" as const, anchor: "no such line" };
    const { node, state, runtime, payload, events } = await setUp({
      analyst: {
        propose: async () => ({
          drafts: [
            { edits: [misplaced, addTopic("cats")], origin: { operator: "add", target: "guide", features: {} } },
          ],
          simulations: 0,
        }),
      },
    });
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["near-miss"]);
    expect(textOf((await payload.program(candidates![0]!.program))[0]!)).toMatch(/- nearly\n- cats\n$/);
    expect(events.map(({ type }) => type)).toEqual(["draft-refused", "candidate-made"]);
  });

  test("goes back with the verdict to a proposer that distills, which may repeat its edits", async () => {
    const { node, state, runtime, given } = await setUp({ analyst: { distill: async () => null } });
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["add"]);
    expect(given[0]?.budget.rejected).toEqual([]);
    for (const part of ["- nearly", "no improvement", "-0.010"]) expect(given[0]?.budget.digest).toContain(part);
  });

  test.each([
    ["merged", batchDrafting({ groups: 2 })],
    ["refined", refinedDrafting({ drafts: 2 })],
  ])("is one more patch where drafts are %s", async (_, drafting) => {
    const { node, state, runtime, payload } = await setUp({ drafting });
    const { candidates } = await node({ ...state, settings: { ...state.settings, edits: 9 } }, runtime);
    expect(candidates).toHaveLength(1);
    const [skill] = await payload.program(candidates![0]!.program);
    for (const topic of ["nearly", "cats", "owls"]) expect(textOf(skill!)).toContain(`- ${topic}\n`);
  });

  test("is forgotten where another program is edited", async () => {
    const { node, state, runtime, again } = await setUp();
    again.nearMiss = { ...(again.nearMiss as NearMiss), parent: hashOf("another") };
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => [origin.operator, origin.features["retried"]])).toEqual([
      ["add", undefined],
    ]);
  });
});
