import { z } from "zod";
import { Hash } from "./json.ts";

/**
 * How a sealed set may be used, agreed on with its first certificate: the error over all of its certificates, and for how many of them it is
 * divided; null for any number, at levels that fall with each and rise with each that is certified.
 */
export const CertificateTerms = z.strictObject({
  alpha: z.number().gt(0).lt(1),
  planned: z.int().positive().nullable(),
});
export type CertificateTerms = z.infer<typeof CertificateTerms>;

/** What a certificate is about: the program of a run at a generation, against the last one of its line that was certified, or its start. */
export const CertificateSubject = z.strictObject({
  run: z.string(),
  thread: z.string(),
  family: z.string(),
  generation: z.int().nonnegative(),
  program: Hash,
  against: Hash,
  repeats: z.int().positive(),
});
export type CertificateSubject = z.infer<typeof CertificateSubject>;

/**
 * What both programs scored on the sealed tasks, each run `repeats` times: per task the mean of the candidate minus that of the other, in -1..1. A
 * missing result counts against the candidate. `value` is the exact one-sided p-value for a planned number, else the wealth of a bet; `detectable` is the
 * difference that is found with a power of 80 % at the level.
 */
export const CertificateFinding = z.strictObject({
  outcome: z.enum(["certified", "not shown"]),
  value: z.number(),
  estimate: z.number(),
  /** Of 95 %. */
  interval: z.tuple([z.number(), z.number()]),
  detectable: z.number(),
  tasks: z.int(),
  missing: z.int(),
  means: z.strictObject({ program: z.number(), against: z.number() }),
  /** Share of the tasks whose results differ between the repeats of the candidate; null for a single one. */
  flips: z.number().nullable(),
  at: z.string(),
});
export type CertificateFinding = z.infer<typeof CertificateFinding>;

/** A certificate takes its number and level before anything is run; without a finding it was interrupted, or too much was missing. */
export const Certificate = CertificateSubject.extend({
  index: z.int().positive(),
  level: z.number(),
  terms: CertificateTerms,
  finding: CertificateFinding.nullable(),
});
export type Certificate = z.infer<typeof Certificate>;
