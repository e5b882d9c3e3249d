// A session of the storm in a process of its own: storm-child.ts STORE WITNESS CONCURRENCY LENGTH. Says when it is at work, and how it
// ended.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { TaskAgent } from "../../../../agents/agent.ts";
import { createProcedureAgent } from "../../../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../../../analysts/statistical/statistical-analyst.ts";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { programHash } from "../../../../skills/folder.ts";
import { minimalSkill } from "../../../../skills/minimal.ts";
import { hashJson } from "../../../../state/json.ts";
import { openStore } from "../../../../stores/open.ts";
import { createExact } from "../../../../verifiers/exact.ts";

const [url, witness, concurrency, length] = process.argv.slice(2) as [string, string, string, string];

const words = { lights: ["lamp", "bulb", "dimmer"], water: ["tap", "pipe", "boiler"], doors: ["hinge", "lock"] };
const subjects = Object.entries(words).flatMap(([expected, each]) => each.map((word) => ({ word, expected })));
const tasksOf = (suite: string, size: number) =>
  Array.from({ length: size }, (_, index) => {
    const { word, expected } = subjects[index % subjects.length] as (typeof subjects)[number];
    return { id: `${suite}-${index}`, input: `message ${index}: the ${word} is broken`, expected };
  });
/** 64 validation tasks, so that as many can be in flight. */
const tasks = { train: tasksOf("train", 12), validation: tasksOf("validation", 64), sealed: [], test: [] };

const { fingerprint, answer } = createProcedureAgent();
/** Not embedded: each attempt is noted before it is made, as one may end the process. */
const agent: TaskAgent = {
  fingerprint,
  async answer(question, skills, options) {
    await sleep(Number(length));
    const given = await answer(question, skills, options);
    const key = { kind: "rollout", fingerprint, saw: programHash(skills), question: hashJson(question) };
    const file = openSync(witness, "a");
    writeSync(file, `${hashJson({ ...key, sample: options.sample })}\n`);
    fsyncSync(file);
    closeSync(file);
    return given;
  },
};

const store = await openStore(url);
const run = await optimize({
  agent,
  analyst: createStatisticalAnalyst(),
  verifier: createExact(),
  program: [minimalSkill("house", "Sorts messages about a house.")],
  tasks,
  settings: { generations: 1, batch: 12, wave: 64, edits: 2 },
  run: "house",
  store,
  concurrency: Number(concurrency),
});
process.stdout.write("at work\n");
const { digest, status, held } = await run.result();
process.stdout.write(`${JSON.stringify({ digest, status, held: held.map(({ task }) => task) })}\n`);
await store.close();
