import { z } from "zod";
import { createDraw, permutation } from "../../state/draw.ts";
import type { CurationLog } from "../../state/curation.ts";
import type { Episode, EpisodeRecord, GenerationRecord } from "../../state/evidence.ts";
import { Hash, type Json } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import { episodeEnd } from "../advantages/advantages.ts";
import { recall, type Policy, type TaskOutcome } from "../policy.ts";
import { revisionOf, type RevisedTask } from "./revision.ts";

/** The episode of the next generation, and the train tasks it pins; null where the sampling policy draws them. */
export interface EpisodePlan {
  episode: Episode;
  tasks: number[] | null;
}

/** A generation at its end. `score` is the mean reward of the parent on the batch; `accepted` is the candidate where it was. */
export interface Closing {
  episode: Episode;
  parent: Hash;
  score: number | null;
  accepted: Hash | null;
  /** Whether a candidate was measured, and its rewards beside those of the parent. */
  rewards: readonly RevisedTask[] | null;
  /** The tasks of the batch that have a result. */
  outcomes: readonly TaskOutcome[];
  /** Null where no curator worked on the library. */
  curated: CurationLog | null;
  /** Tokens of the candidate, null without one, and of the head that the generation left. */
  tokens: { candidate: number | null; head: number };
}

/** Chains of generations that revise a skill. */
export interface Episodes extends Policy {
  /** The number of train tasks of an episode that a skill is tuned on; null where tasks are drawn for each generation. */
  readonly pinned: number | null;
  /** The key in the meta of a train task that names its category, if an episode is about tasks of one. */
  readonly category?: string;
  /** `categories` as for a sampling policy. */
  plan(of: { size: number; settings: Settings; categories?: readonly string[] }, memory: Json): EpisodePlan;
  close(of: Closing, memory: Json): Omit<EpisodeRecord, "tasks">;
  /** What was tried in this episode and what came of it, for the proposer; null where it is the first generation. */
  notes(memory: Json): string | null;
  /** The number of the episode that another generation would belong to. */
  next(memory: Json): number;
}

/** A revision, and what it was worth. */
export const Revised = z.strictObject({
  operator: z.string(),
  target: z.string(),
  accepted: z.boolean(),
  revision: z
    .strictObject({ before: z.number().nullable(), after: z.number().nullable(), inter: z.number() })
    .nullable(),
});
export type Revised = z.infer<typeof Revised>;

/** A generation of the episode: the program it left and its rollouts on the batch, as hashes, and its revision. */
const Step = Revised.extend({ program: Hash, rollouts: Hash.nullable() });
type Step = z.infer<typeof Step>;

const Course = z.strictObject({
  /** The episode of the last generation; 0 before the first. */
  number: z.int().nonnegative(),
  /** Whether it is over. */
  ended: z.boolean(),
  tasks: z.array(z.int().nonnegative()),
  /** Train tasks pinned so far. */
  taken: z.int().nonnegative(),
  best: Hash.nullable(),
  score: z.number().nullable(),
  history: z.array(Step),
});
type Course = z.infer<typeof Course>;

const characters = 80;

/** The longest episode: its history is in the memories of the run. */
export const longestEpisode = 8;

interface EpisodesOptions {
  length: number;
  lambda: number;
  pinned: number | null;
  endsEarly?: boolean;
}

/**
 * Episodes of Skill-R1 (arXiv 2605.09359, A.2 [P], A.6 [R]): at most `length` generations each, over when every rollout has reward 1 or
 * two revisions in a row did not help. Each revision starts from the best program of the episode, not the last one. `pinned` train tasks stay the
 * same through an episode, which begins with the head; without it tasks are drawn for each generation. A generation without a
 * candidate counts as a revision that did not help [R]. Without `endsEarly` all have `length` generations, as published.
 */
