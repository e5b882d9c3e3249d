import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createValidator } from "../../nodes/validator.ts";
import { strictAcceptance, type Acceptance } from "../../policies/acceptance.ts";
import { meanScore } from "../../policies/scores.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import type { RunState } from "../../state/channels.ts";
import type { Finding } from "../../state/program.ts";
import type { SettingsInput } from "../../state/settings.ts";
import type { Verdict } from "../../state/evidence.ts";
import { recordOf } from "../policies/records.ts";
import { candidateOf, createListener, createScoringExecutor, hashOf, settingsOf, stateOf } from "../support/nodes.ts";

type Values = Array<number | null>;
const head = hashOf("start");
const block = (name: string): Finding => ({ program: hashOf(name), rule: "name", severity: "block", message: "" });

interface Setting {
  /** Validation scores by task index, of the head (`start`) and of candidates by name, in the order they are tried. */
  scores: Record<string, Values>;
  settings?: SettingsInput;
  state?: Partial<RunState>;
  acceptance?: Acceptance;
}

async function validate({ scores, settings = {}, state = {}, acceptance = strictAcceptance }: Setting) {
  const names = Object.keys(scores).filter((name) => name !== "start");
  const byProgram = new Map(Object.entries(scores).map(([name, values]) => [hashOf(name), values]));
  const scoring = createScoringExecutor((program, index) => byProgram.get(program)?.[index] ?? null);
  const { runtime, events } = createListener();
  const size = scores["start"]!.length;
  const before = stateOf({
    generation: 2,
    settings: settingsOf(settings),
    suites: { ...stateOf().suites, validation: { hash: hashOf("validation"), size } },
    candidates: names.map((name) => candidateOf(name)),
    ...state,
  });
  const update = await createValidator({ acceptance, executor: scoring.executor, payload: { tokens: async () => 10 } })(
    before,
    runtime,
  );
  return { ...scoring, update, before, events };
}

const ones = (size: number): Values => Array<number>(size).fill(1);
const half = (size: number): Values => Array.from({ length: size }, (_, index) => index % 2);

