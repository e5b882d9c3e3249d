import { z } from "zod";
import { permutation, type Draw } from "../state/draw.ts";
import { Hash, type Json } from "../state/json.ts";
import { operatorsOf } from "../state/program.ts";
import { recall, type Policy } from "./policy.ts";

/** The epoch of a generation, and whether the generation reviews it; `tasks` are the train tasks of the review. */
interface EpochPlan {
  number: number;
  reflects: boolean;
  tasks: number[];
}

/** What was tried in a generation of the epoch, and the result. */
const Tried = z.strictObject({
  generation: z.int().positive(),
  edits: Hash,
  operators: z.array(z.string()),
  category: z.string(),
  accepted: z.boolean(),
  reason: z.string(),
  delta: z.number(),
});
type Tried = z.infer<typeof Tried>;

const Course = z.strictObject({
  epoch: z.int().nonnegative(),
  /** Train tasks drawn for analysis. */
  taken: z.int().nonnegative(),
  /** The last epoch that was reviewed. */
  reflected: z.int().nonnegative(),
  /** The head before the epoch; null for the program that the run started from. */
  first: Hash.nullable(),
  last: Hash.nullable(),
  tried: z.array(Tried),
});

/** When the run reviews more than one generation, and what. */
export interface Epochs extends Policy {
  /** `size` counts the train tasks. */
  decide(of: { size: number }, memory: Json, draw: Draw): EpochPlan;
  /** The head before this epoch, null for the start of the run, and what was tried since. */
  course(memory: Json): { first: Hash | null; tried: Tried[] };
  /** Whether a block of lessons in the skill is rewritten at the end of an epoch. */
  readonly writesLessons: boolean;
  /** Whether notes for proposers are rewritten. */
  readonly writesGuidance: boolean;
}

/** The first epoch that is reviewed [C]: before it, there is nothing to compare. */
const firstReflected = 2;

/** Number of train tasks of a review [C]. */
const sampled = 20;

const triedKept = 16;
const operatorsKept = 8;
const characters = 120;

/**
 * An epoch is as many train tasks as there are. At the end of each from the second on, a generation reviews it (SkillOpt,
 * arXiv 2605.23904, optimizer/slow_update.py [C]): 20 train tasks with the programs that it began and ended with.
 */
export function trainEpochs(writes: { lessons: boolean; guidance: boolean }): Epochs {
  const reflects = writes.lessons || writes.guidance;
  return {
    name: `epochs.train${writes.lessons ? " lessons" : ""}${writes.guidance ? " guidance" : ""}`,
    version: 1,
    writesLessons: writes.lessons,
    writesGuidance: writes.guidance,
    memory: {
      schema: Course,
      start: { epoch: 0, taken: 0, reflected: 0, first: null, last: null, tried: [] },
      maxBytes: 12_000,
      learn(memory, { epoch, generation, candidate, verdict, deficiencies, batch, head }) {
        const known = Course.parse(memory);
        if (epoch === null) return known;
        const isNew = epoch.number > known.epoch;
        const course = isNew ? { ...known, epoch: epoch.number, first: known.last, tried: [] } : known;
        if (epoch.reflects) return { ...course, reflected: epoch.number, last: head };
        const [worst] = deficiencies.toSorted((a, b) => b.tasks - a.tasks);
        const tried = candidate === null || !verdict.decided ? [] : [candidate];
        return {
          ...course,
          taken: course.taken + batch.tasks,
          last: head,
          tried: [
            ...course.tried,
            ...tried.map(({ edits, origin }) => ({
              generation,
              edits,
              operators: operatorsOf(origin)
                .slice(0, operatorsKept)
                .map((name) => name.slice(0, characters)),
              category: (worst?.category ?? "").slice(0, characters),
              accepted: verdict.accepted,
              reason: verdict.reason.slice(0, characters),
              delta: verdict.delta,
            })),
          ].slice(-triedKept),
        };
      },
    },
    decide({ size }, memory, draw) {
      const { taken, reflected } = Course.parse(memory);
      const done = size === 0 ? 0 : Math.floor(taken / size);
      if (!reflects || done < firstReflected || done <= reflected)
        return { number: done + 1, reflects: false, tasks: [] };
      return { number: done, reflects: true, tasks: permutation(size, draw).slice(0, sampled) };
    },
    course(memory) {
      const { first, tried } = Course.parse(memory);
      return { first, tried };
    },
  };
}

/** The epoch that another generation would belong to; null without epochs. */
export function nextEpoch(
  epochs: Epochs | undefined,
  { train: { size } }: { train: { size: number } },
  memories: Readonly<Record<string, Json>>,
): number | null {
  return epochs === undefined ? null : epochs.decide({ size }, recall(epochs, memories), () => 0).number;
}
