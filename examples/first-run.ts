// Improves a skill without rules that routes messages; the run is paused, resumed, and branched.
// Run it with: npx tsx examples/first-run.ts
import { fileURLToPath } from "node:url";
import {
  branch,
  createExact,
  createMemoryStore,
  createProcedureAgent,
  createStatisticalAnalyst,
  minimalSkill,
  optimize,
  readTasks,
  resume,
  show,
} from "skillgraph";

const tasks = await readTasks(fileURLToPath(new URL("support-messages", import.meta.url)));
const parts = { agent: createProcedureAgent(), analyst: createStatisticalAnalyst(), verifier: createExact() };
const store = createMemoryStore(); // or "file:runs.db", to keep it

const run = await optimize({
  ...parts,
  store,
  tasks,
  program: [minimalSkill("support", "Routes messages of customers to a queue.")],
  settings: { generations: 6, batch: 100 },
  run: "first",
});
for await (const event of run.events()) {
  if (event.type === "verdict") console.log(`generation ${event.generation}: ${event.verdict.reason}`);
  if (event.type === "generation-end" && event.generation === 3) run.pause();
}
const paused = await run.result();
console.log(`${paused.status} after ${paused.generations} generations, ${paused.rollouts} rollouts`);

const finished = await (await resume("first", { ...parts, store })).result();
console.log(
  `${finished.status}: validation ${finished.score.validation.start?.toFixed(2)} -> ${finished.score.validation.best?.toFixed(2)}`,
);

await branch("first", { ...parts, store, at: 2, settings: { edits: 8 }, as: "bolder" });
const bolder = await (await resume("bolder", { ...parts, store })).result();
console.log(`branch with 8 edits: validation ${bolder.score.validation.best?.toFixed(2)}`);

const { diff } = await show("first", { store });
console.log(diff);
