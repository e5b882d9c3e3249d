// Resolves the hashes in a run's state: rollouts, edits and the evidence of a verdict, generation by generation.
// Run it with: npx tsx examples/open-state.ts
import { fileURLToPath } from "node:url";
import * as skillgraph from "skillgraph";

const store = skillgraph.createMemoryStore();
const run = await skillgraph.optimize({
  program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  agent: skillgraph.createProcedureAgent(),
  analyst: skillgraph.createStatisticalAnalyst(),
  verifier: skillgraph.createExact(),
  settings: { generations: 2 },
  store,
});
await run.result();

const opened = await skillgraph.openRun("run", { store });
for (const generation of [1, 2]) {
  const state = await opened.state(generation); // the `values` of LangGraph's getState
  const rollouts = await opened.rollouts(state);
  const [wrong] = rollouts.filter(({ score }) => score?.value === 0);
  console.log(`generation ${generation}: ${rollouts.length} rollouts, such as "${wrong?.question.input}"`);
  console.log(`  expected ${String(wrong?.expected)}, got "${wrong?.rollout.answer?.text}"`);

  const edits = state.candidate === null ? [] : await opened.edits(state.candidate);
  for (const edit of edits) console.log(`  ${edit.op} ${JSON.stringify("text" in edit ? edit.text : edit.skill)}`);

  const rows = await opened.evidence(state);
  const repaired = rows.filter(({ candidate, other }) => candidate === 1 && other === 0);
  console.log(`  ${state.verdict?.reason}: ${repaired.length} of ${rows.length} validation tasks repaired`);
}
const [skill] = await opened.program((await opened.state()).head);
console.log(skill === undefined ? "" : skillgraph.textOf(skill)?.trim());
await opened.close();
