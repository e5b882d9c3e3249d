import { END, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createLoop } from "../../graphs/loop.ts";
import type { Policies } from "../../graphs/recipe.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { graphVersion } from "../../graphs/version.ts";
import { RunState } from "../../state/channels.ts";
import { SettingsError } from "../../state/errors.ts";
import { listingAnalyst, openRoom, settingsOf } from "../support/nodes.ts";

const policies = hillClimb.policies(settingsOf());
const room = await openRoom();
const drawn = await createLoop({ analyst: listingAnalyst, policies, ...room })
  .compile()
  .getGraphAsync();
const version = graphVersion(drawn, policies, hillClimb);

describe("the version of a graph", () => {
  test("is the same for the same graph built again, with other parts and other numbers in the settings", async () => {
    const again = hillClimb.policies(settingsOf({ seed: 9, batch: 1, edits: 1 }));
    const analyst = { ...listingAnalyst, fingerprint: "other@1" };
    const loop = createLoop({ analyst, policies: again, ...(await openRoom()) }).compile({ name: "another name" });
    expect(graphVersion(await loop.getGraphAsync(), again, hillClimb)).toBe(version);
  });

  test.each(Object.keys(policies) as Array<keyof Policies>)(
    "changes with the version and the name of the policy %s",
    (part) => {
      const newer = { ...policies, [part]: { ...policies[part], version: policies[part]!.version + 1 } };
      const renamed = { ...policies, [part]: { ...policies[part], name: "other" } };
      expect(
        new Set([version, graphVersion(drawn, newer, hillClimb), graphVersion(drawn, renamed, hillClimb)]).size,
      ).toBe(3);
    },
  );

  test("changes with the version and the name of the recipe", () => {
    const changed = [
      { ...hillClimb, version: hillClimb.version + 1 },
      { ...hillClimb, name: "other" },
    ];
    expect(new Set([version, ...changed.map((recipe) => graphVersion(drawn, policies, recipe))]).size).toBe(3);
  });

  test("changes with the choice of a policy in the settings", () => {
    for (const changes of [
      { sampling: "minibatch" as const },
      { acceptance: "strict" as const },
      { acceptance: "always" as const },
    ]) {
      expect(graphVersion(drawn, hillClimb.policies(settingsOf(changes)), hillClimb)).not.toBe(version);
    }
  });

  test("changes with an edge and with a node, not with their order", async () => {
    const graphOf = async (...edges: Array<["a" | "b", "b" | "c"]>) => {
      const node = () => ({});
      const graph = new StateGraph(RunState).addNode("a", node).addNode("b", node).addNode("c", node);
      for (const [from, to] of edges) graph.addEdge(from, to);
      return graph.addEdge(START, "a").addEdge("c", END).compile().getGraphAsync();
    };
    const one = graphVersion(await graphOf(["a", "b"], ["b", "c"]), policies, hillClimb);
    expect(graphVersion(await graphOf(["b", "c"], ["a", "b"]), policies, hillClimb)).toBe(one);
    expect(graphVersion(await graphOf(["a", "b"], ["a", "c"], ["b", "c"]), policies, hillClimb)).not.toBe(one);
    expect(one).not.toBe(version);
    const conditional = { ...drawn, edges: drawn.edges.map((edge) => ({ ...edge, conditional: true })) };
    expect(graphVersion(conditional, policies, hillClimb)).not.toBe(version);
  });

  test("is refused to two policies of one name, as is a loop of them", () => {
    const { name } = policies.sampling;
    const twins = { ...policies, selection: { ...policies.selection, name } };
    for (const refused of [
      () => graphVersion(drawn, twins, hillClimb),
      () => createLoop({ analyst: listingAnalyst, policies: twins, ...room }),
    ]) {
      expect(refused).toThrow(SettingsError);
      expect(refused).toThrow(`Two policies have the name "${name}"`);
    }
  });

  test("does not change with the order in which the policies are written down", () => {
    const turned = Object.fromEntries(Object.entries(policies).toReversed()) as unknown as Policies;
    expect(graphVersion(drawn, turned, hillClimb)).toBe(version);
  });
});
