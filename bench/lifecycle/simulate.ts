import { z } from "zod";
import type { Retirement } from "../../policies/lifecycle/contribution.ts";
import { lifecycleDrafting } from "../../policies/lifecycle/lifecycle-drafting.ts";
import { lifecycleSettings } from "../../policies/lifecycle/terms.ts";
import { recall, type Learned, type Observed, type SkillEvidence } from "../../policies/policy.ts";
import type { Ablation } from "../../state/evidence.ts";
import { sha256, type Json } from "../../state/json.ts";
import { Settings } from "../../state/settings.ts";
import { createSimulatedLibrary, type Kind, type SimulatedSkill } from "./library.ts";

/** Validation tasks, and train tasks of a batch. */
const tasks = 100;
const batch = 60;

export interface Arm {
  retirement: Retirement;
  /** Whether a retirement is compared with the head first: no worse on all validation tasks. */
  isGated: boolean;
}

/** What became of a library: the generation in which each skill was retired, null for never, and the rollouts that leaving out took. */
export interface Outcome {
  skills: ReadonlyArray<{ kind: Kind; retired: number | null }>;
  rollouts: number;
}

/** One library through its generations. */
export function simulate(
  { retirement, isGated }: Arm,
  { seed, generations }: { seed: number; generations: number },
): Outcome {
  const policy = lifecycleDrafting({ context: "kind", general: [], retirement, revises: false });
  const { skills, outcome } = createSimulatedLibrary(seed, tasks);
  const retired = new Map<string, number>();
  let present: readonly SimulatedSkill[] = skills;
  let memories: Record<string, Json> = {};
  let rollouts = 0;
  const without = (names: readonly string[]) => present.filter(({ name }) => !names.includes(name));
  const headOf = () => sha256(present.map(({ name }) => name).join(" "));
  for (let generation = 1; generation <= generations; generation += 1) {
    const observed = observedOf(present);
    const memory = recall(policy, memories);
    const plan = policy.decide({ batch: [], settings, observed }, memory, () => 0);
    let accepted = false;
    if (plan.kind === "retire") {
      const rest = without(plan.skills);
      accepted = !isGated || scoreOf(rest, outcome) >= scoreOf(present, outcome);
      if (accepted) present = rest;
      for (const name of accepted ? plan.skills : []) retired.set(name, generation);
    }
    const head = headOf();
    const shown = Array.from({ length: tasks }, (_, task) => ({ task, shows: shownBy(task, present) }));
    const ablations = (policy.ablates?.plan({ settings, head, tasks: shown }, memory) ?? []).map((one): Ablation => {
      const rest = without(one.hidden);
      const scores = (of: readonly SimulatedSkill[]) => one.tasks.map((task) => outcome(task, of, one.sample));
      // The first sample of the head is known from the gate.
      rollouts += one.tasks.length * (one.sample === 0 ? 1 : 2);
      return { ...one, program: head, with: scores(present), without: scores(rest), isHeadAsked: one.sample > 0 };
    });
    const verdict = { accepted, decided: plan.kind === "retire", reason: "", delta: 0 };
    const record = { observed, ablations, head, generation, verdict, others: [], evidence: null };
    const learned = policy.memory?.learn(memory, record as unknown as Learned, settings);
    memories = { [policy.name]: learned ?? null };
  }
  return { skills: skills.map(({ name, kind }) => ({ kind, retired: retired.get(name) ?? null })), rollouts };
}

const settings = z.object({ ...Settings.shape, ...lifecycleSettings }).parse({ ablateEvery: 1 }) as Settings;

function shownBy(task: number, present: readonly SimulatedSkill[]): string[] {
  return present.filter(({ effects }) => effects.has(task)).map(({ name }) => name);
}

function scoreOf(
  present: readonly SimulatedSkill[],
  outcome: (...of: [number, readonly SimulatedSkill[], number]) => number,
) {
  return Array.from({ length: tasks }, (_, task) => outcome(task, present, 0)).reduce((sum, value) => sum + value, 0);
}

/** A batch of train tasks that show skills as the validation tasks do. How they go matters to no retirement. */
function observedOf(present: readonly SimulatedSkill[]): Observed {
  const rollouts = Array.from({ length: batch }, (_, task): SkillEvidence => {
    const shown = shownBy(task, present);
    return { task: String(task), context: "", skills: shown, shown, success: true, mode: null, tokens: 0, turns: 0 };
  });
  return { skills: Object.fromEntries(present.map(({ name }) => [name, sha256(name)])), rollouts };
}