export function revisionEpisodes(of: EpisodesOptions): Episodes {
  const { length, lambda, pinned, endsEarly = true } = of;
  return {
    name: `episodes.revision${pinned === null ? "" : " tuned"}${endsEarly ? "" : " whole"}`,
    version: 1,
    pinned,
    memory: {
      schema: Course,
      start: { number: 0, ended: true, tasks: [], taken: 0, best: null, score: null, history: [] },
      maxBytes: 16_000,
      learn: (memory, record) => learned(Course.parse(memory), record),
    },
    plan: ({ size, settings }, memory) => planOf(Course.parse(memory), { size, settings, pinned }),
    close({ episode, parent, score, accepted, rewards }, memory) {
      const known = Course.parse(memory);
      const history = episode.number === known.number ? known.history : [];
      const revision = rewards === null ? null : revisionOf(rewards, { lambda });
      const isOver = episode.step >= length ? "length" : null;
      const early = endsEarly ? endOf([...history.map((step) => step.revision), revision], score) : null;
      const end = early ?? isOver;
      const best = accepted === null ? { best: parent, score } : { best: accepted, score: revision?.after ?? null };
      const { number, step, tuned } = episode;
      return { number, step, tuned, ...best, revision, end, later: [], curation: null };
    },
    notes(memory) {
      const { ended, history } = Course.parse(memory);
      return ended || history.length === 0 ? null : history.map(noteOn).join("\n");
    },
    next: (memory) => nextAfter(Course.parse(memory)),
  };
}

function learned(known: Course, { episode, candidate, parents, verdict, rollouts }: GenerationRecord): Course {
  if (episode === null) return known;
  const isNew = episode.number !== known.number;
  const [parent] = parents as [Hash];
  const program = verdict.accepted && candidate !== null ? candidate.program : parent;
  const step: Step = { program, rollouts, ...revisedBy({ candidate, verdict, episode }) };
  return {
    number: episode.number,
    ended: episode.end !== null,
    tasks: episode.tasks,
    taken: known.taken + (isNew ? episode.tasks.length : 0),
    best: episode.best,
    score: episode.score,
    history: [...(isNew ? [] : known.history), step],
  };
}

/** The open episode goes on; otherwise the next one begins, with the next tasks of a permutation of all. */
function planOf(
  { number, ended, tasks, taken, best, history }: Course,
  { size, settings, pinned }: { size: number; settings: Settings; pinned: number | null },
): EpisodePlan {
  const tuned = pinned !== null;
  if (!ended) {
    const episode = { number, step: history.length + 1, tuned, from: tuned ? best : null, later: [] };
    return { episode, tasks: tuned ? tasks : null };
  }
  const episode = { number: number + 1, step: 1, tuned, from: null, later: [] };
  if (!tuned) return { episode, tasks: null };
  const order = permutation(size, createDraw(settings.seed, Math.floor(taken / size), "episode-order"));
  return { episode, tasks: order.slice(taken % size, (taken % size) + pinned) };
}

/** What is remembered of the revision of a generation. */
export function revisedBy({
  candidate,
  verdict,
  episode,
}: Pick<GenerationRecord, "candidate" | "verdict" | "episode">): Revised {
  const { revision = null } = episode ?? {};
  return {
    operator: (candidate?.origin.operator ?? "").slice(0, characters),
    target: (candidate?.origin.target ?? "").slice(0, characters),
    accepted: verdict.accepted,
    revision: revision === null ? null : { before: revision.before, after: revision.after, inter: revision.inter },
  };
}

/** The open episode goes on; otherwise the next one begins. */
export function nextAfter({ number, ended }: { number: number; ended: boolean }): number {
  return ended ? number + 1 : number;
}

/** `score` is the parent's: where that is 1 already, there is nothing to revise. */
function endOf(revisions: ReadonlyArray<Step["revision"]>, score: number | null): string | null {
  const measured = revisions.map((revision) => ({
    mean: revision === null ? score : revision.after,
    inter: revision?.inter ?? 0,
    intra: [],
    total: [],
  }));
  const first = { mean: revisions[0]?.before ?? score, inter: 0, intra: [], total: [] };
  return episodeEnd([first, ...measured]);
}

/** A revision and what came of it, for the proposer. */
export function noteOn({ operator, target, accepted, revision }: Revised, place: number): string {
  const what = operator === "" ? "nothing was proposed" : [operator, target].filter((part) => part !== "").join(" at ");
  const text = (mean: number | null) => (mean === null ? "unknown" : mean.toFixed(3));
  const came = revision === null ? "not measured" : `reward ${text(revision.before)} -> ${text(revision.after)}`;
  return `revision ${place + 1} of this episode: ${what}; ${came}; ${accepted ? "kept" : "not kept"}`;
}

/** The number of the episode that another generation would belong to, and the number of train tasks; undefined without episodes. */
export function nextEpisode(
  episodes: Episodes | undefined,
  { train: { size } }: { train: { size: number } },
  memories: Readonly<Record<string, Json>>,
): { next: number; train: number } | undefined {
  if (episodes === undefined) return undefined;
  return { next: episodes.next(recall(episodes, memories)), train: size };
}
