import { z } from "zod";
import type { EpisodeRecord, GenerationRecord } from "../../state/evidence.ts";
import { Hash } from "../../state/json.ts";
import { shorten } from "../../skills/shorten.ts";
import type { Closing, Episodes } from "../episodes/episodes.ts";
import { rewardOf } from "../rewards/reward.ts";
import { firstBound, type Stopping } from "../stopping.ts";
import { generalPhase, isTreePhase, tasksByType } from "./task-types.ts";

const characters = 80;

/** What was tried in a phase, with the reward of the candidate. */
const Attempt = z.strictObject({
  operator: z.string(),
  target: z.string(),
  tokens: z.number(),
  before: z.number(),
  after: z.number(),
});
type Attempt = z.infer<typeof Attempt>;

const Course = z.strictObject({
  /** The phase of the last generation; 0 before the first. */
  number: z.int().nonnegative(),
  step: z.int().nonnegative(),
  ended: z.boolean(),
  /** The number of phases; null before the first generation. */
  of: z.int().positive().nullable(),
  /** Generations in a row without an accepted candidate. */
  idle: z.int().nonnegative(),
  /** The program that the phase began with, of a tree its root; null for the start of the run. */
  root: Hash.nullable(),
  best: z.array(Attempt),
});
type Course = z.infer<typeof Course>;

export interface Phases {
  /** The field of a task's meta that names its type. */
  category: string;
  /** Generations of the first phase, at most; 10 [S]. */
  climbs: number;
  /** Generations in a row without an accepted candidate after which it is over; 3 [S]. */
  climbPatience: number;
  /** Generations of the phase of a type; 10 [S]. */
  searches: number;
  /** Number of types at most. */
  types: number;
  /** Weight of steps without effect in the reward, in 0..1. */
  lambda: number;
  /** How many of the best attempts of the phase a proposer sees; 5 [S]. */
  best: number;
  /** Whether a phase is over when the parent had a full score on its batch, and that of a type when no child was made `climbPatience` times in a row (ours [R]). */
  endsEarly: boolean;
}

/**
 * MASA's order (arXiv 2605.30723 [S]): general skills by hill climbing, at most `climbs` generations or until `climbPatience` in a row did not help; then a tree for each
 * type of task, `searches` generations each, from the program that the phase before came to. That the tree of a type begins with what those before it came to is
 * ours [R]: one program has the skills of all types.
 */
export function treePhases(of: Phases): Episodes {
  return {
    name: `episodes.phases${of.endsEarly ? "" : " whole"}`,
    version: 1,
    pinned: null,
    category: of.category,
    memory: {
      schema: Course,
      start: { number: 0, step: 0, ended: true, of: null, idle: 0, root: null, best: [] },
      maxBytes: 8_000,
      learn: (memory, record) => learned(Course.parse(memory), record, of),
    },
    plan({ categories = [] }, memory) {
      const { number: last, step: done, ended, root } = Course.parse(memory);
      const [number, step] = ended ? [last + 1, 1] : [last, done + 1];
      const all = generalPhase + tasksByType(categories, of.types).length;
      return {
        episode: { number, step, tuned: false, from: isTreePhase({ number }) ? root : null, later: [], of: all },
        tasks: null,
      };
    },
    close: (closing, memory) => closed(closing, Course.parse(memory), of),
    notes(memory) {
      const { ended, best } = Course.parse(memory);
      return ended || best.length === 0 ? null : best.map(noteOn).join("\n");
    },
    next(memory) {
      const { number, ended } = Course.parse(memory);
      return ended ? number + 1 : number;
    },
    count: (memory) => Course.parse(memory).of,
  };
}

function closed(
  { episode, parent, score, accepted, means }: Closing,
  known: Course,
  { climbs, climbPatience, searches, lambda, endsEarly }: Phases,
): Omit<EpisodeRecord, "tasks"> {
  const before = rewardOf(means.before, lambda);
  const after = means.after === null ? null : rewardOf(means.after, lambda);
  const inter = before === null || after === null ? 0 : after - before;
  const revision =
    means.after === null ? null : { before, after, inter, better: Math.max(0, inter), worse: Math.min(0, inter) };
  const isTree = isTreePhase(episode);
  const idle = accepted !== null ? 0 : (episode.step === 1 ? 0 : known.idle) + 1;
  const isSolved = endsEarly && score === 1;
  const isOver = episode.step >= (isTree ? searches : climbs);
  const isIdle = idle >= climbPatience && (endsEarly || !isTree);
  const end = isSolved ? "solved" : isIdle ? "patience" : isOver ? "length" : null;
  const best = accepted === null ? { best: parent, score: before } : { best: accepted, score: after };
  const { number, step, tuned, of } = episode;
  return {
    number,
    step,
    tuned,
    ...best,
    revision,
    end,
    later: [],
    curation: null,
    ...(of === undefined ? {} : { of }),
  };
}

function learned(known: Course, record: GenerationRecord, { best: most }: Phases): Course {
  const { episode, verdict, candidate, head } = record;
  if (episode === null) return known;
  const isFirst = episode.step === 1;
  const { revision } = episode;
  const attempts: Attempt[] =
    candidate === null || revision === null || revision.before === null || revision.after === null
      ? []
      : [
          {
            operator: shorten(candidate.origin.operator, characters),
            target: shorten(candidate.origin.target, characters),
            tokens: typeof candidate.extra["granularity"] === "number" ? candidate.extra["granularity"] : 0,
            before: revision.before,
            after: revision.after,
          },
        ];
  const best = [...(isFirst ? [] : known.best), ...attempts].toSorted((a, b) => b.after - a.after).slice(0, most);
  return {
    number: episode.number,
    step: episode.step,
    ended: episode.end !== null,
    of: episode.of ?? null,
    idle: verdict.accepted ? 0 : (isFirst ? 0 : known.idle) + 1,
    root: episode.end === null ? known.root : head,
    best,
  };
}

function noteOn({ operator, target, tokens, before, after }: Attempt): string {
  const size = tokens === 0 ? "" : ` aimed at ${tokens} tokens`;
  return `among the best so far: ${operator} at ${target}${size}; reward ${before.toFixed(3)} -> ${after.toFixed(3)}`;
}

/** Stops once the phases of all types are over, and at any bound that is reached before. */
export function afterPhases({ climbs, searches, types }: Pick<Phases, "climbs" | "searches" | "types">): Stopping {
  return {
    ...firstBound,
    name: "stopping.phases",
    version: 1,
    most: ({ train }) => climbs + searches * Math.min(types, train),
    decide(standing, memory) {
      const { next = 0, count = null } = standing.episodes ?? {};
      return count !== null && next > count ? "phases" : firstBound.decide(standing, memory);
    },
  };
}
