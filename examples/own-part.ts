// Replaces one part of the analyst: the diagnostician of the statistical analyst, restricted to deficiencies of several tasks.
// Run it with: npx tsx examples/own-part.ts
import { fileURLToPath } from "node:url";
import * as skillgraph from "skillgraph";

const statistical = skillgraph.createStatisticalAnalyst();

/** An analyst is three functions and a fingerprint that identifies everything that can change what they return. */
const analyst: skillgraph.Analyst = {
  ...statistical,
  fingerprint: `several@1 ${statistical.fingerprint}`,
  async diagnose(failures, skills, replay) {
    const deficiencies = await statistical.diagnose(failures, skills, replay);
    const several = deficiencies.filter(({ tasks }) => tasks.length >= 3);
    console.log(`${failures.length} failures, ${deficiencies.length} deficiencies, ${several.length} of several tasks`);
    return several;
  },
};

/** A verifier scores in 0..1; its feedback is passed to the analyst. */
const verifier: skillgraph.Verifier = {
  fingerprint: "queue@1",
  score({ text }, { expected }) {
    const isRight = text.trim().toLowerCase() === String(expected);
    return { value: isRight ? 1 : 0, objectives: {}, feedback: isRight ? "Right." : `It belongs to ${expected}.` };
  },
};

const run = await skillgraph.optimize({
  agent: skillgraph.createProcedureAgent(),
  analyst,
  verifier,
  program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  settings: { generations: 3 },
  store: "memory:",
});
console.log((await run.result()).score.validation);
