import { describe, expect, test } from "vitest";
import { strictAcceptance } from "../../policies/acceptance.ts";
import { pairedAcceptance } from "../../policies/acceptances/paired.ts";
import { againstHead, inHalves, type Stage, type Trial } from "../../policies/trial.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { Column, mainObjective, newMember, type Values } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { Evidence, type Measured } from "../../state/evidence.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { candidateOf, createBlankPayload, hashOf, memberWith, settingsOf, stateOf } from "../support/nodes.ts";
import { scoringBy, validated } from "../support/validated.ts";

const payload = createBlankPayload();
const batch = [4, 2, 0];
const validation = validationTasks(settingsOf(), 4);

/** A trial of these stages. */
const trialOf = (...stages: Stage[]): Trial => ({
  ...againstHead(strictAcceptance),
  name: "test.stages",
  stages: () => stages,
});
const minibatch: Stage = {
  name: "minibatch",
  suite: "train",
  tasks: batch,
  against: "parents",
  acceptance: strictAcceptance,
  keep: 2,
};
const full: Stage = { name: "full", against: "none" };

interface Setting {
  trial: Trial;
  /** Scores of candidates by task index, on train and validation alike, in the order they are tried. */
  scores: Record<string, Values>;
  parents?: Record<string, Values>;
  settings?: SettingsInput;
  state?: Partial<RunState>;
}

/** A generation whose parents are members with these validation scores; a single one was rolled out on the batch. */
async function run({ trial, scores, parents = { start: [0, 0, 0, 0] }, settings = {}, state = {} }: Setting) {
  const members = Object.entries(parents).map(([name, values]) =>
    memberWith(
      payload,
      hashOf(name),
      validation.map((index) => values[index] ?? null),
    ),
  );
  const programs = Object.keys(parents).map(hashOf);
  const rolled = await scoringBy(parents).executor.roll(
    {
      program: programs[0] as string,
      suite: "train",
      tasks: { hash: hashOf("train"), size: 5 },
      indices: batch,
      samples: 1,
    },
    {},
  );
  const before = stateOf({
    generation: 2,
    settings: settingsOf({ candidates: 3, ...settings }),
    suites: { ...stateOf().suites, validation: { hash: hashOf("validation"), size: 4 } },
    batch,
    rollouts: programs.length === 1 ? await payload.putJson(rolled) : null,
    parents: programs,
    archive: await payload.putJson(await Promise.all(members)),
    head: programs[0] as string,
    candidates: Object.keys(scores).map((name) => candidateOf(name, { parents: programs })),
    ...state,
  });
  return validated({ payload, scores: { ...parents, ...scores }, trial, state: before });
}

const stagesOf = ({ stages }: Measured) => stages.map(({ stage, counts }) => [stage, counts.asked]);

describe("a trial of a minibatch against the parent and then of all validation tasks against nothing", () => {
  const setting = {
    trial: trialOf(minibatch, full),
    parents: { start: [0, 1, 0, 1, 0] },
    scores: { better: [1, 0, 1, 0, 1], tied: [0, 1, 0, 1, 0], good: [0, 1, 1, 1, 0] },
  };

  test("asks each candidate the batch, and those that passed all validation tasks, whose columns it keeps", async () => {
    const { measured, requests, spent } = await run(setting);
    expect(measured.map(stagesOf)).toEqual([
      [
        ["minibatch", 3],
        ["full", 4],
      ],
      [["minibatch", 3]],
      [
        ["minibatch", 3],
        ["full", 4],
      ],
    ]);
    expect(measured.map(({ verdict }) => [verdict.accepted, verdict.reason])).toEqual([
      [true, "measured"],
      [false, "no improvement"],
      [true, "measured"],
    ]);
    const columns = [setting.scores.better, setting.scores.good].map((values) => ({
      [mainObjective]: validation.map((index) => values[index] ?? null),
    }));
    expect(await Promise.all([0, 2].map((at) => payload.json(measured[at]?.column as string, Column)))).toEqual(
      columns,
    );
    expect(measured[1]?.column).toBeNull();
    expect(spent).toEqual({ rollouts: 3 * 3 + 2 * 4, tokens: 0 });
    expect(requests.filter(({ suite }) => suite === "train").every(({ indices }) => indices.length <= 3)).toBe(true);
  });

  test("compares with what the parent got on the batch, and then with nothing", async () => {
    const { measured } = await run(setting);
    const [first, second] = await Promise.all(
      measured[0]!.stages.map(({ evidence }) => payload.json(evidence, Evidence)),
    );
    expect(first).toMatchObject({ suite: "train", against: "parents", columns: { other: [0, 0, 0] } });
    expect(first!.columns.task.toSorted()).toEqual(batch.toSorted());
    expect(second).toMatchObject({
      suite: "validation",
      against: "none",
      columns: { other: [null, null, null, null] },
    });
  });

  test("lets no more go on than the stage keeps, those with the largest differences", async () => {
    const { measured } = await run({ ...setting, trial: trialOf({ ...minibatch, keep: 1 }, full) });
    expect(measured.map(({ stages }) => stages.length)).toEqual([2, 1, 1]);
    expect(measured[2]?.verdict).toMatchObject({
      accepted: false,
      decided: true,
      reason: "not among the best 1 of stage minibatch",
    });
  });

  test("never asks more than the budget holds, and leaves undecided what it cuts short", async () => {
    for (let budgetRollouts = 1; budgetRollouts <= 17; budgetRollouts += 1) {
      const { requests, measured } = await run({ ...setting, settings: { budgetRollouts, wave: 2 } });
      const asked = requests.reduce((sum, { indices }) => sum + indices.length, 0);
      expect(asked).toBeLessThanOrEqual(budgetRollouts);
      for (const { verdict, stages, column } of measured) {
        const counts = stages.at(-1)?.counts ?? { asked: 0, planned: 0 };
        if (verdict.accepted) expect(counts.asked).toBe(counts.planned);
        if (verdict.reason === "not enough evidence") expect(counts.asked).toBeLessThan(counts.planned);
        expect(column !== null).toBe(verdict.accepted);
      }
    }
  });

  test("leaves undecided a candidate of which too many results are missing", async () => {
    const scores = { lacking: [1, null, 1, null, 1] };
    const { measured } = await run({ ...setting, scores });
    expect(measured[0]?.verdict).toMatchObject({ accepted: false, decided: false });
    expect(measured[0]?.verdict.reason).toContain("too many missing results: 2 of 4 tasks");
    expect(measured[0]?.column).toBeNull();
  });
});

