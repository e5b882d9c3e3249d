import { describe, expect, test } from "vitest";
import { createParentSelector } from "../../nodes/parent-selector.ts";
import { headSelection, type Selection } from "../../policies/selection.ts";
import { mainObjective } from "../../state/archive.ts";
import { createBlankPayload, createListener, hashOf, memberWith, stateOf } from "../support/nodes.ts";

const { runtime } = createListener();
const payload = createBlankPayload();
const [start, head, other] = ["start", "head", "other"].map(hashOf) as [string, string, string];
const members = [
  await memberWith(payload, other, [1, 0, null]),
  await memberWith(payload, head, [1, 1, 0], { parents: [other], generation: 2 }),
];
const archive = await payload.putJson(members);

describe("the parent selector", () => {
  test("takes the head where the policy is to stand on it", async () => {
    const node = createParentSelector({ selection: headSelection, payload });
    expect(await node(stateOf({ head, archive }), runtime)).toEqual({ parents: [head], ancestor: null });
  });

  test("shows the policy every member with its column, and before the first generation has ended the start alone", async () => {
    const shown: unknown[] = [];
    const selection: Selection = {
      ...headSelection,
      decide(of, ...rest) {
        shown.push(of.archive);
        return headSelection.decide(of, ...rest);
      },
    };
    const node = createParentSelector({ selection, payload });
    await node(stateOf({ head, archive }), runtime);
    await node(stateOf(), runtime);
    const columns = [
      [1, 0, null],
      [1, 1, 0],
    ];
    expect(shown).toEqual([
      { head, members: members.map((member, at) => ({ ...member, values: { [mainObjective]: columns[at] } })) },
      {
        head: start,
        members: [{ program: start, parents: [], generation: 0, means: {}, column: null, extra: {}, values: {} }],
      },
    ]);
  });

  test("lets the policy choose two members to merge, with its memory and a draw of the generation", async () => {
    const draws: number[] = [];
    const selection: Selection = {
      name: "test.selection",
      version: 1,
      decide(
        {
          archive: {
            members: [one, two],
          },
        },
        memory,
        draw,
      ) {
        draws.push(draw(0));
        return { parents: [one!.program, two!.program], ancestor: memory as string };
      },
    };
    const node = createParentSelector({ selection, payload });
    const memories = await payload.putJson({ "test.selection": start });
    for (const generation of [1, 2, 2]) {
      const update = await node(stateOf({ generation, head, archive, memories }), runtime);
      expect(update).toEqual({ parents: [other, head], ancestor: start });
    }
    expect(draws[1]).toBe(draws[2]);
    expect(draws[0]).not.toBe(draws[1]);
  });
});
