import { z } from "zod";
import { Hash } from "./json.ts";
import { Candidate, Finding } from "./program.ts";
import { SuiteName } from "./task.ts";

/**
 * The paired outcome of a candidate and what it is measured against, in the order it was gathered. Columnar, because a
 * hundred rows as objects cost three times the bytes. `task` (index in the suite) and `other` hold the whole plan;
 * `candidate` holds the rows gathered so far. Scores are in 0..1, null where missing: a pair with a missing side does not
 * vote, and where such pairs are more than the share `maxMissing` of the plan, nothing is decided. Rows from `decidedAt` on
 * complete the split and do not vote. `tokens` are those of the two programs. `gain` is how many replayed train tasks the
 * candidate repairs beyond those it breaks, as its proposer says; null where it does not say.
 */
export const Evidence = z.strictObject({
  suite: SuiteName,
  against: z.enum(["incumbent", "certified", "none"]),
  order: z.string(),
  columns: z.strictObject({
    task: z.array(z.int().nonnegative()),
    candidate: z.array(z.number().nullable()),
    other: z.array(z.number().nullable()),
  }),
  decidedAt: z.int().nonnegative(),
  maxMissing: z.number().min(0).lt(1),
  tokens: z.strictObject({ candidate: z.int().nonnegative(), other: z.int().nonnegative() }),
  gain: z.number().nullable(),
});
export type Evidence = z.infer<typeof Evidence>;

/**
 * `decided` is false where nothing was accepted or rejected: no candidate, a budget too small to decide, or too many
 * missing results. `delta` is the mean difference of the pairs that vote, candidate minus other, in -1..1: over the whole
 * plan where it was completed, the best still possible where the validator stopped early.
 */
export const Verdict = z.strictObject({
  accepted: z.boolean(),
  decided: z.boolean(),
  reason: z.string(),
  delta: z.number(),
});
export type Verdict = z.infer<typeof Verdict>;

/** Evidence in counts. `missing` counts the pairs of the plan that are known not to vote, as a side of them is missing. */
export const EvidenceCounts = z.strictObject({
  asked: z.int(),
  planned: z.int(),
  fixed: z.int(),
  broken: z.int(),
  missing: z.int().default(0),
});
export type EvidenceCounts = z.infer<typeof EvidenceCounts>;

/** A program's scores on the validation tasks in use, in their order; null where missing. */
export const Column = z.strictObject({ program: Hash, values: z.array(z.number().nullable()) });
export type Column = z.infer<typeof Column>;

/** Asked for so far, answered from the ledger or not. This is the logical budget: it may decide and stop. */
export const Spent = z.strictObject({
  rollouts: z.int().nonnegative(),
  simulations: z.int().nonnegative(),
  /** In and out, of all answers, the analyst's and the verifier's included. */
  tokens: z.number().nonnegative().default(0),
});
export type Spent = z.infer<typeof Spent>;

/** A program with its mean validation score over the tasks with a result, null before it was measured. */
export const Ranked = z.strictObject({
  program: Hash,
  score: z.number().nullable(),
  generation: z.int().nonnegative(),
});
export type Ranked = z.infer<typeof Ranked>;

/** What one generation did: the timeline's entry, and all a policy may learn from. */
export const GenerationRecord = z.strictObject({
  generation: z.int().positive(),
  parent: Hash,
  /** Validation score of the parent, null where it was not measured. */
  parentScore: z.number().nullable(),
  head: Hash,
  headScore: z.number().nullable(),
  /** Validation tasks without a result, of the parent and of the head: their scores are means over the others. */
  parentMissing: z.int().nonnegative().default(0),
  headMissing: z.int().nonnegative().default(0),
  headTokens: z.int().nonnegative(),
  batch: z.strictObject({
    tasks: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    missing: z.int().nonnegative(),
    score: z.number().nullable(),
  }),
  rollouts: Hash.nullable(),
  deficiencies: z.array(z.strictObject({ category: z.string(), tasks: z.int().nonnegative() })),
  candidate: Candidate.nullable(),
  findings: z.array(Finding),
  evidence: EvidenceCounts.nullable(),
  verdict: Verdict,
  spent: Spent,
});
export type GenerationRecord = z.infer<typeof GenerationRecord>;
