import { z } from "zod";
import type { SkillFolder } from "../skills/folder.ts";
import { permutation, type Draw } from "../state/draw.ts";
import type { Episode } from "../state/evidence.ts";
import { Hash, type Json } from "../state/json.ts";
import type { Edit } from "../state/program.ts";
import type { Settings } from "../state/settings.ts";
import type { Deficiency, Severity } from "../state/study.ts";
import type { Operator, Pair } from "./composition/mining.ts";
import type { Ablating } from "./lifecycle/ablating.ts";
import type { Observed, Policy } from "./policy.ts";

/** The outcome of rollouts that are analyzed together: failures (a score below 1) or successes. */
export type Outcome = "failures" | "successes";

/** A train task of the batch, and the parent's score on it: 0..1, null if the result is missing. */
export interface BatchTask {
  task: string;
  score: number | null;
}

/** Tasks of the batch that one call of the proposer learns from. */
export interface Group {
  outcome: Outcome;
  tasks: readonly string[];
}

/**
 * Drafts from the whole batch at once, each a candidate. A proposer that gives fewer than `drafts` is asked again, with what it gave before
 * among the rejected edits, until it gives none.
 */
export interface SeparatePlan {
  kind: "separate";
  drafts: number;
  /** Whether more are left out, where a proposer gives several at once; else the guard chooses from all. */
  isBounded?: true;
  /** Whether an analyst that can works on the files of the program step by step, instead of proposing edits at once. */
  onFiles: boolean;
  /** Whether the drafts are alternatives, of which the policy chooses one: each is first asked for with other operators than those before. */
  areAlternatives?: true;
  /** What the drafts are for; without it, whatever cures the failures. */
  purpose?: Purpose;
  /** Whether all skills of the program that the episode began with stay as they are. */
  keepsStart?: true;
  /** How long the texts are to be that may be edited; without it, as long as it takes. */
  granularity?: Granularity;
}

/** Sizes in tokens, at least one, and where to go among them from that of the parent's texts. */
export interface Granularity {
  sizes: readonly number[];
  move: "shorter" | "same" | "longer";
}

/**
 * What drafts are to do with one skill. `patch`: cure the failures of these tasks of the batch, and no others; `compress`: shorten it without a change of what
 * it says; `split`: move what belongs to one group of tasks into a skill of its own; `create`: another skill beside it, for these tasks, with which it does not help. Tasks are
 * given by their ids.
 */
export type Purpose = { skill: string } & (
  | { action: "patch"; tasks: readonly string[] }
  | { action: "create"; tasks: readonly string[] }
  | { action: "compress" }
  | { action: "split"; groups: ReadonlyArray<readonly string[]> }
);

/** The size to aim at from texts of so many tokens: the first of the sizes that holds them, the last where none does, or the one before or after it. `sizes` has at least one. */
export function targetSize({ sizes, move }: Granularity, tokens: number): number {
  const ordered = sizes.toSorted((a, b) => a - b);
  const found = ordered.findIndex((size) => size >= tokens);
  const here = found === -1 ? ordered.length - 1 : found;
  const at = { shorter: here - 1, same: here, longer: here + 1 }[move];
  return ordered[Math.min(ordered.length - 1, Math.max(0, at))] as number;
}

/** One draft, which deletes skills. Made without the proposer. */
export interface RetirePlan {
  kind: "retire";
  skills: readonly string[];
}

/** One draft that shortens the first part of the program that is not `done` and can be shortened, without the proposer. Parts are `SKILL/description` and `SKILL/body`. */
export interface ReducedPlan {
  kind: "reduced";
  done: readonly string[];
  /** A part in which this share of what could go stays, in 0..1. */
  kept?: { part: string; share: number };
}

/**
 * One draft of what a curator does with the library after the rollouts of the batch, whether they failed or not: it inserts, updates and deletes skills. What
 * it writes is judged with `judges`. An analyst that does not curate proposes edits.
 */
export interface CuratedPlan {
  kind: "curated";
  judges: boolean;
}

