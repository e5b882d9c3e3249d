import { describe, expect, test } from "vitest";
import { createAblator } from "../../nodes/ablator.ts";
import { lifecycleDrafting } from "../../policies/lifecycle/lifecycle-drafting.ts";
import { emptyLibrary, newUnit, type Library } from "../../policies/lifecycle/library.ts";
import { growingSample, validationTasks } from "../../policies/validation-tasks.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { createSkillFolder, programHash, type SkillFolder } from "../../skills/folder.ts";
import { skillText } from "../../skills/minimal.ts";
import { mainObjective, newMember, type Column } from "../../state/archive.ts";
import type { Hash } from "../../state/json.ts";
import { Settings } from "../../state/settings.ts";
import { ablationsOf } from "../../stores/payload/opened.ts";
import { createListener, createScoringExecutor, openRoom, stateOf, tasksOf } from "../support/nodes.ts";

const skill = (name: string, body = name): SkillFolder =>
  createSkillFolder(name, {
    "SKILL.md": new TextEncoder().encode(skillText({ name, description: `About ${name}.`, body: `${body}\n` })),
  });
const program = [skill("milk"), skill("tea")];
const without = { milk: programHash([skill("tea")]), tea: programHash([skill("milk")]) };
const head = programHash(program);
const topics = ["tea", "milk", "tea and milk", "coffee"];
/** The order of the validation tasks in use. */
const suiteOrder = validationTasks({ validation: null }, topics.length);

interface Case {
  /** By program and index. */
  score?: (program: Hash, index: number, sample: number) => number | null;
  settings?: Record<string, unknown>;
  general?: string[];
  library?: Partial<Library>;
  column?: Column | null;
  skills?: readonly SkillFolder[];
  closing?: string;
}

/** Leaves skills out in the fifth generation. */
async function ablated({ score = () => 1, settings = {}, general = [], library = {}, ...more }: Case = {}) {
  const { skills = program, closing = null } = more;
  const room = await openRoom({ validation: tasksOf("validation", topics) });
  const { payload, suites } = room;
  const own = await payload.putProgram(skills);
  const { column = { [mainObjective]: suiteOrder.map((index) => score(own, index, 0)) } } = more;
  const values = column === null ? null : await payload.putJson(column);
  const archive = await payload.putJson([{ ...newMember(own), column: values }]);
  const drafting = lifecycleDrafting({ context: "kind", general, retirement: "threshold", revises: true });
  const all = Settings.parse({ visibility: "retrieved", ...settings });
  const { executor, requests } = createScoringExecutor(score);
  let forgotten = 0;
  const node = createAblator({
    ablates: drafting.ablates!,
    drafting,
    sample: growingSample,
    visibility: visibilityOf(all),
    executor,
    payload,
    ledger: { forget: async () => void (forgotten += 1) },
  });
  const memories = await payload.putJson({ [drafting.name]: { ...emptyLibrary, ...library } });
  const state = stateOf({ settings: all, suites, start: own, head: own, archive, memories, generation: 5, closing });
  const { runtime, events } = createListener();
  const { ablations = null, spent } = await node(state, runtime);
  const found = await ablationsOf({ ablations: ablations as Hash | null }, payload);
  return { found, requests, events, spent, forgotten: () => forgotten };
}

const about = (...indices: number[]) => suiteOrder.filter((index) => indices.includes(index));

