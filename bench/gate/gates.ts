import { strictAcceptance, type Acceptance } from "../../policies/acceptance.ts";
import { pairedAcceptance } from "../../policies/acceptances/paired.ts";
import { raceAcceptance } from "../../policies/acceptances/race.ts";
import { differencesIn } from "../../policies/acceptances/votes.ts";
import { signFlipP } from "../../policies/inference/sign-flip.ts";
import { evidenceOf } from "../../tests/support/gate/evidence.ts";
import { editOf, outcome, startOn, type Program, type World } from "./world.ts";

/** The head of a search, and its scores on the tasks of the gate as they were measured when it was accepted. */
export interface Head {
  program: Program;
  scores: number[];
}

/** The new head, or null; the earlier one that the search goes back to, if it does; and how many rollouts that took. */
export interface Decision {
  accepted: Head | null;
  back?: Head;
  rollouts: number;
}

/** Decides on an edit of the head. */
export type Gate = (head: Head, candidate: Program, world: World) => Decision;

/** A comparison with the head as the validator makes it: in waves (20 tasks, as the setting), in the order of the acceptance, completed where accepted. */
function gateOf(acceptance: Acceptance, wave = 20): Gate {
  return ({ scores }, candidate, world) => {
    const { tasks } = acceptance.plan([...scores], world.random.uniform);
    const other = tasks.map((task) => scores[task] as number);
    const values: number[] = [];
    for (;;) {
      const evidence = evidenceOf(values, other);
      if (values.length === tasks.length || acceptance.look(evidence) === "enough") break;
      for (const task of tasks.slice(values.length, values.length + wave)) values.push(outcome(candidate, task, world));
    }
    if (!acceptance.decide(evidenceOf(values, other)).accepted) return { accepted: null, rollouts: values.length };
    for (const task of tasks.slice(values.length)) values.push(outcome(candidate, task, world));
    const measured: number[] = [];
    for (const [row, task] of tasks.entries()) measured[task] = values[row] as number;
    return { accepted: { program: candidate, scores: measured }, rollouts: tasks.length };
  };
}

/** Accepts where the mean difference is more than .2 of its standard error, as cap-evolve does by default [S]. */
const fifthOfError: Acceptance = {
  ...strictAcceptance,
  name: "bench.fifth-of-error",
  look: () => "more",
  decide(evidence) {
    const differences = differencesIn(evidence);
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
    const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, differences.length - 1);
    const accepted = mean > 0.2 * Math.sqrt(variance / differences.length);
    return { accepted, decided: true, reason: "", delta: mean };
  },
};

/** As GEPA: a larger sum than the parent on a minibatch of three other tasks, both run on it, then a larger mean on all. */
const likeGepa: Gate = (head, candidate, world) => {
  const size = 3;
  // Other tasks: the head's z on them is a draw from the same population, and the candidate's correlates with it.
  const parent = { ...head.program, z: startOn(size, world).z };
  const child = { ...editOf(parent, 0, world), shift: candidate.shift };
  const sumOf = (program: Program) => [0, 1, 2].reduce((sum, task) => sum + outcome(program, task, world), 0);
  if (sumOf(child) <= sumOf(parent)) return { accepted: null, rollouts: 2 * size };
  const { accepted, rollouts } = all(strictAcceptance)(head, candidate, world);
  return { accepted, rollouts: rollouts + 2 * size };
};

/** Without the early end. */
function all(acceptance: Acceptance): Gate {
  return gateOf({ ...acceptance, look: () => "more" });
}

export const acceptances: Record<string, Acceptance> = {
  strict: strictAcceptance,
  ".2 errors": fifthOfError,
  paired: pairedAcceptance({ alpha: 0.1, leastGain: 0.02, mostLoss: 0, mostBroken: null, inconclusive: "drop" }),
  race: raceAcceptance(),
};

export const gates: Record<string, Gate> = {
  ...Object.fromEntries(Object.entries(acceptances).map(([name, acceptance]) => [name, gateOf(acceptance)])),
  "strict, waves of 5": gateOf(strictAcceptance, 5),
  "race, waves of 5": gateOf(raceAcceptance(), 5),
  "GEPA-like": likeGepa,
};

interface Certifying {
  sealed: number;
  repeats: number;
  alpha: number;
}

/** Whether a certificate is given: both are run on sealed tasks, several times each, and the task means compared by the sign-flip test. */
export function certifies(
  start: Program,
  head: Program,
  { sealed, repeats, alpha, world }: Certifying & { world: World },
): { certified: boolean; estimate: number } {
  const mean = (program: Program, task: number) => {
    let sum = 0;
    for (let sample = 0; sample < repeats; sample += 1) sum += outcome(program, task, world);
    return sum / repeats;
  };
  const differences = Array.from({ length: sealed }, (_, task) => mean(head, task) - mean(start, task));
  const estimate = differences.reduce((sum, one) => sum + one, 0) / sealed;
  return { certified: estimate > 0 && signFlipP(differences) <= alpha, estimate };
}