describe("the validator", () => {
  test("measures the incumbent once, in the order of the validation tasks, and keeps its column", async () => {
    const scores = { start: half(6) };
    const { update, asked, before } = await validate({ scores });
    const order = validationTasks(before.settings, 6);
    expect(asked(head)).toEqual(order);
    expect(update).toEqual({
      columns: [{ program: head, values: order.map((index) => index % 2) }],
      candidate: null,
      evidence: null,
      spent: { rollouts: 6, tokens: 0 },
    });
    const again = await validate({
      scores: { ...scores, worse: Array(6).fill(0) },
      state: { columns: update.columns! },
    });
    expect(again.asked(head)).toEqual([]);
    expect(again.update.columns?.[0]).toEqual(update.columns?.[0]);
  });

  test("asks what the incumbent lacks again after a generation that missing results left undecided, and only then", async () => {
    const column = { program: head, values: [1, null, 0, null] };
    const record = (verdict: Partial<Verdict>, missing: number) =>
      recordOf({
        verdict: { accepted: false, decided: false, reason: "", delta: 0, ...verdict },
        evidence: { asked: 4, planned: 4, fixed: 0, broken: 0, missing },
      });
    const scores = { start: [0.25, 0.25, 0.25, 0.25] };
    const order = validationTasks(settingsOf(), 4);
    const undecided = await validate({ scores, state: { columns: [column], record: record({}, 2) } });
    expect(undecided.requests).toMatchObject([
      { program: head, indices: [order[1], order[3]], missedBefore: [order[1], order[3]] },
    ]);
    expect(undecided.update).toMatchObject({
      columns: [{ program: head, values: [1, 0.25, 0, 0.25] }],
      spent: { rollouts: 2 },
    });
    for (const other of [null, record({ decided: true }, 2), record({}, 0)]) {
      const { requests, update } = await validate({ scores, state: { columns: [column], record: other } });
      expect(requests).toEqual([]);
      expect(update.columns).toEqual([column]);
    }
    const short = await validate({
      scores,
      settings: { budgetRollouts: 1 },
      state: { columns: [column], record: record({}, 2) },
    });
    expect(short.update.columns?.[0]?.values).toEqual([1, 0.25, 0, null]);
  });

  test("measures the incumbent again where a branch changed the number of validation tasks", async () => {
    const { update } = await validate({ scores: { start: half(6) } });
    const { asked } = await validate({
      scores: { start: half(6) },
      settings: { validation: 3 },
      state: { columns: update.columns! },
    });
    expect(asked(head)).toHaveLength(3);
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

  test("asks a candidate the incumbent's failures first, in waves, and stops when it cannot win any more", async () => {
    const { update, requests, asked } = await validate({
      scores: { start: half(20), same: half(20) },
      settings: { wave: 4 },
    });
    expect(requests.map(({ indices }) => indices.length)).toEqual([20, 4, 4, 4]);
    expect(
      asked(hashOf("same"))
        .slice(0, 10)
        .every((index) => index % 2 === 0),
    ).toBe(true);
    expect(update.candidate).toEqual(candidateOf("same"));
    expect(update.evidence).toMatchObject({ suite: "validation", against: "incumbent", order: "fails-first" });
    expect(update.evidence?.columns.candidate).toHaveLength(12);
    expect(update.evidence?.columns.task).toHaveLength(20);
    expect(update.evidence?.decidedAt).toBe(12);
    expect(update.columns).toHaveLength(1);
    expect(update.spent).toEqual({ rollouts: 32, tokens: 0 });
  });

  test("completes an accepted candidate, and keeps its column in the order of the validation tasks", async () => {
    const values = half(10).map((value, index) => (index === 4 ? 1 : value));
    const { update, before, asked } = await validate({
      scores: { start: half(10), better: values },
      settings: { wave: 3 },
    });
    const order = validationTasks(before.settings, 10);
    expect(strictAcceptance.decide(update.evidence!).accepted).toBe(true);
    expect(asked(hashOf("better"))).toHaveLength(10);
    expect(update.columns?.[1]).toEqual({ program: hashOf("better"), values: order.map((index) => values[index]) });
  });

  test("keeps no column of a candidate that was measured to the end and not accepted", async () => {
    const { update, asked } = await validate({ scores: { start: half(4), tied: [1, 0, 1, 0] } });
    expect(asked(hashOf("tied"))).toHaveLength(4);
    expect(update.columns?.map(({ program }) => program)).toEqual([head]);
  });

  test("measures the first candidate and asks no further ones", async () => {
    const { update, asked } = await validate({ scores: { start: half(6), better: ones(6), best: ones(6) } });
    expect(update.candidate).toEqual(candidateOf("better"));
    expect(asked(hashOf("best"))).toEqual([]);
  });

  test("does not ask a candidate the guard has blocked, and asks one it only warned of", async () => {
    const findings = [block("blocked"), { ...block("warned"), severity: "warn" as const }];
    const { update, asked } = await validate({
      scores: { start: half(4), blocked: ones(4), warned: ones(4) },
      state: { findings },
    });
    expect(asked(hashOf("blocked"))).toEqual([]);
    expect(update.candidate).toEqual(candidateOf("warned"));
  });

  test("measures nothing where the budget does not hold all of the incumbent's column", async () => {
    const { update, requests } = await validate({
      scores: { start: half(6), better: ones(6) },
      settings: { budgetRollouts: 10 },
      state: { spent: { rollouts: 5, simulations: 0, tokens: 0 } },
    });
    expect(requests).toEqual([]);
    expect(update).toEqual({ columns: [], candidate: null, evidence: null, spent: { rollouts: 0, tokens: 0 } });
  });

  test("leaves a candidate undecided where the budget ends in the middle", async () => {
    const { update } = await validate({
      scores: { start: half(6), better: ones(6) },
      settings: { budgetRollouts: 9, wave: 2 },
    });
    expect(update.evidence?.columns.candidate).toHaveLength(3);
    expect(strictAcceptance.decide(update.evidence!)).toMatchObject({
      accepted: false,
      decided: false,
      reason: "not enough evidence",
    });
    expect(update.spent).toEqual({ rollouts: 9, tokens: 0 });
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
    const { update } = await validate({
      scores: { start: half(10), better: ones(10) },
      settings: { wave: 2 },
      acceptance: eager,
    });
    expect(update.evidence?.decidedAt).toBe(4);
    expect(update.evidence?.columns.candidate).toHaveLength(10);
    expect(update.columns?.[1]?.program).toBe(hashOf("better"));
  });
});

const grade = fc.option(fc.constantFrom(0, 0.5, 1), { freq: 8 });
const worlds = fc.integer({ min: 1, max: 15 }).chain((size) => {
  const column = fc.array(grade, { minLength: size, maxLength: size });
  return fc.record({
    start: column,
    candidates: fc.array(column, { maxLength: 3 }),
    blocked: fc.array(fc.nat(2), { maxLength: 1 }),
    wave: fc.integer({ min: 1, max: 8 }),
    spent: fc.nat(20),
    left: fc.option(fc.nat(60)),
  });
});

test("the validator never overshoots the budget, asks nothing twice, counts what it asks, and decides as if it had asked all", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ start, candidates, blocked, wave, spent, left }) => {
      const named = Object.fromEntries(candidates.map((values, index) => [`candidate ${index}`, values]));
      const budgetRollouts = left === null ? null : Math.max(1, spent + left);
      const { update, requests, asked } = await validate({
        scores: { start, ...named },
        settings: { wave, budgetRollouts },
        state: {
          spent: { rollouts: spent, simulations: 0, tokens: 0 },
          findings: blocked.map((index) => block(`candidate ${index}`)),
        },
      });
      const counted = requests.reduce((sum, { indices }) => sum + indices.length, 0);
      expect(update.spent).toEqual({ rollouts: counted, tokens: 0 });
      if (budgetRollouts !== null) expect(spent + counted).toBeLessThanOrEqual(budgetRollouts);
      for (const program of new Set(requests.map((request) => request.program))) {
        expect(new Set(asked(program)).size).toBe(asked(program).length);
      }
      for (const { program, indices } of requests)
        if (program !== head) expect(indices.length).toBeLessThanOrEqual(wave);
      for (const index of blocked) expect(asked(hashOf(`candidate ${index}`))).toEqual([]);
      for (const { values } of update.columns ?? []) expect(values).toHaveLength(start.length);
      const accepted = update.evidence ? strictAcceptance.decide(update.evidence).accepted : false;
      const kept = update.columns?.map(({ program }) => program).filter((program) => program !== head);
      expect(kept).toEqual(accepted ? [update.candidate?.program] : []);
      if (budgetRollouts !== null) return;
      const first = candidates.findIndex((_, index) => !blocked.includes(index));
      const values = candidates[first] ?? [];
      const pairs = values.flatMap((value, task) => {
        const there = start[task] ?? null;
        return value === null || there === null ? [] : [value - there];
      });
      const isTold = start.length - pairs.length <= 0.2 * start.length;
      expect(accepted).toBe(first >= 0 && isTold && pairs.reduce((sum, gain) => sum + gain, 0) > 0);
      if (!accepted) return;
      expect(update.candidate).toEqual(candidateOf(`candidate ${first}`));
      const column = update.columns?.find(({ program }) => program === hashOf(`candidate ${first}`));
      expect(meanScore(column!.values)).toBeCloseTo(meanScore(values)!, 9);
    }),
    { numRuns: 150 },
  );
});
