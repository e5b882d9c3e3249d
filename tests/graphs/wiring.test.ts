import { describe, expect, test } from "vitest";
import { checked } from "../../graphs/wiring.ts";
import type { RunNode } from "../../nodes/node.ts";
import { RunState, type RunUpdate } from "../../state/channels.ts";
import { StateError } from "../../state/errors.ts";
import { createListener, stateOf } from "../support/nodes.ts";

const { runtime } = createListener();

describe("a checked node", () => {
  test("passes state and runtime on, and the update back", async () => {
    const state = stateOf();
    const node: RunNode = (given, second) => (given === state && second === runtime ? { batch: [1] } : {});
    expect(await checked("task-sampler", node)(state, runtime)).toEqual({ batch: [1] });
  });

  test("refuses a channel that does not exist, naming node, channel and those there are", async () => {
    const node: RunNode = () => ({ generation: 1, genaration: 2 }) as RunUpdate;
    const refusal = checked("task-sampler", node)(stateOf(), runtime);
    await expect(refusal).rejects.toThrow(StateError);
    await expect(refusal).rejects.toThrow('Node "task-sampler" wrote "genaration"');
    for (const channel of RunState.getChannelKeys()) await expect(refusal).rejects.toThrow(channel);
  });

  test("does not catch what the node throws", async () => {
    const error = new Error("mine");
    const node: RunNode = () => {
      throw error;
    };
    await expect(checked("guard", node)(stateOf(), runtime)).rejects.toBe(error);
  });
});
