import { z } from "zod";
import { TaskError } from "../state/errors.ts";
import { draw } from "../state/draw.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { nothingDone } from "./agent.ts";
import type { World } from "./world.ts";

/** What a task of the gym expects: the steps to carry out. */
export const Steps = z.array(z.string());

/**
 * 1 when every step expected was carried out and no other, else 0. `noise` is the chance that the outcome is turned
 * around, drawn from task and answer: the same answer is always scored the same.
 */
export function createGymVerifier({ seed }: World, { noise = 0 }: { noise?: number } = {}): Verifier {
  return {
    fingerprint: `gym-verifier@1:${seed}:${noise}`,
    score({ text }, { id, expected }) {
      const steps = Steps.safeParse(expected);
      if (!steps.success)
        throw new TaskError("gym", undefined, `Task "${id}" expects no list of steps; make it with createTasks.`);
      const done = stepsIn(text);
      const missing = steps.data.filter((step) => !done.includes(step));
      const unwanted = done.filter((step) => !steps.data.includes(step));
      const isRight = missing.length === 0 && unwanted.length === 0;
      const isTurned = draw(seed, 0, `noise/${id}/${text}`, 0) < noise;
      const told = [
        ...missing.map((step) => `${step} was not carried out`),
        ...unwanted.map((step) => `${step} was not wanted`),
      ];
      const value = isRight === isTurned ? 0 : 1;
      const fault = told.length === 0 ? "judged so" : told.join("; ");
      return { value, objectives: {}, feedback: value === 1 ? "Right." : `Wrong: ${fault}.` };
    },
  };
}

/** The steps an answer names. */
export function stepsIn(text: string): string[] {
  return text === nothingDone ? [] : text.split(", ");
}
