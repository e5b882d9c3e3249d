import { describe, expect, test } from "vitest";
import type { EditBudget, Proposer } from "../../analysts/analyst.ts";
import { createOptimizer } from "../../nodes/optimizer.ts";
import { createTaskSampler } from "../../nodes/task-sampler.ts";
import { modelCard } from "../../policies/cards/model-card.ts";
import type { Drafting } from "../../policies/drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import { triedPrograms } from "../../policies/feedback/tried.ts";
import { triedOnParent } from "../../policies/rejected-edits.ts";
import { treePhases } from "../../policies/trees/phases.ts";
import { typeSampling } from "../../policies/trees/task-types.ts";
import { programTokens } from "../../skills/tokens.ts";
import type { Edit } from "../../state/program.ts";
import { withSeen } from "../../state/seen.ts";
import type { ScoredRollout } from "../../state/task.ts";
import {
  addTopic,
  createListener,
  hashOf,
  listingAnalyst,
  openRoom,
  settingsOf,
  skillOf,
  stateOf,
  tasksOf,
} from "../support/nodes.ts";

const train = tasksOf("train", ["cats", "dogs", "owls", "bees"]);
const episode = { number: 2, step: 1, tuned: false, from: null, later: [] };
const plan = { kind: "separate", drafts: 1, onFiles: false } as const;
const creating: Edit = {
  op: "create-file",
  skill: "alarm",
  file: "SKILL.md",
  text: "---\nname: alarm\ndescription: Wakes.\n---\n",
};

/** An optimizer whose drafting policy has this plan, over a proposer that makes a draft of these edits, with the tasks 0 and 1 as batch. */
async function setUp(decided: ReturnType<Drafting["decide"]>, edits: Edit[]) {
  const room = await openRoom({ train });
  const { payload, archive, ledger, suites, start, executor } = room;
  const given: Array<{ replay: readonly ScoredRollout[]; budget: EditBudget }> = [];
  const proposer: Proposer = {
    async propose(_deficiencies, _skills, replay, budget) {
      given.push({ replay, budget });
      return { drafts: [{ edits, origin: { operator: "one", target: "", features: {} } }], simulations: 0 };
    },
  };
  const policies = {
    drafting: { name: "drafting.test", version: 1, decide: () => decided },
    edits: withOperations(constantEdits),
    rejected: triedOnParent,
    tried: triedPrograms,
    failing: anyShortfall,
    trial: { takesShorter: false },
    card: modelCard({ model: "8B", rollouts: 4 }),
  };
  const roll = async (indices: number[]) =>
    archive.save(await executor.roll({ program: start, suite: "train", tasks: suites.train, indices, samples: 1 }, {}));
  const rollouts = await roll([0, 1]);
  const analyzed = await archive.study([rollouts], { suite: suites.train, seen: withSeen("", 4, [0, 1]) });
  const failures = await listingAnalyst.analyze(analyzed, []);
  const state = stateOf({
    suites,
    start,
    head: start,
    parents: [start],
    generation: 3,
    batch: [0, 1],
    rollouts,
    replay: [await roll([2, 3]), rollouts],
    seen: withSeen("", 4, [0, 1, 2, 3]),
    failures: await payload.putJson(failures),
    deficiencies: await payload.putJson(await listingAnalyst.diagnose(failures, [], [])),
  });
  const listener = createListener();
  const node = createOptimizer({ ...policies, proposer, payload, archive, ledger });
  return { ...room, ...listener, node, given, state };
}

