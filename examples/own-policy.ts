// A custom policy replaces one of a built-in recipe, which makes a custom recipe: here many edits at first, and fewer later.
// Run it with: npx tsx examples/own-policy.ts
import { fileURLToPath } from "node:url";
import {
  createExact,
  createMemoryStore,
  createProcedureAgent,
  createStatisticalAnalyst,
  defineRecipe,
  hillClimb,
  minimalSkill,
  optimize,
  readTasks,
  type EditSchedule,
} from "skillgraph";

/** A policy is pure: its decision depends only on its input, its memory and seeded draws. */
const fewerAndFewer: EditSchedule = {
  name: "edits.fewer-and-fewer",
  version: 1,
  decide: ({ generation, settings }) => Math.max(1, 2 * settings.edits - generation),
};

const recipe = defineRecipe({
  name: "fewer-and-fewer",
  version: 1,
  summary: "hill climbing with many edits at first, and fewer later",
  settings: hillClimb.settings,
  policies: (settings) => ({ ...hillClimb.policies(settings), edits: fewerAndFewer }),
});

const run = await optimize({
  agent: createProcedureAgent(),
  analyst: createStatisticalAnalyst(),
  verifier: createExact(),
  recipe,
  program: [minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  settings: { generations: 4 },
  store: createMemoryStore(),
});
for await (const event of run.events()) {
  if (event.type === "candidate-made") console.log(`generation ${event.generation}: ${event.edits} edits`);
}
const { score } = await run.result();
console.log(`validation ${score.validation.start?.toFixed(2)} -> ${score.validation.best?.toFixed(2)}`);
