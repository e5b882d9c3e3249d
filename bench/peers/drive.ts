import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { programTokens } from "../../skills/tokens.ts";
import { parseSettings } from "../../state/settings.ts";
import { createClockedAnalyst } from "../clocked-analyst.ts";
import { analysts, partsOf, type LearnFigures, type LearnJob } from "../learn.ts";
import { createReader } from "../read-off.ts";
import { readBenchTasks } from "../task-sets.ts";
import { createBridge } from "./bridge.ts";
import { runClient, type Client } from "./client.ts";

/** Lets an outside optimizer do a job, on the same agent, verifier, analyst, tasks and budget as a run, and reads off what it chose. */
export async function drive(job: LearnJob & { client: Client }): Promise<LearnFigures> {
  const { set, split, analyst, settings, at, client } = job;
  const { suites, reported } = await readBenchTasks(set, split);
  const { program, ...parts } = partsOf(job);
  const [start] = program;
  const clocked = createClockedAnalyst(analysts[analyst]());
  const bridge = createBridge({
    set,
    start,
    suites,
    ...parts,
    analyst: clocked.analyst,
    settings: parseSettings({ ...settings }, hillClimb),
    budget: settings.budgetRollouts,
  });
  const { cpu, wall } = await runClient(client, bridge);
  const { choices, reflections, spent, validationTasks } = bridge.record();
  const reader = createReader(reported, { ...parts, set });
  const points = [];
  for (const rollouts of at) {
    const chosen = choices.findLast((choice) => choice.rollouts <= rollouts)?.skill ?? start;
    points.push(await reader.point(rollouts, [chosen]));
  }
  const last = choices.at(-1) ?? { skill: start, validation: null };
  return {
    points,
    tokens: await programTokens([last.skill]),
    validation: last.validation,
    validationTasks,
    generations: reflections,
    accepted: choices.length,
    rollouts: spent,
    hypervolume: await reader.hypervolume([{ skills: [last.skill], validation: last.validation }]),
    evaluations: reader.evaluations(),
    cpu: { run: cpu.bridge, analyst: clocked.spent() / 1000, client: cpu.client },
    wall,
  };
}