describe("a trial of a merge against its parents", () => {
  const tasks = [validation[1], validation[3]] as number[];
  const merge: Stage = { ...minibatch, name: "merge", suite: "validation", tasks };

  test("compares it with the better of the two on the tasks of the stage", async () => {
    const values = (...right: number[]) => Array.from({ length: 4 }, (_, index) => (right.includes(index) ? 1 : 0));
    const parents = { start: values(), other: values(tasks[0] as number) };
    const { measured } = await run({
      trial: trialOf(merge),
      parents,
      scores: { both: values(...tasks), same: values(tasks[0] as number) },
    });
    const evidence = await payload.json(measured[0]!.stages[0]!.evidence, Evidence);
    expect(evidence).toMatchObject({ against: "parents", suite: "validation", columns: { task: tasks.toReversed() } });
    expect(evidence.columns.other).toEqual([0, 1]);
    expect(measured.map(({ verdict }) => verdict.accepted)).toEqual([true, false]);
  });
});

test("a task that was asked in one stage is not asked again in the next", async () => {
  const part: Stage = {
    ...minibatch,
    name: "part",
    suite: "validation",
    tasks: validation.slice(0, 2),
    against: "head",
  };
  const { asked, measured, spent } = await run({ trial: trialOf(part, full), scores: { better: [1, 1, 1, 1] } });
  expect(asked(hashOf("better")).toSorted()).toEqual([0, 1, 2, 3]);
  expect(measured.map(stagesOf)).toEqual([
    [
      ["part", 2],
      ["full", 4],
    ],
  ]);
  expect(spent).toEqual({ rollouts: 4, tokens: 0 });
});

test("columns that a stage needs and the budget holds are kept, though it does not hold those of all members", async () => {
  const members = ["start", "other"].map((name) => newMember(hashOf(name)));
  const archive = await payload.putJson(members);
  const state = { archive, head: hashOf("start"), parents: [hashOf("start")] };
  const { columns, measured, spent, requests } = await run({
    trial: trialOf(minibatch, full),
    parents: { start: [1, 0, 1, 0] },
    scores: { better: [1, 1, 1, 1] },
    settings: { budgetRollouts: 6 },
    state,
  });
  expect(requests.map(({ program }) => program)).toEqual([hashOf("start")]);
  expect(columns).toMatchObject([{ program: hashOf("start") }]);
  expect(measured).toEqual([]);
  expect(spent).toMatchObject({ rollouts: 4 });
});

describe("a test in halves", () => {
  const terms = { leastGain: 0, mostLoss: 0, mostBroken: null, alpha: 0.3 } as const;
  const trial = inHalves(
    pairedAcceptance({ ...terms, inconclusive: "keep" }),
    pairedAcceptance({ ...terms, inconclusive: "drop" }),
  );
  const at = (values: Values) => validation.map((task) => values[validation.indexOf(task)] ?? null);
  const inOrder = (values: Values): Values => {
    const byTask: Values = [0, 0, 0, 0];
    for (const [place, task] of validation.entries()) byTask[task] = at(values)[place] ?? null;
    return byTask;
  };

  test("asks all tasks only of candidates that half of them leaves open, and completes one that is accepted", async () => {
    const { measured } = await run({
      trial,
      parents: { start: [0, 0, 0, 0] },
      scores: { sure: inOrder([1, 1, 0, 0]), open: inOrder([1, 0, 1, 1]), lost: inOrder([0, 0, 0, 0]) },
    });
    expect(measured.map(stagesOf)).toEqual([
      [["half", 2]],
      [
        ["half", 2],
        ["validation", 4],
      ],
      [
        ["half", 2],
        ["validation", 4],
      ],
    ]);
    expect(measured.map(({ verdict }) => verdict.accepted)).toEqual([true, true, false]);
    expect(measured[2]?.verdict).toMatchObject({ decided: true, inconclusive: "drop" });
    expect(measured.slice(0, 2).every(({ column }) => column !== null)).toBe(true);
  });
});
