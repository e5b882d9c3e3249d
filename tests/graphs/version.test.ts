import { END, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createLoop } from "../../graphs/loop.ts";
import { loopPolicies } from "../../graphs/loop-policies.ts";
import type { Policies } from "../../graphs/parts.ts";
import { graphVersion } from "../../graphs/version.ts";
import { RunState } from "../../state/channels.ts";
import { SettingsError } from "../../state/errors.ts";
import { listingAnalyst, openRoom, settingsOf } from "../support/nodes.ts";

const policies = loopPolicies(settingsOf());
const room = await openRoom();
const drawn = await createLoop({ analyst: listingAnalyst, policies, ...room })
  .compile()
  .getGraphAsync();
const version = graphVersion(drawn, policies);

describe("the version of a graph", () => {
  test("is the same for the same graph built again, with other parts and other numbers in the settings", async () => {
    const again = loopPolicies(settingsOf({ seed: 9, batch: 1, edits: 1 }));
    const analyst = { ...listingAnalyst, fingerprint: "other@1" };
    const loop = createLoop({ analyst, policies: again, ...(await openRoom()) }).compile({ name: "another name" });
    expect(graphVersion(await loop.getGraphAsync(), again)).toBe(version);
  });

  test.each(Object.keys(policies) as Array<keyof Policies>)(
    "changes with the version and the name of the policy %s",
    (part) => {
      const newer = { ...policies, [part]: { ...policies[part], version: policies[part].version + 1 } };
      const renamed = { ...policies, [part]: { ...policies[part], name: "other" } };
      expect(new Set([version, graphVersion(drawn, newer), graphVersion(drawn, renamed)]).size).toBe(3);
    },
  );

  test("changes with the choice of a policy in the settings", () => {
    expect(graphVersion(drawn, loopPolicies(settingsOf({ sampling: "minibatch" })))).not.toBe(version);
  });

  test("changes with an edge and with a node, not with their order", async () => {
    const graphOf = async (...edges: Array<["a" | "b", "b" | "c"]>) => {
      const node = () => ({});
      const graph = new StateGraph(RunState).addNode("a", node).addNode("b", node).addNode("c", node);
      for (const [from, to] of edges) graph.addEdge(from, to);
      return graph.addEdge(START, "a").addEdge("c", END).compile().getGraphAsync();
    };
    const one = graphVersion(await graphOf(["a", "b"], ["b", "c"]), policies);
    expect(graphVersion(await graphOf(["b", "c"], ["a", "b"]), policies)).toBe(one);
    expect(graphVersion(await graphOf(["a", "b"], ["a", "c"], ["b", "c"]), policies)).not.toBe(one);
    expect(one).not.toBe(version);
    const conditional = { ...drawn, edges: drawn.edges.map((edge) => ({ ...edge, conditional: true })) };
    expect(graphVersion(conditional, policies)).not.toBe(version);
  });

  test("is refused to two policies of one name, as is a loop of them", () => {
    const { name } = policies.sampling;
    const twins = { ...policies, selection: { ...policies.selection, name } };
    for (const refused of [
      () => graphVersion(drawn, twins),
      () => createLoop({ analyst: listingAnalyst, policies: twins, ...room }),
    ]) {
      expect(refused).toThrow(SettingsError);
      expect(refused).toThrow(`Two policies have the name "${name}"`);
    }
  });

  test("does not change with the order in which the policies are written down", () => {
    const turned = Object.fromEntries(Object.entries(policies).toReversed()) as unknown as Policies;
    expect(graphVersion(drawn, turned)).toBe(version);
  });
});
