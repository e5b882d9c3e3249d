import { z } from "zod";
import { Hash, Json } from "./json.ts";

/** The objective that every verifier gives: correctness. It is what gates compare and what a run reports. */
export const mainObjective = "score";

/** Means in 0..1 by objective, higher is better; null where nothing is known. */
export const Means = z.record(z.string(), z.number().nullable());
export type Means = z.infer<typeof Means>;

/**
 * Scores in 0..1 on the validation tasks in use, in their order, by objective; null where missing. A payload. Where tasks are run several
 * times these are means over the samples, and the columns of the samples are beside them, by `sampleName`.
 */
export const Column = z.record(z.string(), z.array(z.number().nullable()));
export type Column = z.infer<typeof Column>;

/** Scores of one objective, by place; null where missing. */
export type Values = Array<number | null>;

/** The name of the column of a sample, from 0. */
export function sampleName(sample: number): string {
  return `${mainObjective}[${sample}]`;
}

/** The columns of the samples; none where each task is run once. */
export function samplesIn(column: Column): Values[] {
  const samples: Values[] = [];
  for (let values = column[sampleName(0)]; values !== undefined; values = column[sampleName(samples.length)])
    samples.push(values);
  return samples;
}

/** The columns without those of the samples. */
export function objectivesIn(column: Column): Column {
  const samples = new Set(samplesIn(column).map((_, sample) => sampleName(sample)));
  return Object.fromEntries(Object.entries(column).filter(([name]) => !samples.has(name)));
}

/** A column that was measured, in the payload, with its means. */
export const MeasuredColumn = z.strictObject({ program: Hash, column: Hash, means: Means });
export type MeasuredColumn = z.infer<typeof MeasuredColumn>;

/** The columns that a generation uses. A payload. */
export const MeasuredColumns = z.array(MeasuredColumn);

/** A program that the run keeps. `column` is null before it was measured; `extra` is what the recipe notes about it. */
export const Member = z.strictObject({
  program: Hash,
  parents: z.array(Hash),
  /** The generation that made it, 0 for the program the run started from. */
  generation: z.int().nonnegative(),
  means: Means,
  column: Hash.nullable(),
  extra: z.record(z.string(), Json),
});
export type Member = z.infer<typeof Member>;

/** The members of an archive, in the order in which they joined it. A payload. */
export const Members = z.array(Member);

/** A member with its column opened; an unmeasured one has the empty column. */
export interface OpenMember extends Member {
  values: Column;
}

/** What policies see of the archive. */
export interface ArchiveView {
  members: readonly OpenMember[];
  /** The program the run returns; always a member. */
  head: Hash;
}

/** The member of a program; undefined where it is none. */
export function memberOf<One extends { program: Hash }>(members: readonly One[], program: Hash): One | undefined {
  return members.find((member) => member.program === program);
}

/** A program that nothing is known about yet. */
export function newMember(program: Hash): Member {
  return { program, parents: [], generation: 0, means: {}, column: null, extra: {} };
}
