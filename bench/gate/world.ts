import { normalQuantile } from "../../policies/inference/normal.ts";
import { fastCdf, type Random } from "./random.ts";

/**
 * Simulated programs on simulated tasks: a task passes with probability Phi(a + 2 z), where z is standard normal and differs between programs. The
 * base rate of the start is .6. An edit shifts the rate of the population by its true effect, and its z correlates with its parent's, so it also changes
 * which tasks pass: with .9 the outcomes of two programs differ on 23 % of the tasks.
 */
export interface Program {
  /** Share of all tasks that it passes, of the population. */
  rate: number;
  shift: number;
  z: Float64Array;
}

export interface World {
  random: Random;
  correlation: number;
}

const spread = 2;
export const baseRate = 0.6;

function shiftFor(rate: number): number {
  return Math.sqrt(1 + spread ** 2) * normalQuantile(rate);
}

export function startOn(tasks: number, { random }: World): Program {
  const z = Float64Array.from({ length: tasks }, () => random.normal());
  return { rate: baseRate, shift: shiftFor(baseRate), z };
}

const shifts = new Map<number, number>();

/** A program that is better by `effect`, in -1..1, than its parent. */
export function editOf(parent: Program, effect: number, { random, correlation }: World): Program {
  const rate = Math.min(0.98, Math.max(0.02, Math.round((parent.rate + effect) * 1e6) / 1e6));
  const shift = shifts.get(rate) ?? shiftFor(rate);
  shifts.set(rate, shift);
  const rest = Math.sqrt(1 - correlation ** 2);
  return { rate, shift, z: parent.z.map((z) => correlation * z + rest * random.normal()) };
}

/** Whether a program passes a task, 1 or 0: drawn anew each time. */
export function outcome({ shift, z }: Program, task: number, { random }: World): number {
  return random.uniform() < fastCdf(shift + spread * (z[task] as number)) ? 1 : 0;
}

/** True effects with their shares of all edits. */
export type Mix = ReadonlyArray<readonly [share: number, effect: number]>;

/** The first three are those that thresholds were chosen on; the others were not looked at before. */
export const mixes = {
  null: [[1, 0]],
  mix: [
    [0.55, 0],
    [0.2, -0.05],
    [0.1, 0.02],
    [0.1, 0.05],
    [0.05, 0.1],
  ],
  hard: [
    [0.7, 0],
    [0.2, -0.05],
    [0.07, 0.03],
    [0.03, 0.06],
  ],
  rich: [
    [0.3, 0],
    [0.3, -0.05],
    [0.3, 0.03],
    [0.1, 0.08],
  ],
  rare: [
    [0.88, 0],
    [0.08, -0.1],
    [0.04, 0.08],
  ],
} satisfies Record<string, Mix>;

export function effectIn(mix: Mix, { random }: World): number {
  let left = random.uniform();
  for (const [share, effect] of mix) {
    left -= share;
    if (left < 0) return effect;
  }
  return 0;
}
