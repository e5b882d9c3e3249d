// A custom optimizer in one file: a beam of the best programs, each equally likely to be edited next.
// Run it with: npx tsx examples/own-recipe.ts
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  createExact,
  createProcedureAgent,
  createStatisticalAnalyst,
  defineRecipe,
  manyArchive,
  minibatchTrial,
  minimalSkill,
  optimize,
  readTasks,
  type Selection,
} from "skillgraph";

/** A policy is pure: its decision depends only on its input, its memory and seeded draws. */
const anyMember: Selection = {
  name: "selection.any-member",
  version: 1,
  decide({ archive: { members } }, _, draw) {
    const { program } = members[Math.floor(draw(0) * members.length)]!;
    return { parents: [program], ancestor: null };
  },
};

const beam = defineRecipe({
  name: "beam",
  version: 1,
  summary: "edits any of the best few programs, and keeps the best few",
  settings: { width: z.int().min(1).max(16).default(3).describe("programs kept") },
  defaults: { batch: 30 },
  policies: ({ width }) => ({
    selection: anyMember,
    // A candidate must score higher than its parent on the batch, and is then measured on all validation tasks.
    trial: minibatchTrial,
    archive: manyArchive({
      name: "archive.best",
      version: 1,
      most: width,
      keep: (all) => all.toSorted((a, b) => (b.means["score"] ?? 0) - (a.means["score"] ?? 0)),
    }),
  }),
});

const run = await optimize({
  recipe: beam,
  agent: createProcedureAgent(),
  analyst: createStatisticalAnalyst(),
  verifier: createExact(),
  program: [minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  settings: { generations: 8, width: 2 },
  store: "memory:",
});
for await (const event of run.events()) {
  if (event.type === "generation-end") console.log(`${event.generation}: ${event.members} kept, best ${event.score}`);
}
