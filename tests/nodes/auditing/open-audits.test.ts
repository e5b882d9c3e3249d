import { describe, expect, test } from "vitest";
import { measuredUnder } from "../../../policies/audits/course.ts";
import type { Values } from "../../../state/archive.ts";
import { AuditedProgram, Evidence } from "../../../state/evidence.ts";
import { audited, order, payload, right, size, type Setting } from "../../support/gate/audited.ts";
import { hashOf, settingsOf } from "../../support/nodes.ts";

describe("an audit that stays open", () => {
  const doubted = { promised: 0.4, kept: 0.05 };
  const course = { interval: 4, waited: 3, ...doubted };
  /** Another value on a task that only the second part asks. */
  const changed = (from: number) => {
    const at = order.slice(10).find((task) => right(12)[task] === from);
    return right(12).map((value, task) => (task === at ? 1 - from : value));
  };
  /** The one that is open, and what comes of it when the head is due again. */
  async function twice(a: Values, setting: Partial<Setting> = {}) {
    const scores = { start: right(12), a };
    const first = await audited({ scores, since: ["a"], course: { ...course, sample: 10 } });
    const { evidence, added } = first.audit!;
    const open = { program: hashOf("a"), evidence, under: measuredUnder(settingsOf()) };
    const then = { ...course, asked: added, sample: 80, open };
    return { first, second: await audited({ scores, since: ["a"], course: then, ...setting }) };
  }

  test("goes on with the tasks that it has not asked, and decides by all", async () => {
    const { first, second } = await twice(right(12));
    expect(first.audit).toMatchObject({ stands: null, counts: { asked: 10 } });
    expect(second.requests[0]!.indices).toEqual(order.slice(10, 15));
    expect(second.spent).toMatchObject({ rollouts: 2 * 14 });
    expect(first.audit).toMatchObject({ added: 10 });
    expect(second.audit).toMatchObject({ counts: { asked: size }, added: 14, means: { checked: 0.5, program: 0.5 } });
    const { columns, decidedAt, means } = await payload.json(second.audit!.evidence, Evidence);
    expect([columns.task, decidedAt]).toEqual([order, size]);
    expect(means.other).toEqual({ score: 0.5 });
    const rolled = await payload.json(second.audit!.rolled, AuditedProgram.array());
    expect(rolled.map(({ tasks }) => tasks)).toEqual([order.slice(10), order.slice(10)]);
  });

  test("ends once it has asked all: with any gain it passes, else it fails", async () => {
    expect((await twice(changed(0))).second.audit).toMatchObject({
      stands: hashOf("a"),
      verdict: { delta: 1 / size },
    });
    expect((await twice(right(12))).second.audit).toMatchObject({ stands: hashOf("start"), back: 1 });
    expect((await twice(changed(1))).second.audit).toMatchObject({ stands: hashOf("start"), back: 1 });
  });

  test("counts for the head that it was about alone", async () => {
    const scores = { start: right(12), a: right(12), b: right(12) };
    const { second } = await twice(right(12), { scores, since: ["a", "b"] });
    expect(second.audit).toMatchObject({ program: hashOf("b"), counts: { asked: size } });
    // Both, and the head between them.
    expect(second.spent).toMatchObject({ rollouts: 3 * size });
  });

  test("asks no task again where the validation tasks in use have grown since", async () => {
    const scores = { start: right(12), a: right(12) };
    const few = { ...course, asked: 4, sample: 10 };
    const first = await audited({ scores, since: ["a"], course: few, settings: { validation: 12 } });
    const { evidence } = first.audit!;
    expect((await payload.json(evidence, Evidence)).columns.task).toEqual([
      ...order.slice(4, 12),
      ...order.slice(0, 2),
    ]);
    const then = {
      ...course,
      asked: 14,
      sample: 80,
      open: { program: hashOf("a"), evidence, under: measuredUnder(settingsOf()) },
    };
    const second = await audited({ scores, since: ["a"], course: then });
    const { columns } = await payload.json(second.audit!.evidence, Evidence);
    expect(columns.task.slice(10)).toEqual([...order.slice(14), ...order.slice(2, 4), ...order.slice(12, 14)]);
  });

  test("goes on with the samples of its tasks, and begins anew where these are another number", async () => {
    const samples = async (before: number, now: number) => {
      const settings = (count: number) => ({ settings: { samples: count } });
      const scores = { start: right(12), a: right(12) };
      const first = await audited({ scores, since: ["a"], course: { ...course, sample: 10 }, ...settings(before) });
      const open = {
        program: hashOf("a"),
        evidence: first.audit!.evidence,
        under: measuredUnder(settingsOf({ samples: before })),
      };
      const then = { ...course, asked: 10, sample: 80, open };
      const { audit, spent } = await audited({ scores, since: ["a"], course: then, ...settings(now) });
      const { columns } = await payload.json(audit!.evidence, Evidence);
      return { asked: columns.samples?.map((values) => values.length), spent };
    };
    expect(await samples(2, 2)).toMatchObject({ asked: [size, size], spent: { rollouts: 4 * 14 } });
    expect(await samples(1, 2)).toMatchObject({ asked: [size, size], spent: { rollouts: 4 * size } });
    expect(await samples(2, 1)).toMatchObject({ asked: undefined, spent: { rollouts: 2 * size } });
  });

  /** Pairs of so many tasks that are all tied. */
  const even = (tasks: number) => {
    const task = order.slice(0, tasks);
    return { task, candidate: task.map((at) => right(12)[at]!), other: task.map((at) => right(12)[at]!) };
  };
  /** The second part, after a first one with these pairs, and tasks that were asked before it. */
  async function after(columns: Partial<Evidence["columns"]>, { scores, ...setting }: Partial<Setting> = {}) {
    const pairs = even(10);
    const { first } = await twice(right(12));
    const whole = await payload.json(first.audit!.evidence, Evidence);
    const evidence = await payload.putJson({ ...whole, columns: { ...pairs, ...columns } });
    const open = { program: hashOf("a"), evidence, under: measuredUnder(settingsOf(setting.settings)) };
    const then = { ...course, asked: 10, sample: 80, open, ...setting.course };
    const { audit, ...found } = await audited({
      since: ["a"],
      ...setting,
      scores: { start: right(12), a: right(12), ...scores },
      course: then,
    });
    return { ...found, audit, columns: (await payload.json(audit!.evidence, Evidence)).columns };
  }

  test("asks again what had no result, and what the budget had cut", async () => {
    const candidate = order.slice(0, 8).map((at, row) => (row === 3 ? null : right(12)[at]!));
    const { audit, columns, spent } = await after({ candidate });
    expect(audit!.counts).toMatchObject({ asked: size, missing: 0, fixed: 0, broken: 0 });
    expect(columns.task.slice(0, 7)).toEqual([...order.slice(0, 3), ...order.slice(4, 8)]);
    expect(new Set(columns.task).size).toBe(size);
    expect(spent).toMatchObject({ rollouts: 2 * (size - 7) });
  });

  test("counts pairs of the tasks in use alone", async () => {
    const { audit, columns } = await after({}, { settings: { validation: 8 }, course: { sample: 8 } });
    expect(columns.task).toEqual(order.slice(0, 8));
    expect(audit).toMatchObject({ stands: hashOf("start"), verdict: { decided: true } });
  });

  test("asks as many as the next audit may, of those that are left", async () => {
    const { columns, requests } = await after({}, { course: { asked: 22, sample: 10, waited: 1, interval: 2 } });
    expect(columns.task).toHaveLength(20);
    expect(requests[0]!.indices).toEqual([...order.slice(22), ...order.slice(10, 13)]);
  });

  test("looks at a head within a stretch that fails on all its tasks", async () => {
    const good = { scores: { good: right(24) }, since: ["good", "a"] };
    const { audit, decision, spent } = await after(even(22), good);
    expect(audit).toMatchObject({ stands: hashOf("good"), back: 1, undone: [hashOf("a-edits")] });
    expect(decision).toMatchObject({ head: hashOf("good") });
    // The two tasks that were left for both, and all for the head in between.
    expect(spent).toMatchObject({ rollouts: 2 * 2 + size });
    const rolled = await payload.json(audit!.rolled, AuditedProgram.array());
    expect(rolled.map(({ program, tasks }) => [program, tasks.length])).toEqual([
      [hashOf("start"), 2],
      [hashOf("a"), 2],
      [hashOf("good"), size],
    ]);
  });

  test("ends on all tasks where forecasts are trusted, too", async () => {
    const trusted = { promised: 0.1, kept: 0.1 };
    const worse = right(12).map((value, task) => (task === order[22] ? 0 : task === order[23] ? 0 : value));
    const { audit } = await after(even(20), { scores: { start: right(24), a: worse }, course: trusted });
    expect(audit).toMatchObject({ stands: hashOf("start"), counts: { asked: size }, verdict: { decided: true } });
  });

  test("is decided by the pairs that there are where a run ends and holds no more", async () => {
    const { task, candidate } = even(10);
    const values = (gain: number) => candidate.map((value, row) => Math.min(1, value + (row < 5 ? gain : 0)));
    const ended = { generation: 5, closing: "budget" as const };
    const spent = { rollouts: 40, tokens: 0, simulations: 0 };
    const end = (gain: number) =>
      after({ task, candidate: values(gain) }, { settings: { budgetRollouts: 40 }, state: { ...ended, spent } });
    expect((await end(1)).audit).toMatchObject({ stands: hashOf("a"), counts: { asked: 10 } });
    expect((await end(0)).audit).toMatchObject({ stands: hashOf("start"), counts: { asked: 10 } });
    expect((await end(0)).requests).toEqual([]);
  });
});
