import { z } from "zod";
import { CurationReward, type CurationLog, type CurationRecord } from "../../state/curation.ts";
import type { Settings } from "../../state/settings.ts";
import { categoryPools, drawCategories, offsetsAfter } from "../curriculum/categories.ts";
import {
  nextAfter,
  noteOn,
  Revised,
  revisedBy,
  type Closing,
  type EpisodePlan,
  type Episodes,
} from "../episodes/episodes.ts";
import { revisionOf } from "../episodes/revision.ts";
import type { Learned, MemoryTable, TaskOutcome } from "../policy.ts";
import { curationReward, type RewardWeights } from "./reward.ts";

/** Sums over the generations of a stream. `scored` are the results of its tasks after the first position. */
const Sums = z.strictObject({
  scored: z.strictObject({ tasks: z.int().nonnegative(), success: z.number().nonnegative() }),
  calls: z.strictObject({ made: z.int().nonnegative(), valid: z.int().nonnegative() }),
  judged: z.strictObject({ times: z.int().nonnegative(), content: z.number().nonnegative() }),
  read: z.int().nonnegative(),
});
type Sums = z.infer<typeof Sums>;

const nothing: Sums = {
  scored: { tasks: 0, success: 0 },
  calls: { made: 0, valid: 0 },
  judged: { times: 0, content: 0 },
  read: 0,
};

/** A stream that is over. */
const Past = z.strictObject({ number: z.int().positive(), generations: z.int().positive(), reward: CurationReward });

const Course = z.strictObject({
  /** The stream of the last generation; 0 before the first. */
  number: z.int().nonnegative(),
  ended: z.boolean(),
  step: z.int().nonnegative(),
  /** Its tasks that are still to come. */
  left: z.array(z.int().nonnegative()),
  sums: Sums,
  /** Its last revisions, oldest first. */
  history: z.array(Revised),
  past: z.array(Past),
});
type Course = z.infer<typeof Course>;

/** The largest group of tasks of a stream: the rest of it is in the state. */
export const largestGroup = 64;
const mostRemembered = 10;
const mostPast = 50;

interface StreamOptions {
  /** The field of a task's meta that names its category. */
  category: string;
  /** Most tasks of a stream. */
  group: number;
  weights: RewardWeights;
}

/**
 * Streams of grouped tasks (SkillOS, arXiv 2605.06614 [S]): `group` train tasks of one category, some at a time, in order; what was learned from the first
 * ones is used, and judged, by those after them. A stream is rewarded by mean success from its second position on, and by what the
 * curator did. Categories come in turn, their tasks in an order by the seed; a small category has short streams (ours [R]). The order within a group from
 * easy to hard is not known enough to be done [R].
 */
export function streamEpisodes({ category, group, weights }: StreamOptions): Episodes {
  return {
    name: `episodes.streams of ${category}`,
    version: 1,
    pinned: null,
    category,
    memory: {
      schema: Course,
      start: { number: 0, ended: true, step: 0, left: [], sums: nothing, history: [], past: [] },
      maxBytes: 48_000,
      learn: (memory, record) => learned(Course.parse(memory), record),
    },
    plan: (of, memory) => planOf(Course.parse(memory), { ...of, group }),
    close: (closing, memory) => closed(Course.parse(memory), closing, weights),
    notes(memory) {
      const { ended, history } = Course.parse(memory);
      return ended || history.length === 0 ? null : history.map(noteOn).join("\n");
    },
    next: (memory) => nextAfter(Course.parse(memory)),
    describe: (memory) => tableOf(Course.parse(memory)),
  };
}

interface Planning {
  size: number;
  settings: Settings;
  categories?: readonly string[];
  group: number;
}

/** The next tasks of the open stream; otherwise the first ones of the next group. */
function planOf(course: Course, { size, settings, categories = [], group }: Planning): EpisodePlan {
  const { number, ended, step, left } = course;
  const tasks = ended ? groupAt(number, categoryPools(categories, { size, seed: settings.seed }), group) : left;
  return {
    episode: {
      number: nextAfter(course),
      step: ended ? 1 : step + 1,
      tuned: false,
      from: null,
      later: tasks.slice(settings.batch),
    },
    tasks: tasks.slice(0, settings.batch),
  };
}

