// More parts of published systems in one recipe: train tasks of what fails, as many drafts as are worth it, created skills that have to be used, and a person who is
// asked where there is doubt. Run it with: npx tsx examples/more-parts.ts
import { fileURLToPath } from "node:url";
import * as skillgraph from "skillgraph";

const recipe = skillgraph.defineRecipe({
  name: "more-parts",
  version: 1,
  summary: "hill climbing on what fails, with as many drafts as are worth it; created skills have to be used",
  settings: skillgraph.hillClimb.settings,
  defaults: { acceptance: "strict", approve: "in-doubt", candidates: 2, edits: 6, batch: 40 },
  policies: (settings) => ({
    ...skillgraph.hillClimb.policies(settings),
    sampling: skillgraph.mixtureSampling({ key: "queue" }),
    drafting: skillgraph.promotedByUse({ counts: "chain" }, skillgraph.balancedDrafting()),
    edits: skillgraph.withOperations(skillgraph.constantEdits),
    doubt: skillgraph.whenInDoubt({ confidence: 0.9, budget: 0.9 }),
  }),
});

const tasks = await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url)));
// Here the queue of a message is its answer; no agent or analyst sees `meta`.
const train = tasks.train.map((task) => ({ ...task, meta: { queue: task.expected ?? null } }));

const run = await skillgraph.optimize({
  recipe,
  agent: skillgraph.createProcedureAgent(),
  analyst: skillgraph.createStatisticalAnalyst(),
  verifier: skillgraph.createExact(),
  program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: { ...tasks, train },
  settings: { generations: 4 },
  store: "memory:",
  run: "more-parts",
  approve({ generation, reasons }) {
    console.log(`${generation}: asked, because ${reasons.join("; ")}`);
    return { accept: true, because: "looked at" };
  },
});
for await (const event of run.events()) {
  if (event.type === "candidate-made") console.log(`${event.generation}: ${event.operator}, ${event.edits} edits`);
  if (event.type === "verdict") console.log(`${event.generation}: ${event.verdict.reason}`);
}
const { score } = await run.result();
console.log(`validation ${score.validation.best?.toFixed(2)}`);
