// A recipe whose graph is the canonical loop with one node replaced and one added between two, used like any other run: paused, resumed, branched, shown.
// Run it with: npx tsx examples/own-nodes.ts
import { fileURLToPath } from "node:url";
import { END, START, StateGraph } from "@langchain/langgraph";
import * as skillgraph from "skillgraph";

const finding = { kind: "specification", rule: "short", severity: "block", place: null } as const;
/** Replaces `guard`: its findings, and a custom rule. A node is a function of state and runtime. */
function houseGuard({ guard }: skillgraph.LoopNodes, { payload }: skillgraph.LoopNeeds): skillgraph.RunNode {
  return async (state, runtime) => {
    const { findings = [] } = await guard(state, runtime);
    for (const { program } of state.candidates) {
      const text = (await payload.program(program)).map((skill) => skillgraph.textOf(skill)).join("");
      if (text.length > 2_000) findings.push({ ...finding, program, message: "Too long." });
    }
    return { findings };
  };
}
/** Between `diagnostician` and `optimizer`: keeps only the worst deficiency. */
function worstFirst({ payload, ledger }: skillgraph.LoopNeeds): skillgraph.RunNode {
  const reader = skillgraph.createStateReader({ payload, ledger });
  return async (state) => ({ deficiencies: await payload.putJson((await reader.deficiencies(state)).slice(0, 1)) });
}

/** Name and version are part of the version of a run's graph: raise the version when the code changes, so that runs are not mixed. */
const recipe = skillgraph.defineRecipe({
  name: "worst-first",
  version: 1,
  summary: "hill climbing on the worst deficiency alone, with skills of at most 2,000 characters",
  settings: skillgraph.hillClimb.settings,
  policies: skillgraph.hillClimb.policies,
  wire(needs) {
    const nodes = skillgraph.loopNodes(needs);
    return new StateGraph(skillgraph.RunState)
      .addNode({ ...nodes, guard: houseGuard(nodes, needs), "worst-first": worstFirst(needs) })
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
      .addConditionalEdges("archivist", skillgraph.nextGeneration, ["task-sampler", END]);
  },
});

const tasks = await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url)));
const program = [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")];
const [agent, analyst] = [skillgraph.createProcedureAgent(), skillgraph.createStatisticalAnalyst()];
const parts = { agent, analyst, verifier: skillgraph.createExact(), recipe, program };
const run = await skillgraph.optimize({ ...parts, tasks, settings: { generations: 4 }, store: "memory:" });
for await (const event of run.events()) {
  if (event.type === "candidate-blocked") console.log(`${event.generation} blocked: ${event.message}`);
  if (event.type === "verdict") console.log(`${event.generation} ${event.verdict.reason}`);
}
console.log((await run.result()).score.validation);
