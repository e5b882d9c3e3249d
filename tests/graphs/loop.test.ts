import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import type { Analyst } from "../../analysts/analyst.ts";
import { createLoop } from "../../graphs/loop.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { textOf } from "../../skills/folder.ts";
import { Members } from "../../state/archive.ts";
import { initialState, RunState } from "../../state/channels.ts";
import { canonicalJson } from "../../state/json.ts";
import { seenIndices } from "../../state/seen.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { memoriesOf } from "../../stores/payload/opened.ts";
import { listingAnalyst, openRoom, settingsOf, tasksOf, type RoomOptions } from "../support/nodes.ts";

const canonical = [
  "task-sampler",
  "parent-selector",
  "rollout",
  "failure-analyzer",
  "diagnostician",
  "optimizer",
  "guard",
  "validator",
  "accept-gate",
  "archivist",
];
const topics = ["cats", "dogs", "owls", "bees"];
const train = tasksOf("train", topics);
const validation = tasksOf("validation", [...topics, ...topics]);

interface Setting extends RoomOptions {
  settings?: SettingsInput;
  analyst?: Analyst;
}

/** The loop as a plain LangGraph user has it: compiled with a saver of LangGraph's own. */
async function setUp({ settings: changes = {}, analyst = listingAnalyst, ...options }: Setting = {}) {
  const room = await openRoom({ train, validation, ...options });
  const settings = settingsOf({ edits: 1, target: 1, acceptance: "no-worse", ...changes });
  const graph = createLoop({ analyst, policies: hillClimb.policies(settings), ...room }).compile({
    checkpointer: new MemorySaver(),
  });
  const config = { configurable: { thread_id: "mine" }, recursionLimit: 1000 };
  const input = initialState({ settings, suites: room.suites, start: room.start });
  return { ...room, graph, config, input };
}

describe("the canonical loop", () => {
  test("has ten nodes in a ring, and the archivist alone leads to the end", async () => {
    const { graph } = await setUp();
    const { nodes, edges } = await graph.getGraphAsync();
    expect(Object.keys(nodes).toSorted()).toEqual(["__start__", "__end__", ...canonical].toSorted());
    const steps = ["__start__", ...canonical].map((source, index) => [source, canonical[index], false] as const);
    expect(edges.map(({ source, target, conditional }) => [source, target, conditional === true]).toSorted()).toEqual(
      [...steps.slice(0, -1), ["archivist", "task-sampler", true], ["archivist", "__end__", true]].toSorted(),
    );
  });

  test("learns one topic a generation until the target is reached, and stands on what it has learned", async () => {
    const { graph, config, input, payload, start } = await setUp();
    const state = (await graph.invoke(input, config)) as RunState;
    expect(state).toMatchObject({ generation: 4, stop: "target", record: { headScore: 1 } });
    expect(state.head).not.toBe(start);
    expect(await payload.json(state.archive!, Members)).toMatchObject([
      { program: state.head, generation: 4, means: { score: 1 } },
    ]);
    const [skill] = await payload.program(state.head);
    expect(topics.filter((topic) => textOf(skill!)!.includes(`- ${topic}\n`))).toEqual(topics);
    // The start's column once, then per generation all train tasks and one accepted candidate on all of validation.
    expect(state.spent).toEqual({ rollouts: 8 + 4 * (4 + 8), simulations: 4, tokens: 0 });
    expect(seenIndices(state.seen)).toEqual([0, 1, 2, 3]);
  });

  test("comes to the same state with every concurrency", async () => {
    const final = async (concurrency: number) => {
      const { graph, config, input } = await setUp({
        concurrency,
        settings: { batch: 3, wave: 3, sampling: "minibatch" },
      });
      return canonicalJson(await graph.invoke(input, config));
    };
    expect(await final(8)).toBe(await final(1));
  });

  test("never has more spent than the budget, whatever the budget is", async () => {
    for (const budgetRollouts of [1, 5, 12, 13, 21, 30, 47]) {
      const { graph, config, input } = await setUp({ settings: { budgetRollouts, batch: 4, wave: 3 } });
      const { spent, stop } = (await graph.invoke(input, config)) as RunState;
      expect(stop).toBe("budget");
      expect(spent.rollouts).toBeLessThanOrEqual(budgetRollouts);
    }
  });

  test("goes on while the budget holds another generation of a small task set", async () => {
    const { graph, config, input } = await setUp({ settings: { budgetRollouts: 60 } });
    expect(await graph.invoke(input, config)).toMatchObject({ stop: "target" });
  });

  test("shows the analyst labels of train tasks seen so far, and of no other task", async () => {
    const shown: Array<{ labels: string[]; seen: number }> = [];
    const note = (value: unknown) => {
      const text = JSON.stringify(value);
      expect(text).not.toContain("meta-of");
      return [...text.matchAll(/label-of-[a-z]+-\d+/g)].map(([label]) => label);
    };
    const analyst: Analyst = {
      ...listingAnalyst,
      async analyze(rollouts, skills) {
        shown.push({ labels: note(rollouts), seen: rollouts.length });
        return listingAnalyst.analyze(rollouts, skills);
      },
      async propose(deficiencies, skills, replay, budget) {
        shown.push({ labels: note([deficiencies, replay]), seen: replay.length });
        return listingAnalyst.propose(deficiencies, skills, replay, budget);
      },
    };
    const { graph, config, input } = await setUp({ analyst, settings: { batch: 1, generations: 3 } });
    await graph.invoke(input, config);
    expect(shown.map(({ seen }) => seen)).toEqual([1, 1, 1, 2, 1, 3]);
    for (const { labels, seen } of shown) {
      expect(labels).toHaveLength(seen);
      expect(labels.every((label) => label.startsWith("label-of-train-"))).toBe(true);
    }
  });

  test("has all of its policies with a memory in `memories`, and each under its own name", async () => {
    const { graph, config, input, payload } = await setUp({ settings: { generations: 1 } });
    const memories = await memoriesOf((await graph.invoke(input, config)) as RunState, payload);
    const remembering = Object.values(hillClimb.policies(settingsOf({ acceptance: "no-worse" }))).filter(
      (policy) => "memory" in policy,
    );
    expect(Object.keys(memories).toSorted()).toEqual(remembering.map(({ name }) => name).toSorted());
  });
});