/**
 * Drafts made side by side, each for a part of the plan and without anything known of the others: at most so many `drafts`, shared among the parts, the first ones first. `meta` are
 * skills about choosing and combining operators.
 */
export interface ComposedPlan {
  kind: "composed";
  parts: readonly ComposedPart[];
  drafts: number;
  meta: readonly SkillFolder[];
}

/** Operators that a draft is made with, and what is known of them. An open part has none: it is made with others than `otherThan` or, where nothing comes of that, with any. */
export interface ComposedPart {
  operators: readonly string[];
  known: readonly Operator[];
  otherThan?: readonly string[];
}

/** No draft: the generation only adds to what is known. */
export interface NoPlan {
  kind: "none";
}

/**
 * One draft of several groups: the edits proposed from each are merged, as a tree with `batch` patches at a time, those from failures first, or
 * like with like: edits of the same kind at the same place become one. They are ranked down to the edit budget. They are applied, or, if the draft `rewrites`, used as suggestions from which the skills are rewritten.
 */
export interface MergedPlan {
  kind: "merged";
  groups: readonly Group[];
  merging: { kind: "tree"; batch: number } | { kind: "like" };
  rewrites: boolean;
}

/** One draft made from a digest of at most `digest` characters of so many `drafts` that are written side by side. */
export interface RefinedPlan {
  kind: "refined";
  drafts: number;
  digest: number;
}

/** A draft that was nearly accepted: its parent, its edits in the payload, and the verdict. */
export const NearMiss = z.strictObject({ parent: Hash, edits: Hash, delta: z.number(), reason: z.string() });
export type NearMiss = z.infer<typeof NearMiss>;

/** What is drafted, a near miss that is tried again, if its parent is edited again, and what candidates keep of it in `extra`. */
export type DraftPlan = (
  | SeparatePlan
  | MergedPlan
  | RefinedPlan
  | RetirePlan
  | ReducedPlan
  | CuratedPlan
  | ComposedPlan
  | NoPlan
) & {
  nearMiss?: NearMiss;
  extra?: Record<string, Json>;
};

/** One of several drafts, as a choice among them sees it. */
export interface Alternative {
  /** The operators that made it. */
  operators: readonly string[];
  /** The operations of its edits. */
  edits: ReadonlyArray<Edit["op"]>;
  /** The number of its edits as a share of those allowed, in 0..1. */
  size: number;
  /** The deficiency it is about, if one is known, with the share of the batch's tasks that have it, in 0..1. */
  deficiency: { defect: Deficiency["defect"]; severity: Severity; share: number } | null;
}

/** The draft that was chosen, as a place among the alternatives, and what the policy has to know of the choice to learn from it. */
export interface Choice {
  chosen: number;
  extra: Record<string, Json>;
}

/** What a plan is made for: the batch, and what its failures were traced to, worst first. */
interface DraftInput {
  batch: readonly BatchTask[];
  settings: Settings;
  observed?: Observed;
  episode?: Episode | null;
  deficiencies?: readonly Deficiency[];
}

/** How drafts are made. */
export interface Drafting extends Policy {
  /** Its plans need an analyst that rewrites. */
  readonly rewrites?: true;
  /** Its plans are for work on files. */
  readonly editsFiles?: true;
  /** It decides by single rollouts of the batch; `context` is the field of a train task's meta that names its context, if it needs that. Without it, `observed` is not given. */
  readonly observes?: { readonly context?: string };
  /** It learns what skills contribute: they are left out of the head after the gate. Without it, the graph has no ablator. */
  readonly ablates?: Ablating;
  /** What it remembers of pairs that are given before a run; without it, none can be given. */
  mines?(pairs: readonly Pair[]): Json;
  decide(of: DraftInput, memory: Json, draw: Draw): DraftPlan;
  /** Chooses one of at least one alternative, which come in the order of the proposer, best first. Plans with alternatives need it. */
  choose?(of: readonly Alternative[], memory: Json, draw: Draw): Choice;
}