describe("the ablator", () => {
  test("leaves each skill out on the tasks that show it, against what is known of the head", async () => {
    const score = (of: Hash, index: number) => (of === without.tea && index === 0 ? 0 : 1);
    const { found, requests, spent, events } = await ablated({ score });
    expect(found).toMatchObject([
      { skill: "milk", hidden: ["milk"], program: without.milk, tasks: about(1, 2), with: [1, 1], without: [1, 1] },
      { skill: "tea", hidden: ["tea"], program: without.tea, tasks: about(0, 2), isHeadAsked: false, sample: 0 },
    ]);
    expect(found[1]!.without).toEqual(about(0, 2).map((index) => (index === 0 ? 0 : 1)));
    expect(requests.map((request) => request.program)).toEqual([without.milk, without.tea]);
    expect(spent).toEqual({ rollouts: 4, tokens: 0 });
    const told = events.filter(({ type }) => type === "skill-ablated");
    expect(told).toMatchObject([
      { hidden: ["milk"], tasks: 2, with: 1, without: 1 },
      { with: 1, without: 0.5 },
    ]);
  });

  test("asks the head, too, where its scores are not known, and for the next sample once a head was run on all", async () => {
    const unknown = await ablated({ column: null, settings: { ablated: 1 } });
    expect(unknown.found).toMatchObject([{ skill: "milk", isHeadAsked: true }]);
    expect(unknown.requests.map((request) => request.program)).toEqual([head, without.milk]);
    expect(unknown.spent).toMatchObject({ rollouts: 4 });
    const known = { milk: newUnit("milk", { head, next: 2, sample: 4 }), tea: newUnit("tea", { head, next: 1 }) };
    const { found, requests } = await ablated({ library: { units: [known.milk, known.tea] } });
    expect(found).toMatchObject([
      { skill: "milk", sample: 5, from: 0, isHeadAsked: true },
      { skill: "tea", sample: 0, from: 1, tasks: about(0, 2).slice(1), isHeadAsked: false },
    ]);
    expect(requests.slice(0, 2)).toMatchObject([
      { firstSample: 5, samples: 1 },
      { firstSample: 5, samples: 1 },
    ]);
    const other = await ablated({ library: { units: [{ ...known.milk, head: without.tea }] } });
    expect(other.found[0]).toMatchObject({ skill: "milk", sample: 0, from: 0 });
  });

  test("leaves the general skills out together, on all tasks that show one of them", async () => {
    const { found } = await ablated({ general: ["tea", "milk"] });
    expect(found).toMatchObject([
      { skill: null, hidden: ["milk", "tea"], tasks: about(0, 1, 2), program: programHash([]) },
    ]);
    const one = await ablated({ general: ["tea"] });
    expect(one.found.map((each) => each.skill)).toEqual([null, "milk"]);
  });

  test("asks as much as the budget holds, whole pairs, and nothing beyond", async () => {
    const spending = (left: number, more: Case = {}) => ablated({ settings: { budgetRollouts: left }, ...more });
    const three = await spending(3);
    expect(three.found.map(({ tasks }) => tasks.length)).toEqual([2, 1]);
    const pairs = await spending(3, { column: null });
    expect(pairs.found.map(({ tasks }) => tasks.length)).toEqual([1]);
    expect(pairs.spent).toMatchObject({ rollouts: 2 });
    expect((await spending(1, { column: null })).found).toEqual([]);
  });

  test("keeps what is missing as missing, and forgets the failures where nothing is learned from it", async () => {
    const { found, forgotten, requests } = await ablated({
      score: (of, index) => (of === head && index === 1 ? null : 1),
    });
    expect(found[0]!.with.toSorted()).toEqual([1, null]);
    expect(requests[0]!.missedBefore).toEqual([1]);
    expect(forgotten()).toBe(1);
    expect((await ablated()).forgotten()).toBe(0);
  });

  test.each<[string, Case]>([
    ["in other generations", { settings: { ablateEvery: 2 } }],
    ["in the generation that closes a run", { closing: "budget" }],
    ["of a program that no task shows a skill of", { skills: [skill("cocoa")] }],
    ["of a program without skills that are shown", { settings: { visibility: "all-but", hidden: ["milk", "tea"] } }],
  ])("leaves nothing out %s", async (_, of) => {
    expect(await ablated(of)).toMatchObject({ found: [], requests: [] });
  });

  test("leaves the only skill out, too", async () => {
    const { found } = await ablated({ skills: [skill("tea")], settings: { visibility: "all" } });
    expect(found).toMatchObject([{ skill: "tea", program: programHash([]), tasks: suiteOrder }]);
  });
});
