// Parts of published systems in one recipe: hill climbing with tasks drawn by posterior, refined drafts, near misses tried again, and an end by convergence.
// Run it with: npx tsx examples/own-parts.ts
import { fileURLToPath } from "node:url";
import * as skillgraph from "skillgraph";

const recipe = skillgraph.defineRecipe({
  name: "parts",
  version: 1,
  summary: "hill climbing with refined drafts and a second try for near misses, until the skill no longer grows",
  settings: skillgraph.hillClimb.settings,
  // Settings can be changed with --set; what follows in `policies` is part of the recipe.
  defaults: { sampling: "posterior", evidence: "current", batch: 30, replay: 90 },
  policies: (settings) => ({
    ...skillgraph.hillClimb.policies(settings),
    drafting: skillgraph.nearMissDrafting(skillgraph.refinedDrafting({ drafts: 3 }), { margin: 0.02 }),
    stopping: skillgraph.whenConverged({ patience: 3 }),
  }),
});

const run = await skillgraph.optimize({
  recipe,
  agent: skillgraph.createProcedureAgent(),
  analyst: skillgraph.createStatisticalAnalyst(),
  verifier: skillgraph.createExact(),
  program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  settings: { generations: 20, acceptance: "no-worse" },
  store: "memory:",
  run: "parts",
});
for await (const event of run.events()) {
  if (event.type === "candidate-made") console.log(`${event.generation}: ${event.operator}, ${event.edits} edits`);
  if (event.type === "verdict") console.log(`${event.generation}: ${event.verdict.reason}`);
}
const { reason, score } = await run.result();
console.log(`stopped by ${reason}, validation ${score.validation.best?.toFixed(2)}`);
