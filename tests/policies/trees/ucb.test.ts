import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expanded,
  meanOf,
  nodeToExpand,
  ucb1,
  visited,
  type Tree,
  type TreeNode,
} from "../../../policies/trees/ucb.ts";
import { StateError } from "../../../state/errors.ts";
import { hashOf } from "../records.ts";

const rootOf = (reward: number): Tree =>
  visited([{ program: hashOf("root"), parent: null, visits: 0, total: 0, drafts: 0 }], 0, reward);

/** Expansions, each of the node that the rules choose, with the reward of the child; null for no child. */
function grow(tree: Tree, rewards: ReadonlyArray<number | null>, rules: { exploration: number; width: number }) {
  const chosen: number[] = [];
  const grown = rewards.reduce<Tree>((known, reward, turn) => {
    const parent = nodeToExpand(known, rules)!;
    chosen.push(parent);
    const child = reward === null ? null : hashOf(`child ${turn}`);
    return expanded(known, { parent, child, reward });
  }, tree);
  return { tree: grown, chosen };
}

describe("UCB1", () => {
  // 03-methods N.
  test("of the published vector is 2.002", () => {
    const bound = ucb1({ mean: 0.5, visits: 2, parentVisits: 10, exploration: 1.4 });
    expect(bound).toBeCloseTo(0.5 + 1.4 * Math.sqrt(Math.log(10) / 2), 9);
    expect(bound.toFixed(3)).toBe("2.002");
  });

  test("is infinite without a visit, and the mean without exploration", () => {
    expect(ucb1({ mean: 0, visits: 0, parentVisits: 3, exploration: 1.4 })).toBe(Infinity);
    expect(ucb1({ mean: 0.25, visits: 3, parentVisits: 9, exploration: 0 })).toBe(0.25);
  });

  test.each([
    { mean: Number.NaN, visits: 1, parentVisits: 2, exploration: 1 },
    { mean: 0.5, visits: -1, parentVisits: 2, exploration: 1 },
    { mean: 0.5, visits: 1, parentVisits: 0, exploration: 1 },
    { mean: 0.5, visits: 1, parentVisits: 2, exploration: -1 },
  ])("refuses $mean, $visits, $parentVisits, $exploration", (arm) => {
    expect(() => ucb1(arm)).toThrow(StateError);
    expect(() => ucb1(arm)).toThrow(/There is no UCB of a mean/);
  });
});

describe("a tree", () => {
  // By hand, with C = 1.4 and width 2. The root has .2 of one visit. Children A .6 and B .3 are made of it. Of 3 visits A has
  // .6 + 1.4 sqrt(ln 3) = 2.067, B .3 + 1.467 = 1.767: A is expanded, to C .1. Of 4 visits A has .35 + 1.4 sqrt(ln 4 / 2) = 1.516,
  // B .3 + 1.4 sqrt(ln 4) = 1.948: B, to D .9. Of 5 visits A has .35 + 1.4 sqrt(ln 5 / 2) = 1.606, B .6 + 1.256 = 1.856: B again.
  const rules = { exploration: 1.4, width: 2 };
  const { tree, chosen } = grow(rootOf(0.2), [0.6, 0.3, 0.1, 0.9], rules);

  test("solved by hand is expanded as it is on paper, and passes rewards on to all above", () => {
    expect(chosen).toEqual([0, 0, 1, 2]);
    expect(tree.map(({ parent, visits, total, drafts }) => [parent, visits, total, drafts])).toEqual([
      [null, 5, 2.1, 2],
      [0, 2, 0.7, 1],
      [0, 2, 1.2, 1],
      [1, 1, 0.1, 0],
      [2, 1, 0.9, 0],
    ]);
    expect(tree.map(meanOf)).toEqual([0.42, 0.35, 0.6, 0.1, 0.9]);
    expect(nodeToExpand(tree, rules)).toBe(2);
  });

  test("with little exploration goes deep, with much of it goes wide", () => {
    const rewards = [0.9, 0.1, 0.8, 0.7, 0.6, 0.5];
    expect(grow(rootOf(0), rewards, { exploration: 0, width: 2 }).chosen).toEqual([0, 0, 1, 1, 3, 3]);
    expect(grow(rootOf(0), rewards, { exploration: 100, width: 2 }).chosen).toEqual([0, 0, 1, 2, 1, 2]);
  });

  test("counts a draft that came to nothing as a draft, with the reward of its parent", () => {
    const { tree: grown, chosen: places } = grow(rootOf(0.5), [null, 0.4], { exploration: 1, width: 2 });
    expect(places).toEqual([0, 0]);
    expect(grown[0]).toMatchObject({ visits: 2, total: 0.9, drafts: 2 });
    const barren = expanded(rootOf(0.5), { parent: 0, child: null, reward: 0.3 });
    expect(barren).toEqual([{ ...rootOf(0)[0], visits: 2, total: 0.8, drafts: 1 }]);
  });

  test("without room anywhere goes on at its best node", () => {
    const { tree: full } = grow(rootOf(0.5), [0.7, null, null], { exploration: 1, width: 1 });
    expect(full.map(({ drafts }) => drafts)).toEqual([1, 2]);
    expect(nodeToExpand(full, { exploration: 1, width: 1 })).toBe(1);
  });

  test("expands only what is kept, and nothing where nothing is", () => {
    const kept = (...places: number[]) => {
      const isKept = (program: string) => places.some((place) => tree[place]!.program === program);
      return nodeToExpand(tree, { ...rules, isKept });
    };
    expect([kept(0, 1, 2, 3, 4), kept(1, 3), kept(0, 3), kept(0), kept()]).toEqual([2, 1, 3, 0, undefined]);
  });

  test("refuses a reward that is no number", () => {
    expect(() => expanded(tree, { parent: 0, child: hashOf("new"), reward: Number.NaN })).toThrow(/A reward of NaN/);
  });
});

