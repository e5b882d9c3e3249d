// The loop as a plain LangGraph graph, on LangGraph's own in-memory saver: streamed, inspected, and read back in its history.
// Run it with: npx tsx examples/own-graph.ts
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { MemorySaver } from "@langchain/langgraph";
import * as skillgraph from "skillgraph";

const tasks = await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url)));
const settings = skillgraph.parseSettings({ generations: 2 }, skillgraph.hillClimb);

// What the nodes need: access to a store, for programs, tasks and answers.
const store = skillgraph.createMemoryStore();
const place = { store, family: "mine" };
const payload = skillgraph.createPayload(place);
const ledger = skillgraph.createLedger({ ...place, run: randomUUID() });
const parts = { agent: skillgraph.createProcedureAgent(), verifier: skillgraph.createExact() };
const executor = skillgraph.createLocalPool({ ...parts, ledger, payload, concurrency: 8 });
const archive = skillgraph.createRolloutArchive({ payload, ledger });

const loop = skillgraph.createLoop({
  analyst: skillgraph.createStatisticalAnalyst(),
  policies: skillgraph.hillClimb.policies(settings),
  verifier: parts.verifier,
  executor,
  payload,
  archive,
  ledger,
});
const graph = skillgraph.compileLoop(loop, { checkpointer: new MemorySaver() });

const suite = async (list: skillgraph.Task[]) => ({ hash: await payload.putJson(list), size: list.length });
const { train, validation, sealed, test } = tasks;
const start = skillgraph.initialState({
  settings,
  start: await payload.putProgram([skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")]),
  suites: {
    train: await suite(train),
    validation: await suite(validation),
    sealed: await suite(sealed),
    test: await suite(test),
  },
});

const config = { configurable: { thread_id: randomUUID() } };
for await (const update of await graph.stream(start, { ...config, streamMode: "updates" as const })) {
  const [node, { verdict }] = Object.entries(update)[0] as [string, skillgraph.RunUpdate];
  console.log(verdict === undefined ? node : `${node}: ${verdict?.reason}`);
}
const { values } = await graph.getState(config);
console.log(`stopped by ${values.stop}, validation ${values.record.headScore.toFixed(2)}`);
