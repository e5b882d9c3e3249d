import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chainRewards, turnReward, type ChainBatch } from "../../../policies/rewards/chain.ts";
import { hashOf } from "../records.ts";

/** A batch with versions of skills, and rollouts as task, score and the skill that was used. */
function batch(skills: Record<string, string>, ...rollouts: Array<[string, number, string]>): ChainBatch {
  return {
    skills: Object.fromEntries(Object.entries(skills).map(([name, version]) => [name, hashOf(version)])),
    rollouts: rollouts.map(([task, score, used]) => ({ task, score, used: [used] })),
  };
}
const [old, made] = [{ guide: "1" }, { guide: "1", tool: "1" }];

describe("the rewards of a chain (SAGE)", () => {
  test.each<[string, ChainBatch[], number[][]]>([
    [
      "both who made a skill and who used it",
      [batch(old, ["a", 0, "guide"]), batch(made, ["b", 1, "tool"])],
      [[1], [2]],
    ],
    [
      "nobody, where it did not go well",
      [batch(old, ["a", 1, "guide"]), batch(made, ["b", 0.9, "tool"])],
      [[1], [0.9]],
    ],
    ["nobody, where it was not used", [batch(old, ["a", 0, "guide"]), batch(made, ["b", 1, "guide"])], [[0], [1]]],
    ["nobody, for the same task", [batch(old, ["a", 0, "guide"]), batch(made, ["a", 1, "tool"])], [[0], [1]]],
    ["nobody, in the batch that it was made from", [batch(made, ["a", 1, "tool"], ["b", 1, "tool"])], [[1, 1]]],
    [
      "all of the batch that it was made from, once each, and each use of another task",
      [
        batch(old, ["a", 0, "guide"], ["b", 1, "guide"]),
        batch(made, ["b", 1, "tool"], ["c", 1, "tool"]),
        batch(made, ["d", 1, "tool"], ["e", 0, "tool"]),
      ],
      [
        [1, 2],
        [1, 2],
        [2, 0],
      ],
    ],
    [
      "the batch of the version that was used",
      [batch(old, ["a", 0, "guide"]), batch(made, ["b", 0, "tool"]), batch({ ...made, tool: "2" }, ["c", 1, "tool"])],
      [[0], [1], [2]],
    ],
  ])("credit %s", (_, batches, rewards) => expect(chainRewards(batches)).toEqual(rewards));

  test("are scores where the bonus is 0, and never less", () => {
    const some = fc.constantFrom("a", "b", "guide", "tool", "__proto__");
    const batches = fc.array(
      fc.record({
        skills: fc.dictionary(some, fc.constantFrom(hashOf("1"), hashOf("2"))),
        rollouts: fc.array(fc.record({ task: some, score: fc.constantFrom(0, 0.5, 1), used: fc.array(some) })),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(batches, (given) => {
        const scores = given.map(({ rollouts }) => rollouts.map(({ score }) => score));
        expect(chainRewards(given, { bonus: 0 })).toEqual(scores);
        for (const [at, rewards] of chainRewards(given).entries())
          for (const [place, reward] of rewards.entries()) expect([0, 1]).toContain(reward - scores[at]![place]!);
      }),
    );
  });
});

test.each([
  [{ score: 1, turns: 10 }, 0.95],
  [{ score: 0.5, turns: 40 }, 0.4],
  [{ score: 0, turns: 10 }, 0],
  [{ score: 1, turns: 5, most: 5 }, 0.9],
])("the score less turns (EvoDS) of %j is %d", (of, reward) => expect(turnReward(of)).toBeCloseTo(reward, 12));
