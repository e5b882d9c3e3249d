import { meanScore } from "../policies/scores.ts";
import type { CurationRecord } from "../state/curation.ts";
import type { GenerationRecord } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { counted, scoreText } from "./words.ts";

/** A skill that was tuned on its own train tasks, given by their ids. Scores are mean rewards on these very tasks, null where not measured. */
export interface TunedEpisode {
  episode: number;
  tasks: string[];
  generations: number;
  start: number | null;
  best: number | null;
  program: Hash;
  /** Why it is over; null while it goes on. */
  end: string | null;
}

/** The episodes of a run that tunes skills. `start` and `best` are means over the episodes. */
export interface TunedEpisodes {
  note: string;
  start: number | null;
  best: number | null;
  list: TunedEpisode[];
}

const tunedNote =
  "instance-tuned: rewards on the very train tasks that each skill was revised for, not held-out scores";

/** The tuned episodes of a timeline; null where there is none. `idOf` names a train task. */
export function tunedEpisodes(
  timeline: readonly GenerationRecord[],
  idOf: (index: number) => string,
): TunedEpisodes | null {
  const episodes = new Map<number, TunedEpisode>();
  for (const { episode, batch } of timeline) {
    if (episode?.tuned !== true) continue;
    const known = episodes.get(episode.number);
    episodes.set(episode.number, {
      episode: episode.number,
      tasks: episode.tasks.map(idOf),
      generations: episode.step,
      start: known === undefined ? batch.score : known.start,
      best: episode.score,
      program: episode.best,
      end: episode.end,
    });
  }
  const list = [...episodes.values()];
  if (list.length === 0) return null;
  const mean = (of: (one: TunedEpisode) => number | null) => meanScore(list.map(of));
  return { note: tunedNote, start: mean(({ start }) => start), best: mean(({ best }) => best), list };
}

/** 12 episodes, .310 -> .780 (instance-tuned: ...) */
export function episodesText({ list, start, best, note }: TunedEpisodes): string {
  return `${counted(list.length, "episode")}, ${scoreText(start)} -> ${scoreText(best)} (${note})`;
}

/** episode 3.2, reward .250 -> .750, solved: where a generation stands in its episode; undefined where it has none. */
export function episodeText({ episode }: GenerationRecord): string | undefined {
  if (episode === null) return undefined;
  const { number, step, revision, end, tuned, curation } = episode;
  const reward = revision === null ? "" : `, reward ${scoreText(revision.before)} -> ${scoreText(revision.after)}`;
  const curated = curation === null ? "" : curationText(curation);
  return `${tuned ? "tuned " : ""}episode ${number}.${step}${reward}${curated}${end === null ? "" : `, over: ${end}`}`;
}

/** , 2 of 3 calls valid, curator 1.620, stream 1.550 (later tasks .500, valid calls 1.000, content .900, compression .300) */
function curationText({ calls: { made, valid }, reward, stream }: CurationRecord): string {
  const calls = made === 0 ? "" : `, ${valid} of ${counted(made, "call")} valid`;
  const own = reward.total === null ? "" : `, curator ${reward.total.toFixed(3)}`;
  if (stream === null) return `${calls}${own}`;
  const parts = [
    ["later tasks", stream.task],
    ["valid calls", stream.calls],
    ["content", stream.content],
    ["compression", stream.compression],
  ] as const;
  const shown = parts.filter(([, value]) => value !== null).map(([name, value]) => `${name} ${scoreText(value)}`);
  return `${calls}${own}, stream ${stream.total?.toFixed(3) ?? "unknown"} (${shown.join(", ")})`;
}
