import { describe, expect, test } from "vitest";
import { afterEpisodes, episodeArchive, episodeSelection } from "../../../policies/episodes/episode-archive.ts";
import { nextEpisode, revisionEpisodes, type Closing } from "../../../policies/episodes/episodes.ts";
import { learnAll, recall } from "../../../policies/policy.ts";
import type { Verdict } from "../../../state/evidence.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, openMemberOf, recordOf, settingsOf } from "../records.ts";

const size = 5;
const settings = settingsOf();
const rejected: Verdict = { accepted: false, decided: true, reason: "no improvement", delta: 0 };
const accepted: Verdict = { accepted: true, decided: true, reason: "improved", delta: 0.5 };

/** What a generation came to: the parent's reward, the candidate's (undefined where there was none), which is kept if it is higher. */
type Outcome = [before: number, after?: number];

/** Plays generations, and gives what each recorded with the tasks that it was about. */
function play(
  outcomes: readonly Outcome[],
  of: Parameters<typeof revisionEpisodes>[0] = { length: 4, lambda: 0.5, pinned: 1 },
) {
  const episodes = revisionEpisodes(of);
  let memories: Record<string, Json> = {};
  const records = outcomes.map(([before, after], place) => {
    const { episode, tasks } = episodes.plan({ size, settings }, recall(episodes, memories));
    const parent = episode.from ?? hashOf("start");
    const candidate = after === undefined ? null : candidateOf(`made ${place}`, { parents: [parent] });
    const isKept = after !== undefined && after > before;
    const closing: Closing = {
      episode,
      parent,
      score: before,
      accepted: isKept ? candidate!.program : null,
      rewards: after === undefined ? null : [{ before: [before], after: [after] }],
      outcomes: [],
      curated: null,
      tokens: { candidate: null, head: 0 },
    };
    const closed = { ...episodes.close(closing, recall(episodes, memories)), tasks: tasks ?? [] };
    const verdict = isKept ? accepted : rejected;
    const record = recordOf({ generation: place + 1, parents: [parent], candidate, verdict, episode: closed });
    memories = learnAll([episodes], memories, record, settings);
    return { ...closed, parent };
  });
  return { episodes, memories, records, notes: episodes.notes(recall(episodes, memories)) };
}