/** The group of a stream, after so many streams. */
function groupAt(streams: number, pools: Readonly<Record<string, readonly number[]>>, group: number): number[] {
  const plan = { categories: 1, perCategory: group };
  return drawCategories(pools, offsetsAfter(streams, pools, plan), plan).tasks;
}

function closed(
  course: Course,
  { episode, parent, score, accepted, rewards, outcomes, curated, tokens }: Closing,
  weights: RewardWeights,
): ReturnType<Episodes["close"]> {
  const { number, step, tuned, later } = episode;
  // What a revision is worth is its gain alone: rollouts within a generation are not compared.
  const revision = rewards === null ? null : revisionOf(rewards, { lambda: 1 });
  const log = curated ?? { calls: [], content: null, read: 0 };
  const done = { calls: callsIn(log), content: log.content };
  const isOver = later.length === 0;
  const before = episode.number === course.number ? course.sums : nothing;
  const sums = added(before, { step, outcomes, ...done, read: log.read });
  // The library holds what was learned so far, so it is compared with all that was read so far.
  const lengths = { library: tokens.candidate ?? tokens.head, read: sums.read };
  const reward = curationReward({ ...done, task: revision?.after ?? null, tokens: lengths }, weights);
  const curation: CurationRecord = {
    calls: done.calls,
    read: log.read,
    reward,
    stream: isOver ? streamReward(sums, { library: tokens.head, weights }) : null,
  };
  const best = accepted ?? parent;
  const end = isOver ? "the last tasks of its group" : null;
  return { number, step, tuned, best, score: accepted === null ? score : null, revision, end, later, curation };
}

function callsIn({ calls }: CurationLog): Sums["calls"] {
  return { made: calls.length, valid: calls.filter(({ problem }) => problem === null).length };
}

interface Done extends Pick<CurationRecord, "calls" | "read"> {
  step: number;
  outcomes: readonly TaskOutcome[];
  content: number | null;
}

function added({ scored, calls, judged, read }: Sums, done: Done): Sums {
  // At the first position nothing was learned yet.
  const outcomes = done.step === 1 ? [] : done.outcomes;
  return {
    scored: {
      tasks: scored.tasks + outcomes.length,
      success: outcomes.reduce((sum, { success }) => sum + success, scored.success),
    },
    calls: { made: calls.made + done.calls.made, valid: calls.valid + done.calls.valid },
    judged: done.content === null ? judged : { times: judged.times + 1, content: judged.content + done.content },
    read: read + done.read,
  };
}

function streamReward(
  { scored, calls, judged, read }: Sums,
  { library, weights }: { library: number; weights: RewardWeights },
): CurationReward {
  const task = scored.tasks === 0 ? null : scored.success / scored.tasks;
  const content = judged.times === 0 ? null : judged.content / judged.times;
  return curationReward({ task, calls, content, tokens: { library, read } }, weights);
}

function learned(known: Course, record: Learned): Course {
  const { episode, outcomes } = record;
  if (episode === null || episode.curation === null) return known;
  const { number, step, end, later, curation } = episode;
  const isNew = number !== known.number;
  const { calls, read, reward, stream } = curation;
  const past = stream === null ? [] : [{ number, generations: step, reward: stream }];
  return {
    number,
    ended: end !== null,
    step,
    left: later,
    sums: added(isNew ? nothing : known.sums, { step, outcomes, calls, content: reward.content, read }),
    history: [...(isNew ? [] : known.history), revisedBy(record)].slice(-mostRemembered),
    past: [...known.past, ...past].slice(-mostPast),
  };
}

/** What streams were worth, for people. */
function tableOf({ past }: Course): MemoryTable {
  const text = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  return {
    title: "Rewards of the curator by stream",
    columns: ["stream", "generations", "reward", "later tasks", "valid calls", "content", "compression"],
    texts: 0,
    rows: past.map(({ number, generations, reward: { total, task, calls, content, compression } }) => [
      number,
      generations,
      ...[total, task, calls, content, compression].map(text),
    ]),
  };
}