describe("the loop in the hands of a plain LangGraph user", () => {
  test("streams its nodes one after the other, and its events", async () => {
    const { graph, config, input } = await setUp({ settings: { generations: 1, target: null } });
    const nodes: string[] = [];
    const events: string[] = [];
    const stream = await graph.stream(input, { ...config, streamMode: ["updates", "custom"] });
    for await (const [mode, chunk] of stream) {
      if (mode === "updates") nodes.push(...Object.keys(chunk as object));
      else events.push((chunk as { type: string }).type);
    }
    expect(nodes).toEqual(canonical);
    expect([...new Set(events)]).toEqual([
      "generation-start",
      "rollout-end",
      "deficiencies-found",
      "candidate-made",
      "verdict",
      "generation-end",
    ]);
  });

  test("has a history of one checkpoint a node, each of which says what comes next", async () => {
    const { graph, config, input } = await setUp({ settings: { generations: 2, target: null } });
    await graph.invoke(input, config);
    const history = [];
    for await (const snapshot of graph.getStateHistory(config)) history.unshift(snapshot);
    expect(history.map(({ next }) => next[0] ?? null)).toEqual(["__start__", ...canonical, ...canonical, null]);
    const last = await graph.getState(config);
    expect(last.values).toMatchObject({ generation: 2, stop: "generations" });
    expect(last.next).toEqual([]);
  });

  test("goes on from any checkpoint of the past to the same end, and pays nothing again", async () => {
    const { graph, config, input, ledger } = await setUp();
    const end = canonicalJson(await graph.invoke(input, config));
    const { paid } = ledger;
    const history = [];
    for await (const snapshot of graph.getStateHistory(config)) history.push(snapshot);
    for (const snapshot of history
      .filter(({ next }) => next.length > 0 && next[0] !== "__start__")
      .filter((_, at) => at % 7 === 0)) {
      expect(canonicalJson(await graph.invoke(null, { ...snapshot.config, recursionLimit: 1000 }))).toBe(end);
    }
    expect(ledger.paid).toBe(paid);
  });

  test("branches with other settings through updateState as the archivist", async () => {
    const { graph, config, input } = await setUp({ settings: { generations: 2 } });
    const { settings } = (await graph.invoke(input, config)) as RunState;
    await graph.updateState(config, { settings: { ...settings, generations: 3 }, stop: null }, "archivist");
    expect(await graph.invoke(null, config)).toMatchObject({ generation: 3, stop: "generations" });
  });

  test("keeps a state whose size does not grow with generations", async () => {
    const sizeAfter = async (generations: number) => {
      const { graph, config, input } = await setUp({ settings: { generations, target: null, batch: 1, replay: 2 } });
      return canonicalJson(await graph.invoke(input, config)).length;
    };
    const [few, many] = [await sizeAfter(8), await sizeAfter(24)];
    expect(many).toBeLessThan(few + 100);
  });
});
