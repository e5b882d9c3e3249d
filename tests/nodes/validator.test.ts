import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { strictAcceptance, type Acceptance } from "../../policies/acceptance.ts";
import { noObjectives, type Objectives } from "../../policies/objectives.ts";
import { meanScore } from "../../policies/scores.ts";
import { againstHead, noTrial, type Trial } from "../../policies/trial.ts";
import { growingSample, validationTasks } from "../../policies/validation-tasks.ts";
import { Column, mainObjective, type MeasuredColumn, type Values } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { Evidence, type Measured, type Verdict } from "../../state/evidence.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { findingOf, recordOf } from "../policies/records.ts";
import { candidateOf, createBlankPayload, hashOf, memberWith, settingsOf, stateOf } from "../support/nodes.ts";
import { validated } from "../support/validated.ts";

const payload = createBlankPayload();
const head = hashOf("start");
const block = (name: string) => findingOf(hashOf(name));

interface Setting {
  /** Validation scores by task index, of the head (`start`) and of candidates by name, in the order they are tried. */
  scores: Record<string, Values>;
  settings?: SettingsInput;
  state?: Partial<RunState>;
  acceptance?: Acceptance;
  trial?: Trial;
  objectives?: Objectives;
}

async function validate(setting: Setting) {
  const { scores, settings = {}, state = {}, acceptance = strictAcceptance, objectives = noObjectives } = setting;
  const { trial = againstHead(acceptance) } = setting;
  const names = Object.keys(scores).filter((name) => name !== "start");
  const size = scores["start"]!.length;
  const before = stateOf({
    generation: 2,
    settings: settingsOf(settings),
    suites: { ...stateOf().suites, validation: { hash: hashOf("validation"), size } },
    candidates: names.map((name) => candidateOf(name)),
    ...state,
  });
  return { ...(await validated({ payload, scores, trial, objectives, state: before })), before };
}

/** The archive of the head alone, whose column is known. */
const archiveOf = async (values: Values) => payload.putJson([await memberWith(payload, head, values)]);

const valuesOf = async ({ column }: Pick<MeasuredColumn, "column">) =>
  (await payload.json(column, Column))[mainObjective];

/** The evidence of the last stage that a candidate went through. */
const evidenceIn = (one: Measured | undefined) => payload.json(one!.stages.at(-1)!.evidence, Evidence);

const ones = (size: number): Values => Array<number>(size).fill(1);
const half = (size: number): Values => Array.from({ length: size }, (_, index) => index % 2);