/** The proposer receives the whole batch, and decides what is tried: as many drafts as candidates are measured. */
export const oneDraft: Drafting = {
  name: "drafting.one",
  version: 1,
  decide: ({ settings }) => ({ kind: "separate", drafts: settings.candidates, onFiles: false }),
};

/** As `oneDraft`, but an analyst that can works on the files of the program (SkillForge's optimizer over a virtual file system, arXiv 2604.08618 [P]). */
export const filesDraft: Drafting = {
  name: "drafting.files",
  version: 1,
  editsFiles: true,
  decide: ({ settings }) => ({ kind: "separate", drafts: settings.candidates, onFiles: true }),
};

export interface Minibatches {
  /** Maximum number of tasks in a group. */
  minibatch: number;
  /** Number of patches merged at a time, at least 2. */
  mergeBatch: number;
  /** Whether successes are ignored. */
  failureOnly: boolean;
  /** `patch` applies the edits, `rewrite` has the skills rewritten. */
  mode: "patch" | "rewrite";
  /** Whether a score between 0 and 1 is a failure, as everywhere here [R]; in the source it is a success. Default true. */
  partialFails?: boolean;
}

/**
 * SkillOpt's reflection (arXiv 2605.23904, gradient/reflect.py and aggregate.py [C]): failures and successes shuffled separately and split
 * into minibatches.
 */
export function minibatchDrafting(options: Minibatches): Drafting {
  const { minibatch, mergeBatch, failureOnly, mode, partialFails = true } = options;
  const fails = (score: number) => (partialFails ? score < 1 : score === 0);
  return {
    name: `drafting.minibatches ${mode}${partialFails ? "" : " as published"}`,
    version: 1,
    ...(mode === "rewrite" ? { rewrites: true as const } : {}),
    decide({ batch }, _memory, draw) {
      const known = batch.filter(({ score }) => score !== null);
      const failed = known.filter(({ score }) => fails(score as number));
      const good = failureOnly ? [] : known.filter(({ score }) => !fails(score as number));
      const groupsOf = (outcome: Outcome, tasks: readonly BatchTask[], from: number): Group[] => {
        const shuffled = shuffledTasks(tasks, (index) => draw(from + index));
        return chunksOf(shuffled, minibatch).map((chunk) => ({ outcome, tasks: chunk }));
      };
      return {
        kind: "merged",
        groups: [...groupsOf("failures", failed, 0), ...groupsOf("successes", good, failed.length)],
        merging: { kind: "tree", batch: mergeBatch },
        rewrites: mode === "rewrite",
      };
    },
  };
}

/** The tasks in another order. */
export function shuffledTasks(tasks: readonly BatchTask[], draw: Draw): string[] {
  return permutation(tasks.length, draw).map((place) => (tasks[place] as BatchTask).task);
}

/** A list cut into pieces of so many, the last one shorter. */
export function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) => chunk * size);
  return starts.map((start) => items.slice(start, start + size));
}

/** A merge of a tree: its level from 1, its place in the level from 0, and what is merged. */
export interface MergeStep<Part> {
  level: number;
  place: number;
  parts: readonly Part[];
}

/**
 * Merges parts as a tree: `batch` of them at a time, and what comes of it again, until one is left. A part that is alone in its batch
 * goes up as it is. Undefined where there is none. Merges of a level are made side by side.
 */
export async function mergeTree<Part>(
  parts: readonly Part[],
  batch: number,
  merge: (step: MergeStep<Part>) => Promise<Part>,
): Promise<Part | undefined> {
  let level: readonly Part[] = parts;
  for (let depth = 1; level.length > 1; depth += 1) {
    const chunks = chunksOf(level, batch);
    const merged = chunks.map((chunk, place) => {
      const [only] = chunk;
      return chunk.length === 1 ? (only as Part) : merge({ level: depth, place, parts: chunk });
    });
    await Promise.allSettled(merged);
    level = await Promise.all(merged);
  }
  return level[0];
}
