import { z } from "zod";
import { Means } from "./archive.ts";
import { CurationRecord } from "./curation.ts";
import { Hash } from "./json.ts";
import { Candidate, Finding, SkillName } from "./program.ts";
import { Deficiency } from "./study.ts";
import { SuiteName } from "./task.ts";

/**
 * The paired outcome of a candidate and what it is measured against, in the order it was gathered. Columnar, because a
 * hundred rows as objects cost three times the bytes. `task` (index in the suite) and `other` hold the whole plan;
 * `candidate` holds the rows gathered so far. Scores are in 0..1, null where missing: a pair with a missing side does not
 * vote, and where such pairs are more than the share `maxMissing` of the plan, nothing is decided. Rows from `decidedAt` on
 * complete the split and do not vote. `tokens` are those of the two programs, `means` those of all
 * objectives over the rows gathered, with what the programs have by themselves. `gain` is how many replayed train tasks the
 * candidate repairs beyond those it breaks, as its proposer says; null where it does not say. A candidate that is measured
 * `against` nothing has only nulls in `other`. Where tasks are run several times, scores are means over their samples, and `samples`
 * holds a column for each sample of the candidate.
 */
export const Evidence = z.strictObject({
  suite: SuiteName,
  against: z.enum(["head", "parents", "none", "checked"]),
  order: z.string(),
  columns: z.strictObject({
    task: z.array(z.int().nonnegative()),
    candidate: z.array(z.number().nullable()),
    other: z.array(z.number().nullable()),
    samples: z.array(z.array(z.number().nullable())).optional(),
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
 * missing results. `inconclusive` is set where a test showed neither that a candidate is better nor that it is not, and says what happens to it:
 * it is dropped, compared on more tasks, or a person is asked. `delta` is the mean difference of the pairs that vote, candidate minus other, in -1..1: over the whole
 * plan where it was completed, the best still possible where the validator stopped early.
 */
export const Verdict = z.strictObject({
  accepted: z.boolean(),
  decided: z.boolean(),
  reason: z.string(),
  delta: z.number(),
  inconclusive: z.enum(["drop", "keep", "ask"]).optional(),
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

/**
 * How repeated rollouts of tasks agree: of the tasks with a result, those whose results are all 1 (pass^k is their share), and those whose
 * results differ (the flip rate is their share). A missing sample says nothing.
 */
export const SampleCounts = z.strictObject({
  tasks: z.int().nonnegative(),
  passed: z.int().nonnegative(),
  flipped: z.int().nonnegative(),
});
export type SampleCounts = z.infer<typeof SampleCounts>;

/** The number of samples of each task, and how they agree in the batch, for the head on the validation tasks, and for the candidate in its last stage. */
export const SampleRecord = z.strictObject({
  count: z.int().min(2),
  batch: SampleCounts.nullable(),
  head: SampleCounts.nullable(),
  candidate: SampleCounts.nullable(),
});
export type SampleRecord = z.infer<typeof SampleRecord>;

/** A stage of a trial as a candidate went through it. `evidence` is in the payload; `counts` are its counts. */
export const StageResult = z.strictObject({
  stage: z.string(),
  evidence: Hash,
  counts: EvidenceCounts,
  verdict: Verdict,
});
export type StageResult = z.infer<typeof StageResult>;

/**
 * A comparison of a program with the one that was checked last, on validation tasks: of the head, or of the candidate that would replace it.
 * `stands` is the program that is checked from then on: `program` where it passed, an earlier one since `checked` or `checked` itself where it
 * did not, and null where the audit is open and the head stays provisional. Of the pairs in `counts` it has asked so many, `added`; the others are of an open audit that it continues. `isClear` says that a bound decided, and not the mean alone. `back` counts the provisional heads that the search goes back behind,
 * `undone` are their edits as far as they were shown to do no good, as hashes of lists in the payload. `means` are of the tasks that have a result. `rolled` is
 * a payload of `AuditedProgram[]`.
 */
export const Audit = z.strictObject({
  checked: Hash,
  program: Hash,
  evidence: Hash,
  counts: EvidenceCounts,
  means: z.strictObject({ checked: z.number().nullable(), program: z.number().nullable() }),
  verdict: Verdict,
  stands: Hash.nullable(),
  added: z.int().nonnegative(),
  isClear: z.boolean(),
  back: z.int().nonnegative(),
  undone: z.array(Hash),
  rolled: Hash,
});
export type Audit = z.infer<typeof Audit>;

/** What an audit has run beside a candidate: tasks of a program, as indices in the suite, and a column of scores for each sample. */
export const AuditedProgram = z.strictObject({
  program: Hash,
  tasks: z.array(z.int().nonnegative()),
  samples: z.array(z.array(z.number().nullable())),
});
export type AuditedProgram = z.infer<typeof AuditedProgram>;

/**
 * The head beside `program`, which is the head without the skills that are `hidden`, on validation tasks that show them: indices in the suite, and the scores of
 * one sample of each; null where missing. It is about one skill, or with null about several together. `from` is the place of the first task among all that show them. With
 * `isHeadAsked` the scores of the head were asked for, else they were known.
 */
export const Ablation = z.strictObject({
  skill: SkillName.nullable(),
  hidden: z.array(SkillName).min(1),
  program: Hash,
  sample: z.int().nonnegative(),
  from: z.int().nonnegative(),
  tasks: z.array(z.int().nonnegative()).min(1),
  with: z.array(z.number().nullable()),
  without: z.array(z.number().nullable()),
  isHeadAsked: z.boolean(),
});
export type Ablation = z.infer<typeof Ablation>;

/** What was left out in a generation. A payload. */
export const Ablations = z.array(Ablation);

/** Whether the head was checked, is provisional until the next audit, or is an earlier program that the search went back to. */
export const Standing = z.enum(["checked", "provisional", "rolled back"]);
export type Standing = z.infer<typeof Standing>;

/** What a trial found of a candidate: its stages in order, the last one's verdict, and its validation column where it is whole. */
export const Measured = z.strictObject({
  candidate: Candidate,
  stages: z.array(StageResult),
  verdict: Verdict,
  means: Means,
  column: Hash.nullable(),
});
export type Measured = z.infer<typeof Measured>;

/** What a trial found of the candidates of a generation. A payload. */
export const MeasuredCandidates = z.array(Measured);

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

/**
 * The episode that a generation belongs to, and the generation in it, both from 1. A tuned one revises a skill for its own tasks alone. `from`
 * is the program that is revised; null for the head. `later` are the train tasks that come after those of the generation, where an episode is a stream of
 * tasks: they can judge a revision, so what is known of them is not replayed for it. `of` is the number of episodes of the run, where it is known.
 */
export const Episode = z.strictObject({
  number: z.int().positive(),
  step: z.int().positive(),
  tuned: z.boolean(),
  from: Hash.nullable(),
  later: z.array(z.int().nonnegative()),
  of: z.int().positive().optional(),
});
export type Episode = z.infer<typeof Episode>;

/**
 * What a revision was worth on the train tasks that it was measured on beside its parent: mean rewards of the parent and of the candidate, at most 1, null where not
 * measured; the mean advantage of the revision (inter), the difference of the two; and the means over rollouts of the total advantages above and below 0.
 */
export const Revision = z.strictObject({
  before: z.number().nullable(),
  after: z.number().nullable(),
  inter: z.number(),
  better: z.number().nonnegative(),
  worse: z.number().nonpositive(),
});
export type Revision = z.infer<typeof Revision>;

/**
 * Where an episode stands after a generation: its tasks as indices in the train suite, where it is tuned; its best program and that
 * one's mean reward on the tasks of the batch; why it is over, null while it goes on; and, where a curator works on a library, what it did.
 */
export const EpisodeRecord = z.strictObject({
  number: z.int().positive(),
  step: z.int().positive(),
  tuned: z.boolean(),
  tasks: z.array(z.int().nonnegative()),
  best: Hash,
  score: z.number().nullable(),
  revision: Revision.nullable(),
  end: z.string().nullable(),
  /** Tasks of its stream that are still to come. */
  later: z.array(z.int().nonnegative()),
  curation: CurationRecord.nullable(),
  of: z.int().positive().optional(),
});
export type EpisodeRecord = z.infer<typeof EpisodeRecord>;

/** What one generation did: the timeline's entry, and all a policy may learn from. */
export const GenerationRecord = z.strictObject({
  generation: z.int().positive(),
  /** Null where the recipe has no epochs. */
  epoch: Epoch.nullable().default(null),
  /** Null where the recipe has no episodes. */
  episode: EpisodeRecord.nullable(),
  /** One, or two that were merged. */
  parents: z.array(Hash).min(1),
  /** Validation score of the first parent, null where it was not measured. */
  parentScore: z.number().nullable(),
  head: Hash,
  headScore: z.number().nullable(),
  /** Validation tasks without a result, of the parent and of the head: their scores are means over the others. */
  parentMissing: z.int().nonnegative(),
  headMissing: z.int().nonnegative(),
  /** Validation tasks with a result that the score of the head is the mean of. */
  headTasks: z.int().nonnegative(),
  headTokens: z.int().nonnegative(),
  /** Means of the objectives other than the score, of the first parent and of the head. */
  parentMeans: Means,
  headMeans: Means,
  batch: z.strictObject({
    tasks: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    missing: z.int().nonnegative(),
    score: z.number().nullable(),
  }),
  rollouts: Hash.nullable(),
  /** Null where each task is run once. */
  samples: SampleRecord.nullable(),
  deficiencies: z.array(
    z.strictObject({ category: z.string(), defect: Deficiency.shape.defect, tasks: z.int().nonnegative() }),
  ),
  /** What the verdict is about. */
  candidate: Candidate.nullable(),
  findings: z.array(Finding),
  /** The other candidates that the guard kept from the validator. */
  keptOut: z.array(Candidate),
  /** Programs of this generation that were measured to a decision or kept out, by `textDigest`. */
  tried: z.array(z.string()),
  /** The counts of the last comparison it went through; without a candidate, those of the audit. */
  evidence: EvidenceCounts.nullable(),
  /** The audit of this generation; null without one. */
  audit: Audit.nullable(),
  /** Where the head stands at the end of the generation; null where the recipe has no audits. */
  standing: Standing.nullable(),
  /** Skills that were left out of the head; none where the recipe does not do that. */
  ablations: Ablations,
  /** The validation score of the candidate; null where it was not measured to the end, or not kept. */
  candidateScore: z.number().nullable(),
  verdict: Verdict,
  /** The other candidates that were measured in this generation. */
  others: z.array(z.strictObject({ candidate: Candidate, verdict: Verdict, score: z.number().nullable() })),
  /** The programs kept at the end of the generation. */
  archive: z.strictObject({ members: Hash, size: z.int().positive() }),
  spent: Spent,
});
export type GenerationRecord = z.infer<typeof GenerationRecord>;

/** Whether it is no generation of its own, but the audit after the last one. */
export function isClosing({ standing, batch }: Pick<GenerationRecord, "standing" | "batch">): boolean {
  return standing !== null && batch.tasks === 0;
}

/** The entry of a generation in the timeline, in the payload, and what of it is asked most. */
export const RecordRef = z.strictObject({
  entry: Hash,
  generation: z.int().positive(),
  headScore: z.number().nullable(),
});
