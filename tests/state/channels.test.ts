import { END, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { initialState, RunState, type RunUpdate } from "../../state/channels.ts";
import { canonicalJson } from "../../state/json.ts";
import { hashOf, settingsOf } from "../support/nodes.ts";

const suite = { hash: hashOf("tasks"), size: 2 };
const suites = { train: suite, validation: suite, sealed: suite, test: suite };
const start = () => initialState({ settings: settingsOf(), suites, start: hashOf("start") });

/** A graph over the run state with one node that returns an update. */
const graphOf = (update: RunUpdate) =>
  new StateGraph(RunState)
    .addNode("node", () => update)
    .addEdge(START, "node")
    .addEdge("node", END)
    .compile();

describe("the run state", () => {
  test("starts a graph, fills every channel, and is plain JSON", async () => {
    const state = await graphOf({}).invoke(start());
    expect(Object.keys(state).toSorted()).toEqual(RunState.getChannelKeys().toSorted());
    expect(state).toEqual({ ...start(), spent: { rollouts: 0, simulations: 0, tokens: 0 } });
    expect(JSON.parse(canonicalJson(state))).toEqual(state);
  });

  test("stands on the start program, not measured yet", () => {
    const { start: from, head, parents, archive, generation } = start();
    expect({ start: from, head, parents, archive, generation }).toEqual({
      start: hashOf("start"),
      head: hashOf("start"),
      parents: [],
      archive: null,
      generation: 0,
    });
  });

  test("adds up what is spent, all of it or a part, and replaces everything else", async () => {
    const graph = new StateGraph(RunState)
      .addNode("one", () => ({ spent: { rollouts: 3, simulations: 5 }, batch: [1] }))
      .addNode("two", () => ({ spent: { rollouts: 4 }, batch: [2] }))
      .addNode("three", () => ({ spent: { simulations: 2 } }))
      .addEdge(START, "one")
      .addEdge("one", "two")
      .addEdge("two", "three")
      .addEdge("three", END)
      .compile();
    const { spent, batch } = await graph.invoke(start());
    expect({ spent, batch }).toEqual({ spent: { rollouts: 7, simulations: 7, tokens: 0 }, batch: [2] });
  });

  test.each<[string, Record<string, unknown>]>([
    ["a head that is no hash", { head: "start" }],
    ["a parent that is no hash", { parents: [null] }],
    ["a batch with a negative index", { batch: [-1] }],
    ["settings of another kind", { settings: { ...settingsOf(), batch: 0 } }],
    ["what is spent running backwards", { spent: { rollouts: -1 } }],
  ])("refuses %s, from the caller and from a node", async (_, update) => {
    await expect(graphOf({}).invoke({ ...start(), ...update } as RunUpdate)).rejects.toThrow();
    await expect(graphOf(update as RunUpdate).invoke(start())).rejects.toThrow();
  });
});
