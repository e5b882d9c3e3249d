import type { ArchiveView, Values } from "../state/archive.ts";
import type { Draw } from "../state/draw.ts";
import type { Evidence, Spent, Verdict } from "../state/evidence.ts";
import type { Hash, Json } from "../state/json.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { Candidate } from "../state/program.ts";
import type { Settings } from "../state/settings.ts";
import type { Drafting } from "./drafting.ts";
import type { Acceptance, MovingAcceptance } from "./acceptance.ts";
import type { Episodes } from "./episodes/episodes.ts";
import type { Policy } from "./policy.ts";
import type { Sampling } from "./sampling.ts";

/** Candidates are compared with the head or with their parents, task by task; at most `keep` of the accepted ones continue to the next stage. */
export interface Comparison {
  name: string;
  suite: "train" | "validation";
  /** Indices in the suite: of validation those in use, of train those of the batch, or later ones. */
  tasks: readonly number[];
  against: "head" | "parents";
  acceptance: Acceptance;
  keep: number;
  /**
   * Compares only candidates that the stage before left open, with the verdict `keep`, or that are parts of rejected ones; accepted ones are
   * only completed on its tasks.
   */
  only?: "inconclusive" | "parts";
}

/** Candidates are measured on all validation tasks in use, without a comparison: the archive decides on them. */
export interface Measurement {
  name: string;
  against: "none";
}

/** The edits of the candidates that passed so far, applied together as one more candidate as far as they are compatible. */
export interface Fusing {
  name: string;
  against: "each other";
}

/**
 * Where no candidate is accepted so far, parts of the edits of those that were rejected in the stage before: each half of them, or all but one
 * each. At most `most` in a generation. With `screens` they are asked for the tasks that the whole one is known to have changed, and only those go on that
 * repair more of them than they break: for acceptances that want a gain.
 */
export interface Splitting {
  name: string;
  against: "itself";
  parts: "halves" | "leave-one-out";
  /** From 1: splits what the level before has made, at 1 the candidates themselves. */
  level: number;
  most: number;
  screens: boolean;
}

/** A program since the one that was checked last, with the hash of the edits that made it, where they are remembered. */
interface Provisional {
  program: Hash;
  edits: Hash | null;
}

/**
 * The best candidate so far, or without one the head, is compared with the program that was checked last, both on the same validation tasks. Where it
 * fails, the search goes back to that program, or to one since that does better.
 */
export interface Auditing {
  name: string;
  against: "checked";
  checked: Hash;
  /** The programs since, oldest first; the last one is the head. */
  since: readonly Provisional[];
  /** Whether it is due with this candidate, or with none, and whether it then cannot stay open. */
  terms(candidate: Candidate | null): { isDue: boolean; mustEnd: boolean };
  /** An audit of this program that stayed open, with its pairs as a payload of `Evidence`: where the head is audited again, it goes on. */
  open: { program: Hash; evidence: Hash } | null;
  /** The validation tasks in use, as indices in the suite, in the order in which they are asked: at most so many that an open audit has not asked. */
  tasks: readonly number[];
  most: number;
  /** Pairs of the first look; each look doubles them. */
  first: number;
  /** Tasks that the budget has to hold beside this audit, for the last one. */
  reserve: number;
  /** Rollouts that a program since was worth: half of a stretch that failed is looked at where that takes no more than it was worth. */
  worth: number;
  /** Whether the run ends after it: what does not pass is not returned. */
  closes: boolean;
  look(evidence: Evidence): "more" | "enough";
  /** `forecast` is the gain that is expected of the candidate, as the stage before has it; null for a head of the stretch. */
  judge(evidence: Evidence, of: { mustEnd: boolean; forecast: number | null }): Verdict;
}

/** The texts of candidates are compared with those of their parents, without a rollout. */
export interface TextStage {
  name: string;
  against: "texts";
  /** What speaks against the second program in place of the first; null for nothing. */
  objection(before: readonly SkillFolder[], after: readonly SkillFolder[]): string | null;
}

export type Stage = TextStage | Comparison | Measurement | Fusing | Splitting | Auditing;

/**
 * Number of tasks of a trial, or of rollouts: once for the program the run starts from, and the minimum and maximum for all candidates of a
 * generation. A generation begins only where the budget holds `reserve` beside its minimum, by default 0. A trial after which the budget holds
 * less than `cut`, by default 1, may have been cut short by it.
 */
export interface TrialCost {
  start: number;
  least: number;
  most: number;
  reserve?: number;
  cut?: number;
}

export interface TrialInput {
  settings: Settings;
  generation: number;
  /** Requested before this generation's trial. */
  spent: Spent;
  /** Train tasks that the parent was run on; none before a merge. */
  batch: readonly number[];
  /** Scores of the parent on those that were run, null where missing. */
  batchScores: Values;
  /** What a generation costs before its candidates are measured, in rollouts: those of a full batch, and the tokens of the analyst at what a rollout takes. */
  costInRollouts: number;
  /** Train tasks after those of the batch in the stream of the episode; none without one. */
  later: readonly number[];
  /** Validation tasks in use. */
  validation: readonly number[];
  parents: readonly Hash[];
  /** Without the columns of members that were not measured yet. */
  archive: ArchiveView;
  /** Whether the run ends after this generation, which has no candidates. */
  closes: boolean;
}