describe("an episode that tunes a skill", () => {
  test("pins its tasks, begins with the head, and goes on from its best program", () => {
    const { records } = play([
      [0.25, 0.5],
      [0.5, 0.25],
      [0.5, 0.75],
    ]);
    expect(records.map(({ number, step }) => [number, step])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(new Set(records.map(({ tasks }) => tasks.join())).size).toBe(1);
    const [first, second] = [hashOf("made 0"), hashOf("made 2")];
    expect(records.map(({ parent }) => parent)).toEqual([hashOf("start"), first, first]);
    expect(records.map(({ best, score }) => [best, score])).toEqual([
      [first, 0.5],
      [first, 0.5],
      [second, 0.75],
    ]);
  });

  test.each<[string, Outcome[], Array<string | null>]>([
    ["when all is solved", [[0.5, 1]], ["solved"]],
    ["at once, where nothing is wrong", [[1]], ["solved"]],
    [
      "after two revisions that did not help",
      [
        [0.5, 0.5],
        [0.5, 0.25],
        [0, 1],
      ],
      [null, "no gain", "solved"],
    ],
    ["after two generations without a candidate", [[0.5], [0.5]], [null, "no gain"]],
    [
      "not where one of two helped",
      [
        [0.25, 0.25],
        [0.25, 0.5],
        [0.5, 0.5],
      ],
      [null, null, null],
    ],
    [
      "at its length",
      [
        [0, 0.1],
        [0.1, 0.2],
        [0.2, 0.3],
        [0.3, 0.4],
      ],
      [null, null, null, "length"],
    ],
  ])("ends %s", (_, outcomes, ends) => {
    expect(play(outcomes).records.map(({ end }) => end)).toEqual(ends);
  });

  test("is followed by one with other tasks, until all had a turn", () => {
    const { records } = play(Array.from({ length: 2 * size }, (): Outcome => [1]));
    const tasks = records.map(({ tasks: [task] }) => task);
    expect(tasks.slice(0, size).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(tasks.slice(size).toSorted()).toEqual([0, 1, 2, 3, 4]);
    const clusters = play([[1], [1], [1]], { length: 4, lambda: 0.5, pinned: 2 }).records;
    expect(clusters.map((one) => one.tasks.length)).toEqual([2, 2, 1]);
  });

  test("has all its generations where it may not end early", () => {
    const whole = { length: 3, lambda: 0.5, pinned: 1, endsEarly: false };
    expect(play([[1], [1], [1], [1]], whole).records.map(({ end }) => end)).toEqual([null, null, "length", null]);
  });

  test("tells the proposer what was tried in it, and nothing of the one before", () => {
    expect(play([[0.25, 0.5], [0.5]]).notes).toBe(
      "revision 1 of this episode: add at guide; reward 0.250 -> 0.500; kept\n" +
        "revision 2 of this episode: nothing was proposed; not measured; not kept",
    );
    expect(play([[0.25, 1]]).notes).toBeNull();
  });
});

test("an episode that tunes nothing draws its tasks anew, and leaves the parent to the selection", () => {
  const { records } = play(
    [
      [0, 0.5],
      [0, 0.5],
    ],
    { length: 2, lambda: 0.5, pinned: null },
  );
  expect(records).toMatchObject([
    { tuned: false, tasks: [], parent: hashOf("start"), end: null },
    { tuned: false, tasks: [], parent: hashOf("start"), end: "length" },
  ]);
});

describe("a run of episodes", () => {
  const stopping = afterEpisodes({ pinned: 2, length: 4 });
  const standing = {
    generation: 3,
    measured: { score: null, tasks: 0, all: 100 },
    spent: recordOf().spent,
    settings,
    least: 1,
    epoch: null,
  };

  test("is over when every train task was in one", () => {
    const at = (next: number) => stopping.decide({ ...standing, episodes: { next, train: size } }, { idle: 0 });
    expect([at(3), at(4)]).toEqual([null, "episodes"]);
    expect(stopping.most!({ settings, train: size })).toBe(12);
    expect(nextEpisode(undefined, { train: { size } }, {})).toBeUndefined();
    const { episodes, memories } = play([[1], [0]]);
    expect(nextEpisode(episodes, { train: { size } }, memories)).toEqual({ next: 2, train: size });
  });

  test("keeps its head, and the best program of each episode", () => {
    const head = hashOf("start");
    const measured = (name: string, verdict = accepted) => ({
      candidate: candidateOf(name),
      stages: [],
      verdict,
      means: {},
      column: null,
      values: {},
    });
    const members = [head, hashOf("old"), hashOf("best")].map((program) => openMemberOf(program));
    const update = (parents: string[], ...tried: Array<ReturnType<typeof measured>>) =>
      episodeArchive(3).update(
        { archive: { head, members }, measured: tried, parents, generation: 4, settings, audit: null },
        null,
        () => 0,
      );
    const better = measured("better");
    expect(update([hashOf("best")], better)).toMatchObject({ head, keep: [head, hashOf("old"), hashOf("better")] });
    expect(update([head], better).keep).toEqual([head, hashOf("best"), hashOf("better")]);
    expect(update([head], measured("worse", rejected)).keep).toEqual([head, hashOf("old"), hashOf("best")]);
  });

  test("starts each from the program that it names, or from the head", () => {
    const archive = { head: hashOf("start"), members: [] };
    const decide = (from: string | null) =>
      episodeSelection.decide(
        { archive, generation: 2, settings, episode: { number: 1, step: 2, tuned: true, from, later: [] } },
        null,
        () => 0,
      ).parents;
    expect([decide(null), decide(hashOf("best"))]).toEqual([[hashOf("start")], [hashOf("best")]]);
  });
});
