import { describe, expect, test } from "vitest";
import type { SupportedEdit } from "../../analysts/analyst.ts";
import { likeEdits, mergeLike } from "../../nodes/drafting/patches.ts";
import { batchDrafting } from "../../policies/drafts/batch-drafting.ts";
import { textOf } from "../../skills/folder.ts";
import { draftingRoom } from "../support/drafted.ts";
import { addTopic } from "../support/nodes.ts";

const one = (changes: Partial<SupportedEdit["edit"]>, support = 1): SupportedEdit => ({
  edit: { skill: "guide", file: "SKILL.md", op: "insert-after", anchor: "# Guide", text: "\n- a", ...changes },
  support,
  outcome: "failures",
});

describe("edits that are alike", () => {
  test("have the same operation at the same place, whatever their text; each edit is in one cluster", () => {
    const [a, b, c, d] = [one({}), one({ text: "\n- b" }), one({ op: "insert-before" }), one({ anchor: "x" })];
    expect(likeEdits([[a, c], [], [b, d]])).toEqual([[[a], [b]], [[c]], [[d]]]);
  });

  test("become one that inserts each line once, the most supported first, with the support of all", () => {
    const merged = mergeLike([
      [one({ text: "\n- a\n- b" })],
      [one({ text: "\n- c\n- b" }, 3), one({ text: "\n- a" }, 2)],
    ]);
    expect(merged).toEqual({ ...one({ text: "\n- c\n- b\n- a" }), support: 4 });
    const appended = [one({ op: "append", anchor: "", text: "- a\n\n" }), one({ text: "- b\n" })];
    expect(mergeLike([appended]).edit.text).toBe("- a\n- b\n\n");
  });

  test("that replace become the most supported one", () => {
    const change = { op: "replace" as const, anchor: "old" };
    const merged = mergeLike([[one({ ...change, text: "new" })], [one({ ...change, text: "newer" }, 2)]]);
    expect(merged).toEqual({ ...one({ ...change, text: "newer" }), support: 3 });
  });
});

describe("a batch in parallel", () => {
  test("has its failures in so many groups, whose edits are absorbed into one draft", async () => {
    const { node, state, runtime, given, payload } = await draftingRoom({ drafting: batchDrafting({ groups: 3 }) });
    const { candidates } = await node(state, runtime);
    expect(given).toHaveLength(3);
    expect(candidates).toHaveLength(1);
    const [skill] = await payload.program(candidates![0]!.program);
    for (const topic of ["cats", "dogs", "owls", "bees"])
      expect(textOf(skill!)!.match(new RegExp(`^- ${topic}$`, "gm")), topic).toHaveLength(1);
    expect(candidates![0]?.origin.features).toMatchObject({ groups: 3, merged: 1, support: [5] });
  });

  test("is absorbed by the analyst cluster by cluster where it merges, and not where all say the same", async () => {
    const merged: number[] = [];
    const analyst = {
      async merge(patches: ReadonlyArray<readonly SupportedEdit[]>) {
        merged.push(patches.flat().length);
        return patches.flat().slice(0, 1);
      },
    };
    const { node, state, runtime } = await draftingRoom({ drafting: batchDrafting({ groups: 5 }), analyst });
    await node(state, runtime);
    expect(merged).toEqual([5]);
    merged.length = 0;
    const same = await draftingRoom({
      drafting: batchDrafting({ groups: 5 }),
      analyst: {
        ...analyst,
        propose: async () => ({
          drafts: [{ edits: [addTopic("cats")], origin: { operator: "add", target: "guide", features: {} } }],
          simulations: 0,
        }),
      },
    });
    const { candidates } = await same.node(same.state, same.runtime);
    expect(merged).toEqual([]);
    expect(candidates![0]?.origin.features).toMatchObject({ support: [5] });
  });
});