/** How candidates are measured: stages in order. With no stage, every candidate that the guard lets pass is accepted. */
export interface Trial extends Policy {
  /** Whether a candidate that does no better but has fewer tokens can be accepted for that. */
  readonly takesShorter: boolean;
  stages(of: TrialInput, memory: Json, draw: Draw): Stage[];
  /** In tasks. `batch` and `validation` count the tasks of a full batch and the validation tasks in use. */
  cost(of: { settings: Settings; batch: number; validation: number }): TrialCost;
}

/**
 * One comparison with the head on the validation tasks in use, and the best of those accepted. With `fuses` all accepted ones continue,
 * and their fusion is compared as well.
 */
export function againstHead(
  acceptance: Acceptance | MovingAcceptance,
  { fuses = false }: { fuses?: boolean } = {},
): Trial {
  return {
    name: `trial.against-head ${acceptance.name}${fuses ? " fusing" : ""}`,
    version: acceptance.version,
    takesShorter: acceptance.takesShorter,
    stages(of, _, draw) {
      const { validation, settings } = of;
      const now = "at" in acceptance ? acceptance.at(of, draw) : acceptance;
      const stage = (name: string, keep: number) => headStage({ name, acceptance: now, tasks: validation, keep });
      return fuses
        ? [stage("validation", settings.candidates), { name: "fusion", against: "each other" }, stage("fused", 1)]
        : [stage("validation", 1)];
    },
    cost: ({ settings, validation }) => ({
      start: validation,
      least: Math.min(settings.wave, validation),
      // Of so many candidates one more may be made.
      most: validation * (settings.candidates + (fuses && settings.candidates > 1 ? 1 : 0)),
    }),
  };
}

/** Measures every candidate once on all validation tasks in use; the archive decides. */
export const measuredTrial: Trial = {
  name: "trial.measured",
  version: 1,
  takesShorter: false,
  stages: () => [{ name: "validation", against: "none" }],
  cost: ({ settings, validation }) => ({
    start: validation,
    least: validation,
    most: settings.candidates * validation,
  }),
};

/** A comparison with the head on validation tasks. */
export function headStage(of: Pick<Comparison, "name" | "acceptance" | "tasks" | "keep" | "only">): Comparison {
  return { suite: "validation", against: "head", ...of };
}

/**
 * A comparison with the head on half of the validation tasks in use, and of those candidates that it leaves open on all of them. Each acceptance must
 * be made for one of two tests, as at half of the error.
 */
export function inHalves(half: Acceptance, all: Acceptance): Trial {
  return {
    name: `trial.in-halves ${half.name} ${all.name}`,
    version: 1,
    takesShorter: half.takesShorter,
    stages({ validation, settings: { candidates } }) {
      const tasks = validation.slice(0, Math.ceil(validation.length / 2));
      return [
        headStage({ name: "half", acceptance: half, tasks, keep: candidates }),
        headStage({ name: "validation", acceptance: all, tasks: validation, keep: 1, only: "inconclusive" }),
      ];
    },
    cost: ({ settings, validation }) => ({
      start: validation,
      least: Math.min(settings.wave, Math.ceil(validation / 2)),
      most: validation * settings.candidates,
    }),
  };
}

/** Accepts every candidate without measuring: the control arm without a gate. */
export const noTrial: Trial = {
  name: "trial.none",
  version: 1,
  takesShorter: false,
  stages: () => [],
  cost: () => ({ start: 0, least: 0, most: 0 }),
};

/** The policies that decide how many rollouts a generation has. */
export interface Searching {
  trial: Trial;
  episodes?: Pick<Episodes, "pinned"> | undefined;
  sampling?: Pick<Sampling, "most"> | undefined;
  drafting?: Pick<Drafting, "ablates"> | undefined;
}

/** Number of rollouts of a generation with these policies, each task with all of its samples: of the batch, and of the trial, at most with what leaving skills out takes on average. */
export function generationCost(
  { trial, episodes, sampling, drafting }: Searching,
  settings: Settings,
  { train, validation: all }: { train: number; validation: number },
): Required<TrialCost> & { batch: number } {
  const { samples } = settings;
  const batch = Math.min(episodes?.pinned ?? sampling?.most ?? settings.batch, train);
  const validation = Math.min(settings.validation ?? all, all);
  const { start, least, most, reserve = 0, cut = 1 } = trial.cost({ settings, batch, validation });
  return {
    batch: batch * samples,
    start: start * samples,
    least: least * samples,
    reserve: reserve * samples,
    most: most * samples + (drafting?.ablates?.most({ settings, validation }) ?? 0),
    // A pair that was not asked leaves one rollout.
    cut: Math.max(cut * samples, drafting?.ablates === undefined ? 0 : 2),
  };
}

/** Rollouts that the budget has to hold for a generation: a batch, the part of a trial that is needed to reject a candidate, and what the trial sets aside. */
export function leastRollouts(...of: Parameters<typeof generationCost>): number {
  const { batch, least, reserve } = generationCost(...of);
  return batch + least + reserve;
}
