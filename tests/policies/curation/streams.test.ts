import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largestGroup, streamEpisodes } from "../../../policies/curation/streams.ts";
import { learnAll, recall } from "../../../policies/policy.ts";
import type { CurationLog } from "../../../state/curation.ts";
import type { Json } from "../../../state/json.ts";
import { canonicalJson } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const weights = { calls: 1, content: 0.1, compression: 0.05 };
const call = { tool: "update", name: "guide", newName: null, description: null, body: "x" } as const;

interface Play {
  categories: string[];
  generations: number;
  batch: number;
  group: number;
  /** Success of the tasks of a generation, and what its curator did. */
  success?(generation: number): number;
  log?(generation: number): CurationLog;
  rewards?(generation: number): { before: number; after: number } | null;
}

/** Plays generations with a candidate each, which is kept. */
function play({ categories, generations, batch, group, success = () => 0, log, rewards = () => null }: Play) {
  const episodes = streamEpisodes({ category: "kind", group, weights });
  const settings = settingsOf({ batch });
  let memories: Record<string, Json> = {};
  const played = Array.from({ length: generations }, (_, place) => {
    const generation = place + 1;
    const memory = recall(episodes, memories);
    expect(episodes.next(memory)).toBe(
      episodes.plan({ size: categories.length, settings, categories }, memory).episode.number,
    );
    const { episode, tasks } = episodes.plan({ size: categories.length, settings, categories }, memory);
    const outcomes = (tasks ?? []).map((task) => ({ task: String(task), rollouts: 1, success: success(generation) }));
    const candidate = candidateOf(`made ${generation}`);
    const measured = rewards(generation);
    const closed = episodes.close(
      {
        episode,
        parent: hashOf("start"),
        score: success(generation),
        accepted: candidate.program,
        rewards: measured === null ? null : [{ before: [measured.before], after: [measured.after] }],
        outcomes,
        curated: log?.(generation) ?? { calls: [], content: null, read: 0 },
        tokens: { candidate: 40, head: 40 },
      },
      memory,
    );
    const verdict = { accepted: true, decided: true, reason: "", delta: 0 };
    const record = { ...recordOf({ generation, candidate, verdict, episode: { ...closed, tasks: [] } }), outcomes };
    memories = learnAll([episodes], memories, record, settings);
    return { episode, tasks: tasks ?? [], closed, notes: episodes.notes(recall(episodes, memories)) };
  });
  return { played, table: episodes.describe!(recall(episodes, memories)), memory: recall(episodes, memories) };
}

const kinds = Array.from({ length: 12 }, (_, task) => ["a", "b", "c"][task % 3] as string);

describe("streams of grouped tasks", () => {
  test("hold tasks of one category, some at a time, of which the others are still to come", () => {
    const { played } = play({ categories: kinds, generations: 4, batch: 2, group: 4 });
    expect(played.map(({ episode: { number, step } }) => [number, step])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    const [first, second, third] = played;
    expect(second!.tasks).toEqual(first!.episode.later);
    expect(second!.closed.end).toBe("the last tasks of its group");
    expect([first!.closed.end, second!.episode.later]).toEqual([null, []]);
    const kindOf = (tasks: number[]) => new Set(tasks.map((task) => kinds[task]));
    expect(kindOf([...first!.tasks, ...second!.tasks])).toEqual(new Set(["a"]));
    expect(kindOf(third!.tasks)).toEqual(new Set(["b"]));
  });

  test("go through the tasks of every category once before any comes again, whatever the sizes are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 8 }),
        (categories, batch, group) => {
          const names = [...new Set(categories)];
          const { played } = play({ categories, generations: 30, batch, group });
          const streams = new Map<number, number[]>();
          for (const { episode, tasks, closed } of played) {
            expect(tasks.length).toBeGreaterThan(0);
            expect(closed.end === null).toBe(episode.later.length > 0);
            streams.set(episode.number, [...(streams.get(episode.number) ?? []), ...tasks]);
          }
          for (const [number, tasks] of streams) {
            expect(new Set(tasks).size).toBe(tasks.length);
            expect(tasks.length).toBeLessThanOrEqual(group);
            const own = names.toSorted()[(number - 1) % names.length];
            expect(new Set(tasks.map((task) => categories[task]))).toEqual(new Set([own]));
          }
          // Of a category that is no larger than a group, each whole stream has all tasks.
          const { number: open } = played.at(-1)!.episode;
          for (const [number, tasks] of streams) {
            const own = categories.filter((name) => name === categories[tasks[0] as number]).length;
            if (number < open) expect(tasks.length).toBe(Math.min(group, own));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("are rewarded at their end: success from the second position on, and what the curator did in all of them", () => {
    const { played, table } = play({
      categories: kinds,
      generations: 4,
      batch: 1,
      group: 4,
      success: (generation) => [0.9, 0, 0.5, 1][generation - 1] as number,
      log: (generation) => ({
        calls: [{ call, problem: generation === 2 ? "no such skill" : null }],
        content: generation === 3 ? null : 0.6,
        read: 25,
      }),
    });
    const streams = played.map(({ closed }) => closed.curation?.stream);
    expect(streams.slice(0, 3)).toEqual([null, null, null]);
    // (0 + .5 + 1) / 3; 3 of 4 calls; 1 - 40 / 100; the first position does not count.
    const reward = { task: 0.5, calls: 0.75, content: 0.6, compression: 0.6, total: 0.5 + 0.75 + 0.06 + 0.03 };
    expect(streams[3]).toEqual({ ...reward, content: expect.closeTo(0.6), total: expect.closeTo(reward.total) });
    expect(table.rows).toEqual([[1, 4, "1.340", "0.500", "0.750", "0.600", "0.600"]]);
  });

  test("reward an edit by the tasks after it alone, and tell the curator, who is not told of other streams", () => {
    const { played } = play({
      categories: kinds,
      generations: 3,
      batch: 2,
      group: 4,
      success: () => 1,
      log: () => ({ calls: [{ call, problem: null }], content: null, read: 80 }),
      rewards: (generation) => (generation === 2 ? null : { before: 0.25, after: 0.75 }),
    });
    const [first, last, other] = played.map(({ closed }) => closed.curation!.reward);
    expect(first).toEqual({ task: 0.75, calls: 1, content: null, compression: 0.5, total: 1.775 });
    expect(last).toMatchObject({ task: null, total: null });
    // What was read in another stream does not count.
    expect(other!.compression).toBe(0.5);
    expect(played[0]!.closed.revision).toMatchObject({ before: 0.25, after: 0.75 });
    expect(played[0]!.notes).toContain("reward 0.250 -> 0.750; kept");
    expect(played[1]!.notes).toBeNull();
    expect(played[2]!.notes!.split("\n")).toHaveLength(1);
  });

  test("remember little, however long a run and a group are", () => {
    const { memory } = play({
      categories: Array.from({ length: 200 }, () => "a".repeat(500)),
      generations: 400,
      batch: 1,
      group: largestGroup,
      rewards: () => ({ before: 1 / 3, after: 2 / 3 }),
      log: () => ({ calls: [{ call, problem: null }], content: 1 / 3, read: 123_456 }),
    });
    expect(Buffer.byteLength(canonicalJson(memory))).toBeLessThan(12_000);
  });
});
