import { expect, test } from "vitest";
import { createParentSelector } from "../../nodes/parent-selector.ts";
import { headSelection, type Selection } from "../../policies/selection.ts";
import { createListener, hashOf, stateOf } from "../support/nodes.ts";

const { runtime } = createListener();
const best = { program: hashOf("best"), score: 0.9, generation: 2 };

test("takes the head where the policy is to stand on it", async () => {
  const state = stateOf({ head: hashOf("head"), best });
  expect(await createParentSelector({ selection: headSelection })(state, runtime)).toEqual({ parent: hashOf("head") });
});

test("lets the policy choose between head and best, with its memory and a draw of the generation", async () => {
  const draws: number[] = [];
  const selection: Selection = {
    name: "test.selection",
    version: 1,
    decide({ best: chosen }, memory, draw) {
      draws.push(draw(0));
      return memory === "best" ? chosen : hashOf("none");
    },
  };
  const node = createParentSelector({ selection });
  const memories = { "test.selection": "best" };
  for (const generation of [1, 2, 2]) {
    expect(await node(stateOf({ generation, best, memories }), runtime)).toEqual({ parent: hashOf("best") });
  }
  expect(draws[1]).toBe(draws[2]);
  expect(draws[0]).not.toBe(draws[1]);
});