/** A history of expansions, from which everything can be counted anew. */
interface Step {
  path: readonly string[];
  reward: number;
}

/** Chooses by brute force: counts visits and means from the history for each decision, and compares all children. */
function choiceOf(
  steps: readonly Step[],
  drafts: ReadonlyMap<string, number>,
  rules: { exploration: number; width: number },
) {
  const visitsOf = (node: string) => steps.filter(({ path }) => path.includes(node));
  const childrenOf = (node: string) =>
    [...new Set(steps.flatMap(({ path }) => (path.includes(node) ? [path[path.indexOf(node) + 1] ?? ""] : [])))].filter(
      (name) => name !== "",
    );
  for (let node = "root"; ;) {
    if ((drafts.get(node) ?? 0) < rules.width) return node;
    const all = visitsOf(node).length;
    const ranked = childrenOf(node).map((name) => {
      const own = visitsOf(name);
      const mean = own.reduce((sum, { reward }) => sum + reward, 0) / own.length;
      return { name, value: mean + rules.exploration * Math.sqrt(Math.log(all) / own.length) };
    });
    node = ranked.reduce((best, one) => (one.value > best.value + 1e-8 ? one : best)).name;
  }
}

test("chooses what brute force over the whole history chooses", () => {
  const rules = fc.record({
    exploration: fc.constantFrom(0, 0.5, 1.4, 3),
    width: fc.integer({ min: 1, max: 3 }),
  });
  // Rewards of few digits: means that differ do so by more than what is rounded.
  const rewards = fc.array(fc.integer({ min: -10, max: 100 }), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(rules, rewards, (of, list) => {
      const history: Step[] = [{ path: ["root"], reward: 0.5 }];
      const paths = new Map([["root", ["root"]]]);
      const drafts = new Map<string, number>();
      let tree = rootOf(0.5);
      for (const [turn, hundredths] of list.entries()) {
        const expected = choiceOf(history, drafts, of);
        const parent = nodeToExpand(tree, of)!;
        expect((tree[parent] as TreeNode).program).toBe(hashOf(expected));
        const [name, reward] = [`child ${turn}`, hundredths / 100];
        const path = [...(paths.get(expected) as string[]), name];
        paths.set(name, path);
        drafts.set(expected, (drafts.get(expected) ?? 0) + 1);
        history.push({ path, reward });
        tree = expanded(tree, { parent, child: hashOf(name), reward });
      }
      for (const [place, { program, visits, total, parent }] of tree.entries()) {
        const name = place === 0 ? "root" : `child ${place - 1}`;
        expect(program).toBe(hashOf(name));
        const own = history.filter(({ path }) => path.includes(name));
        expect(visits).toBe(own.length);
        expect(total).toBeCloseTo(
          own.reduce((sum, { reward }) => sum + reward, 0),
          6,
        );
        if (parent !== null) expect(parent).toBeLessThan(place);
      }
    }),
    { numRuns: 60 },
  );
});