describe("drafts that leave the skills an episode began with", () => {
  test("are refused where they edit one, with the remedy, and taken where they create another", async () => {
    const editing = await setUp({ ...plan, keepsStart: true }, [addTopic("cats")]);
    const { candidates } = await editing.node({ ...editing.state, episode }, editing.runtime);
    expect(candidates).toEqual([]);
    expect(editing.events).toMatchObject([
      { type: "draft-refused", message: expect.stringMatching(/"guide", which stays as it is .* Create a skill/) },
    ]);
    expect(editing.given[0]!.budget.frozen).toEqual(["guide"]);
    const made = await setUp({ ...plan, keepsStart: true }, [creating]);
    expect((await made.node({ ...made.state, episode }, made.runtime)).candidates).toHaveLength(1);
  });

  test("may edit a skill that came since", async () => {
    const { node, state, runtime, payload, given } = await setUp({ ...plan, keepsStart: true }, [addTopic("cats")]);
    const from = await payload.putProgram([]);
    const { candidates } = await node({ ...state, episode: { ...episode, from } }, runtime);
    expect([candidates!.length, given[0]!.budget.frozen]).toEqual([1, []]);
  });

  test("are made from the tasks of the batch, and what fails elsewhere is none of their business", async () => {
    const shown = async (decided: ReturnType<Drafting["decide"]>) => {
      const { node, state, runtime, given } = await setUp(decided, [creating]);
      await node({ ...state, episode }, runtime);
      return given[0]!.replay.map(({ rollout }) => rollout.task);
    };
    expect(await shown(plan)).toEqual(["train-2", "train-3", "train-0", "train-1"]);
    expect(await shown({ ...plan, keepsStart: true })).toEqual(["train-0", "train-1"]);
  });
});

describe("drafts with a size", () => {
  test("are told what it is, of the skills that may be edited, and candidates keep it", async () => {
    const sizes = [10, 1000, 5000];
    const { node, state, runtime, given } = await setUp({ ...plan, granularity: { sizes, move: "longer" } }, [
      addTopic("cats"),
    ]);
    const { candidates } = await node(state, runtime);
    const now = await programTokens([skillOf()]);
    expect(given[0]!.budget.granularity).toEqual({ tokens: 5000, now });
    expect(candidates![0]!.extra).toEqual({ granularity: 5000 });
    const frozen = await setUp({ ...plan, keepsStart: true, granularity: { sizes, move: "same" } }, [creating]);
    await frozen.node({ ...frozen.state, episode }, frozen.runtime);
    expect(frozen.given[0]!.budget.granularity).toEqual({ tokens: 10, now: 0 });
  });
});

test("a proposer is given the card of its agent, as facts and among the notes", async () => {
  const { node, state, runtime, given } = await setUp(plan, [addTopic("cats")]);
  await node(state, runtime);
  const { card, guidance } = given[0]!.budget;
  expect(card).toMatchObject({
    rollouts: 2,
    success: 0,
    weaknesses: [
      { mode: "cats", share: 0.5 },
      { mode: "dogs", share: 0.5 },
    ],
  });
  expect(guidance).toContain("model: 8B\npreliminary rollouts: 2\n");
});

test("a proposer sees what was made of the same program before", async () => {
  const { node, state, runtime, payload, start, given } = await setUp(plan, [addTopic("cats")]);
  const edits = await payload.putJson([addTopic("owls")]);
  const tried = [
    { parent: start, edits },
    { parent: hashOf("other"), edits: await payload.putJson([addTopic("bees")]) },
  ];
  await node({ ...state, memories: await payload.putJson({ [triedOnParent.name]: tried }) }, runtime);
  expect(given[0]!.budget.rejected).toEqual([addTopic("owls")]);
});

test("the task sampler opens a phase for each type of task, and draws its tasks", async () => {
  const { runtime } = createListener();
  const { payload } = await openRoom();
  const tasks = ["b", "a", "b"].map((kind, index) => ({ id: `t${index}`, input: "", meta: { kind } }));
  const suites = { ...stateOf().suites, train: { hash: await payload.putJson(tasks), size: 3 } };
  const phases = {
    category: "kind",
    climbs: 1,
    climbPatience: 1,
    searches: 2,
    types: 9,
    lambda: 0.1,
    best: 5,
    endsEarly: true,
  };
  const episodes = treePhases(phases);
  const node = createTaskSampler({ sampling: typeSampling({ key: "kind", types: 9 }), episodes, payload });
  const settings = settingsOf({ batch: 2 });
  const at = async (number: number) => {
    const course = { number, step: 1, ended: true, of: 3, idle: 0, root: hashOf("root"), best: [] };
    return node(stateOf({ suites, settings, memories: await payload.putJson({ [episodes.name]: course }) }), runtime);
  };
  expect(await at(0)).toMatchObject({ episode: { number: 1, step: 1, from: null, of: 3 } });
  expect(await at(1)).toMatchObject({
    episode: { number: 2, from: hashOf("root") },
    batch: expect.arrayContaining([0, 2]),
  });
  expect(await at(2)).toMatchObject({ episode: { number: 3 }, batch: [1] });
});
