import { z } from "zod";
import { Means } from "./archive.ts";
import { Hash } from "./json.ts";
import { Candidate, Finding } from "./program.ts";
import { SuiteName } from "./task.ts";

/**
 * The paired outcome of a candidate and what it is measured against, in the order it was gathered. Columnar, because a
 * hundred rows as objects cost three times the bytes. `task` (index in the suite) and `other` hold the whole plan;
 * `candidate` holds the rows gathered so far. Scores are in 0..1, null where missing: a pair with a missing side does not
 * vote, and where such pairs are more than the share `maxMissing` of the plan, nothing is decided. Rows from `decidedAt` on
 * complete the split and do not vote. `tokens` are those of the two programs, `means` those of all
 * objectives over the rows gathered, with what the programs have by themselves. `gain` is how many replayed train tasks the
 * candidate repairs beyond those it breaks, as its proposer says; null where it does not say. A candidate that is measured
 * `against` nothing has only nulls in `other`.
 */
export const Evidence = z.strictObject({
  suite: SuiteName,
  against: z.enum(["head", "parents", "none"]),
  order: z.string(),
  columns: z.strictObject({
    task: z.array(z.int().nonnegative()),
    candidate: z.array(z.number().nullable()),
    other: z.array(z.number().nullable()),
  }),
  decidedAt: z.int().nonnegative(),
  maxMissing: z.number().min(0).lt(1),
  tokens: z.strictObject({ candidate: z.int().nonnegative(), other: z.int().nonnegative() }),
  means: z.strictObject({ candidate: Means, other: Means }),
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

/** Evidence in counts. `fixed` and `broken` are null where the candidate was compared with nothing. `missing` counts the pairs of the plan that are known not to vote, as a side of them is missing. */
export const EvidenceCounts = z.strictObject({
  asked: z.int(),
  planned: z.int(),
  fixed: z.int().nullable(),
  broken: z.int().nullable(),
  missing: z.int(),
});
export type EvidenceCounts = z.infer<typeof EvidenceCounts>;

/** A stage of a trial as a candidate went through it. `evidence` is in the payload; `counts` are its counts. */
export const StageResult = z.strictObject({
  stage: z.string(),
  evidence: Hash,
  counts: EvidenceCounts,
  verdict: Verdict,
});
export type StageResult = z.infer<typeof StageResult>;

/** What a trial found of a candidate: its stages in order, the last one's verdict, and its validation column where it is whole. */
export const Measured = z.strictObject({
  candidate: Candidate,
  stages: z.array(StageResult),
  verdict: Verdict,
  means: Means,
  column: Hash.nullable(),
});
export type Measured = z.infer<typeof Measured>;

/** Asked for so far, answered from the ledger or not. This is the logical budget: it may decide and stop. */
export const Spent = z.strictObject({
  rollouts: z.int().nonnegative(),
  simulations: z.int().nonnegative(),
  /** In and out, of all answers, the analyst's and the verifier's included. */
  tokens: z.number().nonnegative(),
});
export type Spent = z.infer<typeof Spent>;

/** The epoch that a generation belongs to, from 1, and whether it reviews it: then no new tasks are analyzed. */
export const Epoch = z.strictObject({ number: z.int().positive(), reflects: z.boolean() });
export type Epoch = z.infer<typeof Epoch>;

/** What one generation did: the timeline's entry, and all a policy may learn from. */
export const GenerationRecord = z.strictObject({
  generation: z.int().positive(),
  /** Null where the recipe has no epochs. */
  epoch: Epoch.nullable().default(null),
  /** One, or two that were merged. */
  parents: z.array(Hash).min(1),
  /** Validation score of the first parent, null where it was not measured. */
  parentScore: z.number().nullable(),
  head: Hash,
  headScore: z.number().nullable(),
  /** Validation tasks without a result, of the parent and of the head: their scores are means over the others. */
  parentMissing: z.int().nonnegative(),
  headMissing: z.int().nonnegative(),
  headTokens: z.int().nonnegative(),
  batch: z.strictObject({
    tasks: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    missing: z.int().nonnegative(),
    score: z.number().nullable(),
  }),
  rollouts: Hash.nullable(),
  deficiencies: z.array(z.strictObject({ category: z.string(), tasks: z.int().nonnegative() })),
  /** What the verdict is about, with the counts of the last comparison it went through. */
  candidate: Candidate.nullable(),
  findings: z.array(Finding),
  /** The other candidates that the guard kept from the validator. */
  keptOut: z.array(Candidate),
  /** Programs of this generation that were measured to a decision or kept out, by `textDigest`. */
  tried: z.array(z.string()),
  evidence: EvidenceCounts.nullable(),
  /** Its validation score; null where it was not measured to the end, or not kept. */
  candidateScore: z.number().nullable(),
  verdict: Verdict,
  /** The other candidates that were measured in this generation. */
  others: z.array(z.strictObject({ candidate: Candidate, verdict: Verdict, score: z.number().nullable() })),
  /** The programs kept at the end of the generation. */
  archive: z.strictObject({ members: Hash, size: z.int().positive() }),
  spent: Spent,
});
export type GenerationRecord = z.infer<typeof GenerationRecord>;