describe("the validator", () => {
  test("measures the head once, in the order of the validation tasks, and keeps its column", async () => {
    const scores = { start: half(6) };
    const { columns, measured, spent, asked, before } = await validate({ scores });
    const order = validationTasks(before.settings, 6);
    expect(asked(head)).toEqual(order);
    const inOrder = order.map((index) => index % 2);
    const { program, column, means } = await memberWith(payload, head, inOrder);
    expect(columns).toEqual([{ program, column, means }]);
    expect(measured).toEqual([]);
    expect(spent).toEqual({ rollouts: 6, tokens: 0 });
    const again = await validate({
      scores: { ...scores, worse: Array(6).fill(0) },
      state: { archive: await archiveOf(inOrder) },
    });
    expect(again.asked(head)).toEqual([]);
    expect(again.columns).toEqual(columns);
  });

  test("asks what the head lacks again after a generation that missing results left undecided, and only then", async () => {
    const archive = await archiveOf([1, null, 0, null]);
    const record = async (verdict: Partial<Verdict>, missing: number) => {
      const {
        outcomes: _,
        acceptedEdits: __,
        candidates: ___,
        ...made
      } = recordOf({
        verdict: { accepted: false, decided: false, reason: "", delta: 0, ...verdict },
        evidence: { asked: 4, planned: 4, fixed: 0, broken: 0, missing },
      });
      return { entry: await payload.putJson(made), generation: 1, headScore: made.headScore };
    };
    const scores = { start: [0.25, 0.25, 0.25, 0.25] };
    const order = validationTasks(settingsOf(), 4);
    const undecided = await validate({ scores, state: { archive, record: await record({}, 2) } });
    expect(undecided.requests).toMatchObject([
      { program: head, indices: [order[1], order[3]], missedBefore: [order[1], order[3]] },
    ]);
    expect(await valuesOf(undecided.columns[0]!)).toEqual([1, 0.25, 0, 0.25]);
    expect(undecided.columns[0]?.means).toEqual({ [mainObjective]: 0.375 });
    expect(undecided.spent).toMatchObject({ rollouts: 2 });
    for (const other of [null, await record({ decided: true }, 2), await record({}, 0)]) {
      const { requests, columns } = await validate({ scores, state: { archive, record: other } });
      expect(requests).toEqual([]);
      expect(await valuesOf(columns[0]!)).toEqual([1, null, 0, null]);
    }
    const short = await validate({
      scores,
      settings: { budgetRollouts: 1 },
      state: { archive, record: await record({}, 2) },
    });
    expect(await valuesOf(short.columns[0]!)).toEqual([1, 0.25, 0, null]);
  });

  test("measures the head again where a branch changed the number of validation tasks", async () => {
    const { asked, columns } = await validate({
      scores: { start: half(6) },
      settings: { validation: 3 },
      state: { archive: await archiveOf(half(6)) },
    });
    expect(asked(head)).toHaveLength(3);
    expect(await valuesOf(columns[0]!)).toHaveLength(3);
  });

  test("uses as many validation tasks as the settings say", async () => {
    const { asked, before } = await validate({
      scores: { start: half(9), better: ones(9) },
      settings: { validation: 4 },
    });
    const inUse = validationTasks(before.settings, 9);
    expect(inUse).toHaveLength(4);
    expect(asked(head)).toEqual(inUse);
    expect(asked(hashOf("better")).toSorted()).toEqual(inUse.toSorted());
  });

  test("asks the head only what it was not asked before the sample grew", async () => {
    const known = validationTasks({ validation: 4 }, 9);
    const { asked, before, columns, spent } = await validate({
      scores: { start: half(9), same: half(9) },
      settings: { validation: 4 },
      state: {
        archive: await payload.putJson([
          await memberWith(
            payload,
            head,
            known.map((index) => half(9)[index] ?? null),
          ),
        ]),
        memories: await payload.putJson({ [growingSample.name]: { tasks: 8 } }),
      },
    });
    const inUse = validationTasks({ validation: 8 }, before.suites.validation.size);
    expect(asked(head)).toEqual(inUse.slice(4));
    expect(await valuesOf(columns[0]!)).toEqual(inUse.map((index) => half(9)[index]));
    expect(spent).toMatchObject({ rollouts: 4 + asked(hashOf("same")).length });
  });

  test("asks a candidate the head's failures first, in waves, and stops when it cannot win any more", async () => {
    const { spent, columns, measured, requests, asked } = await validate({
      scores: { start: half(20), same: half(20) },
      settings: { wave: 4 },
    });
    expect(requests.map(({ indices }) => indices.length)).toEqual([20, 4, 4, 4]);
    expect(
      asked(hashOf("same"))
        .slice(0, 10)
        .every((index) => index % 2 === 0),
    ).toBe(true);
    expect(measured).toMatchObject([
      {
        candidate: candidateOf("same"),
        stages: [{ stage: "validation", counts: { asked: 12, planned: 20, fixed: 0, broken: 0, missing: 0 } }],
        verdict: { accepted: false, decided: true, reason: "cannot improve any more" },
        means: {},
        column: null,
      },
    ]);
    const evidence = await evidenceIn(measured[0]);
    expect(evidence).toMatchObject({ suite: "validation", against: "head", order: "fails-first", decidedAt: 12 });
    expect(evidence.columns.candidate).toHaveLength(12);
    expect(evidence.columns.task).toHaveLength(20);
    expect(columns.map(({ program }) => program)).toEqual([head]);
    expect(spent).toEqual({ rollouts: 32, tokens: 0 });
  });

  test("completes an accepted candidate, and keeps its column in the order of the validation tasks", async () => {
    const values = half(10).map((value, index) => (index === 4 ? 1 : value));
    const { measured, before, asked } = await validate({
      scores: { start: half(10), better: values },
      settings: { wave: 3 },
    });
    const order = validationTasks(before.settings, 10);
    const [found] = measured;
    expect(found?.verdict).toEqual(strictAcceptance.decide(await evidenceIn(found)));
    expect(found?.verdict).toMatchObject({ accepted: true, reason: "improved" });
    expect(asked(hashOf("better"))).toHaveLength(10);
    expect(found?.column).toBe(await payload.putJson({ [mainObjective]: order.map((index) => values[index]) }));
    expect(found?.means).toEqual({ [mainObjective]: 0.6 });
  });

  test("keeps no column of a candidate that was measured to the end and not accepted", async () => {
    const { measured, asked } = await validate({ scores: { start: half(4), tied: [1, 0, 1, 0] } });
    expect(asked(hashOf("tied"))).toHaveLength(4);
    expect(measured).toMatchObject([{ verdict: { accepted: false }, means: {}, column: null }]);
  });

  test("measures the first candidate and asks no further ones", async () => {
    const { measured, asked } = await validate({ scores: { start: half(6), better: ones(6), best: ones(6) } });
    expect(measured.map(({ candidate }) => candidate)).toEqual([candidateOf("better")]);
    expect(asked(hashOf("best"))).toEqual([]);
  });

  test("does not ask a candidate the guard has blocked, and asks one it only warned of", async () => {
    const findings = [block("blocked"), { ...block("warned"), severity: "warn" as const }];
    const { measured, asked } = await validate({
      scores: { start: half(4), blocked: ones(4), warned: ones(4) },
      state: { findings },
    });
    expect(asked(hashOf("blocked"))).toEqual([]);
    expect(measured.map(({ candidate }) => candidate)).toEqual([candidateOf("warned")]);
  });

  test("measures nothing where the budget does not hold all of the head's column", async () => {
    const { columns, measured, spent, requests } = await validate({
      scores: { start: half(6), better: ones(6) },
      settings: { budgetRollouts: 10 },
      state: { spent: { rollouts: 5, simulations: 0, tokens: 0 } },
    });
    expect(requests).toEqual([]);
    expect({ columns, measured, spent }).toEqual({
      columns: [],
      measured: [],
      spent: { rollouts: 0, tokens: 0 },
    });
  });

  test("leaves a candidate undecided where the budget ends in the middle", async () => {
    const { spent, measured } = await validate({
      scores: { start: half(6), better: ones(6) },
      settings: { budgetRollouts: 9, wave: 2 },
    });
    expect(measured).toMatchObject([
      {
        stages: [{ counts: { asked: 3, planned: 6 } }],
        verdict: { accepted: false, decided: false, reason: "not enough evidence" },
        column: null,
      },
    ]);
    expect(spent).toEqual({ rollouts: 9, tokens: 0 });
  });

  test("tells each validation rollout", async () => {
    const { events } = await validate({ scores: { start: [null] } });
    expect(events).toEqual([
      { type: "rollout-end", generation: 2, suite: "validation", task: "task-0", value: null, paid: true },
    ]);
  });

  test("completes the split after an early acceptance, with rows that do not vote", async () => {
    const eager: Acceptance = {
      ...strictAcceptance,
      look: ({ columns }) => (columns.candidate.length >= 4 ? "enough" : "more"),
      decide: ({ decidedAt }) => ({ accepted: decidedAt === 4, decided: true, reason: "", delta: 0 }),
    };
    const { measured } = await validate({
      scores: { start: half(10), better: ones(10) },
      settings: { wave: 2 },
      acceptance: eager,
    });
    const evidence = await evidenceIn(measured[0]);
    expect(evidence.decidedAt).toBe(4);
    expect(evidence.columns.candidate).toHaveLength(10);
    expect(measured[0]?.column).toBe(await payload.putJson({ [mainObjective]: ones(10) }));
  });

  test("accepts every candidate that the guard lets pass where there is no trial, and asks nothing", async () => {
    const { columns, measured, spent, requests } = await validate({
      scores: { start: half(4), better: ones(4), blocked: ones(4) },
      state: { findings: [block("blocked")] },
      trial: noTrial,
    });
    const verdict = { accepted: true, decided: true, reason: "accepted without a look", delta: 0 };
    expect(requests).toEqual([]);
    expect({ columns, measured, spent }).toEqual({
      columns: [],
      measured: [{ candidate: candidateOf("better"), stages: [], verdict, means: {}, column: null }],
      spent: { rollouts: 0, tokens: 0 },
    });
  });

  test("keeps what a program has by itself with the means of its column", async () => {
    const objectives: Objectives = { name: "test.brevity", version: 1, of: () => ({ brevity: 0.25 }) };
    const { columns, measured } = await validate({ scores: { start: half(4), better: ones(4) }, objectives });
    expect(columns[0]?.means).toEqual({ [mainObjective]: 0.5, brevity: 0.25 });
    expect(measured[0]?.means).toEqual({ [mainObjective]: 1, brevity: 0.25 });
  });
});

