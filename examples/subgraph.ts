// The loop as one node of a larger LangGraph application: a release is prepared, the skill improved, the result announced.
// Run it with: npx tsx examples/subgraph.ts
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { END, MemorySaver, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import * as skillgraph from "skillgraph";

const tasks = await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url)));
const store = "memory:";
const opened = await skillgraph.openStore(store);

const Release = new StateSchema({
  version: z.string(),
  run: z.string().nullable().default(null),
  score: z.number().nullable().default(null),
  note: z.string().default(""),
});

/**
 * The node starts a separate run, or continues the one it has started: when the application is resumed after a crash, the
 * run is resumed too, and nothing is paid for twice. The application keeps the name of the run and its result.
 */
async function improve({ version }: typeof Release.State): Promise<typeof Release.Update> {
  const run = await skillgraph.optimize({
    agent: skillgraph.createProcedureAgent(),
    analyst: skillgraph.createStatisticalAnalyst(),
    verifier: skillgraph.createExact(),
    program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
    tasks,
    settings: { generations: 3 },
    run: `release-${version}`,
    store: opened,
  });
  const { score } = await run.result();
  return { run: run.name, score: score.validation.best };
}

const application = new StateGraph(Release)
  .addNode("prepare", ({ version }) => ({ note: `preparing ${version}` }))
  .addNode("improve", improve)
  .addNode("announce", ({ version, score }) => ({ note: `${version}: validation ${score?.toFixed(2)}` }))
  .addEdge(START, "prepare")
  .addEdge("prepare", "improve")
  .addEdge("improve", "announce")
  .addEdge("announce", END)
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: randomUUID() } };
for await (const update of await application.stream(
  { version: "2.0" },
  { ...config, streamMode: "updates" as const },
)) {
  console.log(JSON.stringify(update));
}
const { timeline } = await skillgraph.show("release-2.0", { store: opened });
console.log(timeline.map(({ generation, verdict }) => `${generation} ${verdict.reason}`).join("\n"));
await opened.close();
