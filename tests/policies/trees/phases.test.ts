import { describe, expect, test } from "vitest";
import { learnAll, recall } from "../../../policies/policy.ts";
import { afterPhases, treePhases, type Phases } from "../../../policies/trees/phases.ts";
import { treeArchive } from "../../../policies/trees/tree-archive.ts";
import { publishedSizes, treeDrafting } from "../../../policies/trees/tree-drafting.ts";
import { treeSelection } from "../../../policies/trees/tree-selection.ts";
import { tasksByType, typeSampling } from "../../../policies/trees/task-types.ts";
import { targetSize } from "../../../policies/drafting.ts";
import { triedOnParent } from "../../../policies/rejected-edits.ts";
import { nextEpisode } from "../../../policies/episodes/episodes.ts";
import type { Verdict } from "../../../state/evidence.ts";
import type { Hash, Json } from "../../../state/json.ts";
import { candidateOf, hashOf, openMemberOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf({ batch: 2 });
const own: Phases = {
  category: "kind",
  climbs: 4,
  climbPatience: 2,
  searches: 3,
  types: 5,
  lambda: 0.1,
  best: 2,
  endsEarly: true,
};
// Three tasks of b, two of a, one without a type.
const categories = ["b", "a", "b", "", "a", "b"];
const accepted: Verdict = { accepted: true, decided: true, reason: "more reward", delta: 0.1 };
const rejected: Verdict = { accepted: false, decided: true, reason: "no more reward", delta: -0.1 };

/** A generation: what the parent scored on its batch, the candidate if there is one, and whether it does better than the head. */
interface Played {
  before: number;
  after?: number;
  best?: boolean;
}

/** Plays generations by the policies of the recipe, with an archive that is kept by them. */
function play(played: readonly Played[], changes: Partial<Phases> = {}) {
  const of = { ...own, ...changes };
  const [episodes, selection] = [treePhases(of), treeSelection({ exploration: 1.4, width: 2 })];
  const policies = [episodes, selection, triedOnParent];
  let memories: Record<string, Json> = {};
  let head: Hash = hashOf("start");
  let members = [openMemberOf(head)];
  const steps = played.map(({ before, after, best = false }, place) => {
    const generation = place + 1;
    const { episode } = episodes.plan({ size: categories.length, settings, categories }, recall(episodes, memories));
    const archive = { members, head };
    const { parents } = selection.decide(
      { archive, generation, settings, episode },
      recall(selection, memories),
      () => 0,
    );
    const [parent] = parents as [Hash];
    const candidate = after === undefined ? null : candidateOf(`made ${generation}`, { parents: [parent] });
    const measured =
      candidate === null
        ? []
        : [{ candidate, stages: [], verdict: best ? accepted : rejected, means: {}, column: null, values: {} }];
    const input = { archive, measured, parents: [parent], generation, settings, episode, audit: null };
    const decision = treeArchive.update(input, null, () => 0);
    members = decision.keep.map(
      (program) => members.find((member) => member.program === program) ?? openMemberOf(program, { generation }),
    );
    head = decision.head;
    const verdict = decision.verdicts[0] ?? { ...rejected, decided: false, reason: "no candidate" };
    const closed = episodes.close(
      {
        episode,
        parent,
        score: before,
        accepted: verdict.accepted ? candidate!.program : null,
        rewards: null,
        outcomes: [],
        curated: null,
        tokens: { candidate: null, head: 0 },
        means: { before: { score: before }, after: after === undefined ? null : { score: after } },
      },
      recall(episodes, memories),
    );
    const record = recordOf({
      generation,
      parents: [parent],
      candidate,
      verdict,
      head,
      episode: { ...closed, tasks: [] },
    });
    memories = learnAll(policies, memories, record, settings);
    return { ...closed, parent, head, verdict, kept: members.map(({ program }) => program) };
  });
  return { steps, episodes, selection, memories };
}

const nameOf = (hash: Hash, generations = 20) =>
  ["start", ...Array.from({ length: generations }, (_, index) => `made ${index + 1}`)].find(
    (name) => hashOf(name) === hash,
  );

describe("the phases", () => {
  const { steps, episodes, memories } = play([
    { before: 0.2, after: 0.4, best: true },
    { before: 0.4, after: 0.3 },
    { before: 0.4 },
    // The tree of b, from the head of the first phase.
    { before: 0.4, after: 0.5 },
    { before: 0.4, after: 0.6, best: true },
    { before: 0.6, after: 0.1 },
    // The tree of a, which is solved at once; then that of the tasks without a type.
    { before: 1 },
    { before: 0.5 },
  ]);

  test("follow one another: general skills, then a tree for each type, the largest first", () => {
    expect(steps.map(({ number, step, end }) => [number, step, end])).toEqual([
      [1, 1, null],
      [1, 2, null],
      [1, 3, "patience"],
      [2, 1, null],
      [2, 2, null],
      [2, 3, "length"],
      [3, 1, "solved"],
      [4, 1, null],
    ]);
    expect(steps.map(({ of }) => of)).toEqual(steps.map(() => 4));
    expect(tasksByType(categories, 5)).toEqual([[0, 2, 5], [1, 4], [3]]);
    expect(tasksByType(categories, 1)).toEqual([[0, 2, 5]]);
  });

  test("climb from the head, then search from what the phase before came to", () => {
    expect(steps.map(({ parent }) => nameOf(parent))).toEqual([
      "start",
      "made 1",
      "made 1",
      "made 1",
      "made 1",
      "made 5",
      "made 5",
      "made 5",
    ]);
    expect(steps.map(({ head }) => nameOf(head))).toEqual([
      "made 1",
      "made 1",
      "made 1",
      "made 1",
      "made 5",
      "made 5",
      "made 5",
      "made 5",
    ]);
  });

  test("keep the head alone, and while a tree is searched all of its nodes, better or not", () => {
    expect(steps.map(({ kept }) => kept.map((program) => nameOf(program)))).toEqual([
      ["made 1"],
      ["made 1"],
      ["made 1"],
      ["made 1", "made 4"],
      ["made 1", "made 4", "made 5"],
      ["made 1", "made 4", "made 5", "made 6"],
      ["made 5"],
      ["made 5"],
    ]);
    expect(steps[3]!.verdict).toEqual({ ...rejected, accepted: true, reason: "joined the tree: no more reward" });
    expect(steps[4]!.verdict).toEqual(accepted);
  });

  test("are told to the proposer by their best edits so far", () => {
    const { episodes: course, memories: told } = play([
      { before: 0.2, after: 0.3, best: true },
      { before: 0.3, after: 0.5, best: true },
      { before: 0.5, after: 0.1 },
    ]);
    expect(course.notes(recall(course, told))!.split("\n")).toEqual([
      "among the best so far: add at guide; reward 0.300 -> 0.500",
      "among the best so far: add at guide; reward 0.200 -> 0.300",
    ]);
  });

  test("end the run after the last one", () => {
    const stopping = afterPhases(own);
    const standing = {
      generation: 3,
      measured: { score: null, tasks: 0, all: 100 },
      spent: recordOf().spent,
      settings,
      least: 1,
      epoch: null,
    };
    const at = (next: number, count: number | null) =>
      stopping.decide({ ...standing, episodes: { next, count, train: 6 } }, { idle: 0 });
    expect([at(1, null), at(4, 4), at(5, 4)]).toEqual([null, null, "phases"]);
    expect(stopping.most!({ settings, train: 3 })).toBe(4 + 3 * 3);
    expect(nextEpisode(episodes, { train: { size: 6 } }, memories)).toEqual({ next: 4, count: 4, train: 6 });
  });

  test("of a type are over when no child was made so many times, unless they have all of their generations", () => {
    const general = [{ before: 1 }, { before: 0.5 }, { before: 0.5 }];
    expect(play(general).steps.map(({ number, end }) => [number, end])).toEqual([
      [1, "solved"],
      [2, null],
      [2, "patience"],
    ]);
    const whole = play([...general, { before: 1 }, { before: 1 }], { endsEarly: false });
    expect(whole.steps.map(({ number, end }) => [number, end])).toEqual([
      [1, null],
      [1, "patience"],
      [2, null],
      [2, null],
      [2, "length"],
    ]);
  });

  test("with tasks of one type have one tree", () => {
    const of = treePhases(own);
    const { episode } = of.plan({ size: 2, settings, categories: ["x", "x"] }, recall(of, {}));
    expect(episode).toEqual({ number: 1, step: 1, tuned: false, from: null, later: [], of: 2 });
    const { episode: untyped } = of.plan({ size: 2, settings, categories: ["", ""] }, recall(of, {}));
    expect(untyped.of).toBe(2);
  });
});

describe("the tree of a type", () => {
  const { selection, memories, steps } = play([
    { before: 1 },
    { before: 0.2, after: 0.6, best: true },
    { before: 0.2, after: 0.3 },
  ]);

  test("remembers the rewards of its nodes, and shows them to people", () => {
    const of = hashOf("start");
    const child = (name: string, total: number) => ({ program: hashOf(name), parent: 0, visits: 1, total, drafts: 0 });
    expect(recall(selection, memories)).toEqual({
      phase: 2,
      nodes: [
        { program: of, parent: null, visits: 3, total: 1.1, drafts: 2 },
        child("made 2", 0.6),
        child("made 3", 0.3),
      ],
    });
    const table = selection.describe!(recall(selection, memories));
    expect(table).toMatchObject({ title: "Tree of task type 1" });
    expect(table.rows[1]).toEqual([hashOf("made 2").slice(0, 8), of.slice(0, 8), 1, "0.600", 0]);
    expect(selection.describe!(recall(selection, {}))).toMatchObject({ rows: [] });
    expect(steps.at(-1)!.kept).toHaveLength(3);
  });

  test("expands no node that the archive does not keep, and begins anew where it keeps none", () => {
    const episode = { number: 2, step: 3, tuned: false, from: hashOf("start"), later: [] };
    const chosen = (...names: string[]) => {
      const members = names.map((name) => openMemberOf(hashOf(name)));
      const archive = { members, head: members.at(-1)!.program };
      const memory = recall(selection, memories);
      return nameOf(selection.decide({ archive, generation: 4, settings, episode }, memory, () => 0).parents[0]);
    };
    expect(chosen("start", "made 2", "made 3")).toBe("made 2");
    expect(chosen("start", "made 3")).toBe("made 3");
    expect(chosen("start")).toBe("start");
    expect(chosen("made 20")).toBe("made 20");
    const anew = recordOf({
      parents: [hashOf("other")],
      episode: { ...steps.at(-1)!, number: 2, step: 4, tasks: [], score: 0.4, revision: null },
    });
    const { [selection.name]: learned } = learnAll([selection], memories, anew, settings);
    expect(learned).toMatchObject({ nodes: [{ program: hashOf("other"), visits: 1, total: 0.4, drafts: 1 }] });
  });

  test("counts a child that is missing results as none", () => {
    const undecided = { ...rejected, decided: false, reason: "5 of 10 results are missing" };
    const input = {
      archive: { members: [openMemberOf(hashOf("start"))], head: hashOf("start") },
      measured: [
        { candidate: candidateOf("new"), stages: [], verdict: undecided, means: {}, column: null, values: {} },
      ],
      parents: [hashOf("start")],
      generation: 5,
      settings,
      episode: { number: 2, step: 1, tuned: false, from: hashOf("start"), later: [] },
      audit: null,
    };
    expect(treeArchive.update(input, null, () => 0)).toMatchObject({ keep: [hashOf("start")], verdicts: [undecided] });
  });
});

describe("the tasks of a phase", () => {
  const sampling = typeSampling({ key: "kind", types: 5 });
  const drawn = (number: number, step: number) =>
    sampling.decide(
      {
        size: 6,
        generation: step,
        settings,
        categories,
        episode: { number, step, tuned: false, from: null, later: [] },
      },
      null,
    );

  test("are of all types at first, and then those of the type in turn", () => {
    expect(sampling.category).toBe("kind");
    expect(drawn(1, 1)).toHaveLength(2);
    const ofB = [1, 2, 3].flatMap((step) => drawn(2, step));
    expect(ofB.toSorted()).toEqual([0, 0, 2, 2, 5, 5]);
    expect(ofB.slice(0, 3).toSorted()).toEqual([0, 2, 5]);
    expect(drawn(3, 1).toSorted()).toEqual([1, 4]);
    expect(drawn(4, 1)).toEqual([3]);
  });
});

describe("drafts", () => {
  const drafting = treeDrafting({ sizes: publishedSizes });
  const plan = (number: number, drawn: number) =>
    drafting.decide(
      { batch: [], settings, episode: { number, step: 1, tuned: false, from: null, later: [] } },
      null,
      () => drawn,
    );

  test("leave the skills that a tree began with, and aim at sizes", () => {
    expect(plan(1, 0)).not.toHaveProperty("keepsStart");
    expect(plan(2, 0)).toMatchObject({ keepsStart: true, drafts: 1 });
    const moves = [0, 0.49, 0.5, 0.74, 0.75, 0.99].map((drawn) => plan(1, drawn));
    expect(moves.map((each) => each.kind === "separate" && each.granularity?.move)).toEqual([
      "same",
      "same",
      "shorter",
      "shorter",
      "longer",
      "longer",
    ]);
    expect(treeDrafting({ sizes: [] }).decide({ batch: [], settings }, null, () => 0)).not.toHaveProperty(
      "granularity",
    );
  });

  test.each([
    [100, 370, 370, 1092],
    [370, 370, 370, 1092],
    [371, 370, 1092, 2737],
    [5000, 1092, 2737, 2737],
  ])("of a parent with %i tokens aim at %i, %i or %i", (tokens, ...sizes) => {
    const moves = ["shorter", "same", "longer"] as const;
    // In any order.
    const of = publishedSizes.toReversed();
    expect(moves.map((move) => targetSize({ sizes: of, move }, tokens))).toEqual(sizes);
  });

  test("may not repeat what was made of the same program before, whatever became of it", () => {
    const { memories } = play([{ before: 1 }, { before: 0.2, after: 0.6, best: true }, { before: 0.2, after: 0.3 }]);
    const decide = (parent: string) =>
      triedOnParent.decide({ epoch: null, parent: hashOf(parent) }, recall(triedOnParent, memories));
    expect(decide("start")).toEqual([hashOf("made 2-edits"), hashOf("made 3-edits")]);
    expect(decide("made 2")).toEqual([]);
  });
});
