import { certifies, type Gate, type Head } from "./gates.ts";
import { createOptimisticGate, lastAudit } from "./optimistic.ts";
import { createRandom } from "./random.ts";
import { baseRate, editOf, effectIn, outcome, startOn, type Mix, type Program, type World } from "./world.ts";

export interface Search {
  /** One that remembers by name. */
  gate: Gate | "optimistic";
  mix: Mix;
  tasks: number;
  correlation: number;
  /** Rollouts of a generation beside the gate's. */
  overhead: number;
  /** Ends after so many generations, or before so many rollouts are exceeded. */
  generations: number;
  budget: number;
  /** A true effect at a generation, in place of one of the mix. */
  planted?: { generation: number; effect: number };
  /** The share of the tasks that is sealed, for one certificate at the end; its rollouts are part of the budget. */
  certificate?: { share: number; repeats: number; alpha: number };
}

export interface Found {
  /** In points, of the head at the end. */
  gain: number;
  /** Accepted though no better than its parent. */
  falseAccepts: number;
  generations: number;
  rollouts: number;
  /** The gain on the gate's tasks as reported, in points. */
  reported: number;
  acceptedPlanted: boolean;
  /** Without a certificate whatever the search ends with, where it is not the start. */
  published: boolean;
  /** Reported on what it was published for, in points. */
  claim: number;
}

/** One seeded search: edits of the head, one a generation, through a gate on the same tasks. */
function simulate(seed: number, search: Search): Found {
  const { gate, mix, correlation, overhead, planted, certificate } = search;
  const world: World = { random: createRandom(seed, "gate"), correlation };
  const sealed = certificate === undefined ? 0 : Math.round(search.tasks * certificate.share);
  const certifying = certificate === undefined ? 0 : 2 * certificate.repeats * sealed;
  const tasks = search.tasks - sealed;
  // Tasks of the gate first, sealed ones behind.
  const start = startOn(search.tasks, world);
  const measure = (program: Program) => Array.from({ length: tasks }, (_, task) => outcome(program, task, world));
  let head: Head = { program: start, scores: measure(start) };
  const before = meanOf(head.scores);
  const remembering = gate === "optimistic" ? createOptimisticGate(tasks, { batch: overhead }) : undefined;
  const decide = gate === "optimistic" ? remembering!.decide : gate;
  let [rollouts, generation, falseAccepts, acceptedPlanted] = [remembering === undefined ? tasks : 0, 0, 0, false];
  const budget = search.budget - certifying - (remembering === undefined ? 0 : lastAudit);
  while (generation < search.generations && rollouts + overhead < budget) {
    generation += 1;
    const isPlanted = planted?.generation === generation;
    const effect = isPlanted ? planted.effect : effectIn(mix, world);
    const candidate = editOf(head.program, effect, world);
    const decided = decide(head, candidate, world);
    rollouts += overhead + decided.rollouts;
    // What the budget does not hold is not decided.
    head = decided.back ?? head;
    if (decided.accepted === null || rollouts > budget) continue;
    head = decided.accepted;
    if (effect <= 0) falseAccepts += 1;
    if (isPlanted) acceptedPlanted = true;
  }
  const closed = remembering?.close(head, world);
  rollouts += closed?.rollouts ?? 0;
  head = closed?.accepted ?? closed?.back ?? head;
  const reported = 100 * (meanOf(head.scores) - before);
  const gain = 100 * (head.program.rate - baseRate);
  const found = {
    gain,
    falseAccepts,
    generations: generation,
    rollouts: Math.min(rollouts, budget),
    reported,
    acceptedPlanted,
  };
  if (head.program === start) return { ...found, published: false, claim: 0 };
  if (certificate === undefined) return { ...found, published: true, claim: reported };
  const behind = (program: Program): Program => ({ ...program, z: program.z.subarray(tasks) });
  const { certified, estimate } = certifies(behind(start), behind(head.program), { ...certificate, sealed, world });
  return { ...found, rollouts: found.rollouts + certifying, published: certified, claim: 100 * estimate };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** So many seeded searches. */
export function simulateMany(runs: number, search: Search): Found[] {
  return Array.from({ length: runs }, (_, seed) => simulate(seed, search));
}