const grade = fc.option(fc.constantFrom(0, 0.5, 1), { freq: 8 });
const worlds = fc.integer({ min: 1, max: 15 }).chain((size) => {
  const column = fc.array(grade, { minLength: size, maxLength: size });
  return fc.record({
    start: column,
    candidates: fc.array(column, { maxLength: 5 }),
    most: fc.integer({ min: 1, max: 4 }),
    blocked: fc.array(fc.nat(2), { maxLength: 1 }),
    wave: fc.integer({ min: 1, max: 8 }),
    spent: fc.nat(20),
    left: fc.option(fc.nat(60)),
  });
});

test("the validator never overshoots the budget, asks nothing twice, counts what it asks, and decides as if it had asked all", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ start, candidates, most, blocked, wave, spent: rollouts, left }) => {
      const named = Object.fromEntries(candidates.map((values, index) => [`candidate ${index}`, values]));
      const budgetRollouts = left === null ? null : Math.max(1, rollouts + left);
      const { spent, columns, measured, requests, asked } = await validate({
        scores: { start, ...named },
        settings: { wave, budgetRollouts, candidates: most },
        state: {
          spent: { rollouts, simulations: 0, tokens: 0 },
          findings: blocked.map((index) => block(`candidate ${index}`)),
        },
      });
      const counted = requests.reduce((sum, { indices }) => sum + indices.length, 0);
      expect(spent).toEqual({ rollouts: counted, tokens: 0 });
      if (budgetRollouts !== null) expect(rollouts + counted).toBeLessThanOrEqual(budgetRollouts);
      for (const program of new Set(requests.map((request) => request.program))) {
        expect(new Set(asked(program)).size).toBe(asked(program).length);
      }
      for (const index of blocked) expect(asked(hashOf(`candidate ${index}`))).toEqual([]);
      for (const column of columns) expect(await valuesOf(column)).toHaveLength(start.length);

      const accepted = measured.filter(({ verdict }) => verdict.accepted);
      expect(accepted.length).toBeLessThanOrEqual(1);
      for (const one of measured) {
        const evidence = await evidenceIn(one);
        const alone = strictAcceptance.decide(evidence);
        if (one.verdict.reason.startsWith("not among")) expect(alone.accepted).toBe(true);
        else expect(one.verdict).toEqual(alone);
        expect(evidence.columns.candidate).toEqual(
          evidence.columns.task.slice(0, asked(one.candidate.program).length).map((task) => valueOf(one, task)),
        );
      }
      function valueOf({ candidate }: Measured, task: number) {
        const index = candidates.findIndex((_, at) => hashOf(`candidate ${at}`) === candidate.program);
        return candidates[index]?.[task] ?? null;
      }
      if (budgetRollouts !== null) return;

      const tried = [...candidates.keys()].filter((index) => !blocked.includes(index)).slice(0, most);
      expect(measured.map(({ candidate }) => candidate)).toEqual(
        tried.map((index) => candidateOf(`candidate ${index}`)),
      );
      const gains = tried.map((index) => gainOver(start, candidates[index] as Values));
      const [best] = gains.filter(({ isTold, gain }) => isTold && gain > 0).toSorted((a, b) => b.mean - a.mean);
      expect(accepted.length).toBe(best === undefined ? 0 : 1);
      if (best === undefined) return;
      const values = candidates[tried[gains.indexOf(best)] as number] as Values;
      expect(accepted[0]?.candidate).toEqual(candidateOf(`candidate ${tried[gains.indexOf(best)]}`));
      expect(accepted[0]?.verdict.delta).toBeCloseTo(best.mean, 9);
      expect(accepted[0]?.means[mainObjective]).toBeCloseTo(meanScore(values)!, 9);
    }),
    { numRuns: 150 },
  );
});

/** What a candidate gains over the head, over the tasks that both have a result for. */
function gainOver(other: Values, values: Values) {
  const pairs = values.flatMap((value, task) => {
    const there = other[task] ?? null;
    return value === null || there === null ? [] : [value - there];
  });
  const gain = pairs.reduce((sum, difference) => sum + difference, 0);
  return { isTold: other.length - pairs.length <= 0.2 * other.length, gain, mean: gain / pairs.length };
}
