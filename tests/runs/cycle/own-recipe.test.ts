import { END, MemorySaver, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { LoopNeeds } from "../../../graphs/parts.ts";
import { loopNodes, nextGeneration, wireLoop } from "../../../graphs/loop.ts";
import { defineRecipe } from "../../../graphs/recipe.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { RunState } from "../../../state/channels.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { deficienciesOf } from "../../../stores/payload/opened.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { houseParts, houseProgram, smallSettings, houseSuites } from "../../support/world.ts";

/** The loop with a node of its own between two: keeps only the worst deficiency. */
const worstFirst = (version = 1) =>
  defineRecipe({
    name: "worst-first",
    version,
    summary: "hill climbing on the worst deficiency alone",
    policies: hillClimb.policies,
    wire: (needs) =>
      new StateGraph(RunState)
        .addNode({
          ...loopNodes(needs),
          "worst-first": async (state: typeof RunState.State) => {
            const [worst] = await deficienciesOf(state, needs.payload);
            return { deficiencies: await needs.payload.putJson(worst === undefined ? [] : [worst]) };
          },
        })
        .addEdge(START, "task-sampler")
        .addEdge("task-sampler", "parent-selector")
        .addEdge("parent-selector", "rollout")
        .addEdge("rollout", "failure-analyzer")
        .addEdge("failure-analyzer", "diagnostician")
        .addEdge("diagnostician", "worst-first")
        .addEdge("worst-first", "optimizer")
        .addEdge("optimizer", "guard")
        .addEdge("guard", "validator")
        .addEdge("validator", "accept-gate")
        .addEdge("accept-gate", "archivist")
        .addConditionalEdges("archivist", nextGeneration, ["task-sampler", END]),
  });

const house = { ...houseParts(), program: houseProgram, tasks: houseSuites, settings: smallSettings, run: "house" };
const finished = async (options: Partial<Parameters<typeof optimize>[0]> = {}) =>
  (await optimize({ ...house, store: createMemoryStore(), ...options })).result();

describe("a run of a recipe with a graph of its own", () => {
  test("goes through its nodes, and resumes after a crash to the same digest", async () => {
    const whole = await finished({ recipe: worstFirst() });
    expect(whole.status).toBe("finished");
    expect(whole.digest).not.toBe((await finished()).digest);
    for (const atCommit of [9, 30, 52]) {
      const store = createMemoryStore();
      const mortal = createMortalStore(store, { atCommit, when: "after" });
      await expect(finished({ recipe: worstFirst(), store: mortal })).rejects.toThrow("The store died");
      await buryOwner(store);
      const again = await (await resume("house", { ...houseParts(), recipe: worstFirst(), store })).result();
      expect(again.digest).toBe(whole.digest);
    }
  });

  test("of the loop's own nodes is the loop, node for node", async () => {
    const recipe = { ...hillClimb, wire: (needs: LoopNeeds) => wireLoop(loopNodes(needs)) };
    expect((await finished({ recipe })).digest).toBe((await finished()).digest);
  });

  test("is gone on with by that recipe in that version alone", async () => {
    const store = createMemoryStore();
    await finished({ recipe: worstFirst(), store });
    const newer = resume("house", { ...houseParts(), recipe: worstFirst(2), store });
    await expect(newer).rejects.toMatchObject({ problem: "changed" });
    for (const recipe of [undefined, { ...worstFirst(), name: "other" }]) {
      const other = resume("house", { ...houseParts(), ...(recipe === undefined ? {} : { recipe }), store });
      await expect(other).rejects.toThrow('Unknown recipe "worst-first"');
    }
  });

  test("is no name: those go by the settings", async () => {
    const named = finished({ recipe: "hill-climb" as never });
    await expect(named).rejects.toThrow(
      "must be created with defineRecipe; select a built-in one with the setting `recipe`",
    );
  });

  test("needs an archivist", async () => {
    const empty = {
      ...hillClimb,
      name: "empty",
      wire: () =>
        new StateGraph(RunState)
          .addNode("alone", () => ({}))
          .addEdge(START, "alone")
          .addEdge("alone", END),
    };
    await expect(finished({ recipe: empty })).rejects.toThrow('The graph of recipe "empty" has no node "archivist"');
  });
});

test("a run that is begun in a node of another graph is a run of its own", async () => {
  const Application = new StateSchema({ digest: z.string() });
  const application = new StateGraph(Application)
    .addNode("improve", async () => ({ digest: (await finished()).digest }))
    .addEdge(START, "improve")
    .addEdge("improve", END)
    .compile({ checkpointer: new MemorySaver() });
  const { digest } = await application.invoke({ digest: "" }, { configurable: { thread_id: "application" } });
  expect(digest).toBe((await finished()).digest);
});
