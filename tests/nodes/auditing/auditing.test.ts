import { describe, expect, test } from "vitest";
import type { Values } from "../../../state/archive.ts";
import type { RunState } from "../../../state/channels.ts";
import { SettingsError } from "../../../state/errors.ts";
import { RolloutSet } from "../../../state/task.ts";
import { audited, order, payload, right, rolledBatch, size, trial, type Setting } from "../../support/gate/audited.ts";
import { recordOf } from "../../policies/records.ts";
import { candidateOf, hashOf, settingsOf, stateOf } from "../../support/nodes.ts";

const nothing: Values = Array.from({ length: size }, () => null);

describe("optimistic acceptance", () => {
  test("takes a candidate without a rollout until an audit is due", async () => {
    const { decision, audit, requests } = await audited({
      scores: { start: right(0), new: right(0) },
      candidates: ["new"],
      course: { interval: 4 },
    });
    expect([audit, requests]).toEqual([null, []]);
    expect(decision).toMatchObject({ head: hashOf("new"), keep: [hashOf("start"), hashOf("new")] });
  });

  test("turns down at no price what breaks more than it repairs on the replay", async () => {
    const worse = candidateOf("worse", { origin: { operator: "add", target: "", features: { fixes: 1, breaks: 2 } } });
    const { decision, requests } = await audited({ scores: { start: right(0) }, state: { candidates: [worse] } });
    expect(requests).toEqual([]);
    expect(decision).toMatchObject({ head: hashOf("start"), verdicts: [{ accepted: false }] });
  });

  test("audits each candidate where no interval was earned, on as few tasks as show it", async () => {
    const { decision, audit, spent } = await audited({
      scores: { start: right(0), new: right(24) },
      candidates: ["new"],
      course: { interval: 1 },
    });
    expect(audit).toMatchObject({ stands: hashOf("new"), isClear: true, counts: { asked: 5, fixed: 5 }, back: 0 });
    expect(decision).toMatchObject({ head: hashOf("new"), keep: [hashOf("new")] });
    expect(spent).toMatchObject({ rollouts: 10 });
  });

  test("counts the batch of the checked program beside the pairs, and that of another one not", async () => {
    const better = Array.from({ length: size }, (_, index) => (order.slice(0, 2).includes(index) ? 1 : 0));
    const setting = { scores: { start: right(0), new: better }, candidates: ["new"], course: { interval: 1 } };
    const asked = async (program: string, others: Partial<Setting> = {}) => {
      const rollouts = await rolledBatch(program, 40);
      return (await audited({ ...setting, ...others, state: { rollouts } })).audit;
    };
    expect(await asked("start")).toMatchObject({
      stands: hashOf("new"),
      isClear: true,
      counts: { asked: 5 },
      verdict: { reason: "better than the program checked last, counting its batch" },
    });
    expect(await asked("other")).toMatchObject({ isClear: false, counts: { asked: size } });
    const provisional = { scores: { ...setting.scores, a: right(0) }, since: ["a"] };
    expect(await asked("a", provisional)).toMatchObject({ isClear: false, counts: { asked: size } });
  });

  test("audits a candidate without a forecast at once, which then must show a gain", async () => {
    const setting = { candidates: ["new"], forecast: null };
    const better = await audited({ ...setting, scores: { start: right(0), new: right(24) } });
    expect(better.audit).toMatchObject({ stands: hashOf("new"), counts: { asked: 5 } });
    const even = await audited({ ...setting, scores: { start: right(12), new: right(12) } });
    expect(even.decision).toMatchObject({ head: hashOf("start"), verdicts: [{ accepted: false, decided: true }] });
  });

  test("asks up to as many as the batches since the last audit where forecasts are of few tasks, else a tenth", async () => {
    const even = { scores: { start: right(12), new: right(12) }, candidates: ["new"] };
    const course = { interval: 2, waited: 1, promised: 0.1, kept: 0.1 };
    const asked = async (replay: number) =>
      (await audited({ ...even, course, settings: { replay } })).audit?.counts.asked;
    expect([await asked(40), await asked(400)]).toEqual([order.length, 10]);
  });

  describe("where the analyst takes many tokens", () => {
    /** A batch of 4 rollouts of 10 tokens each, and so many tokens of the analyst, after other generations. */
    const costs = async (analyst: number): Promise<Partial<RunState>> => {
      const set = await payload.json(await rolledBatch("start", 4), RolloutSet);
      const rollouts = await payload.putJson({ ...set, tokens: 40 });
      const before = recordOf({ spent: { rollouts: 96, simulations: 0, tokens: 960 } });
      const { outcomes: _, acceptedEdits: __, candidates: ___, ...record } = before;
      return {
        rollouts,
        record: { entry: await payload.putJson(record), generation: 4, headScore: null },
        spent: { rollouts: 100, simulations: 0, tokens: 1_000 + analyst },
      };
    };

    test("audits ask more, as what they save is worth more", async () => {
      const even = { scores: { start: right(12), new: right(12) }, candidates: ["new"], settings: { batch: 4 } };
      const course = { interval: 4, waited: 3, promised: 0.1, kept: 0.1 };
      const asked = async (analyst: number) =>
        (await audited({ ...even, course, state: await costs(analyst) })).audit?.counts.asked;
      expect([await asked(0), await asked(40), await asked(400)]).toEqual([10, 16, size]);
    });

    test("a stretch is halved that would not be worth it by its rollouts alone", async () => {
      const stretch = {
        scores: { start: right(16), good: right(24), bad: right(0), worse: right(0) },
        since: ["good", "bad"],
        candidates: ["worse"],
        course: { interval: 2, waited: 1 },
        settings: { batch: 1 },
      };
      const standsAt = async (analyst: number) =>
        (await audited({ ...stretch, state: await costs(analyst) })).audit?.stands;
      expect([await standsAt(0), await standsAt(400)]).toEqual([hashOf("start"), hashOf("good")]);
    });
  });

  test("goes on in the order of the tasks, and starts again at its end", async () => {
    const { requests } = await audited({
      scores: { start: right(0), new: right(24) },
      candidates: ["new"],
      course: { interval: 1, asked: 22 },
    });
    expect(requests[0]!.indices).toEqual([...order.slice(22), ...order.slice(0, 3)]);
  });

  test("goes back to the program checked last, and hands over what it undid", async () => {
    const { decision, audit } = await audited({
      scores: { start: right(24), a: right(0), b: right(0), new: right(0) },
      since: ["a", "b"],
      candidates: ["new"],
      course: { interval: 2, waited: 1 },
      settings: { batch: 1 },
    });
    expect(audit).toMatchObject({ stands: hashOf("start"), back: 2, undone: [hashOf("a-edits"), hashOf("b-edits")] });
    expect(decision).toMatchObject({ head: hashOf("start"), keep: [hashOf("start")], verdicts: [{ accepted: false }] });
  });

  test("finds the good half of a stretch where that is worth its price", async () => {
    const { decision, audit, spent } = await audited({
      scores: { start: right(16), good: right(24), bad: right(0), worse: right(0) },
      since: ["good", "bad"],
      candidates: ["worse"],
      course: { interval: 2, waited: 1 },
    });
    expect(audit).toMatchObject({ stands: hashOf("good"), back: 1, undone: [hashOf("bad-edits")] });
    expect(decision).toMatchObject({ head: hashOf("good"), keep: [hashOf("good")] });
    // Both ends of the stretch, and two heads in between.
    expect(spent).toMatchObject({ rollouts: 4 * audit!.counts.asked });
  });

  test("stays provisional where an audit is open, and must end where nothing was earned, with a forecast that is trusted for a gain", async () => {
    const even = { scores: { start: right(12), a: right(12), new: right(12) }, since: ["a"], candidates: ["new"] };
    const doubted = { promised: 0.4, kept: 0.05 };
    const open = await audited({ ...even, course: { interval: 2, waited: 1, sample: 10, ...doubted } });
    expect(open.audit).toMatchObject({ stands: null, verdict: { inconclusive: "keep" }, counts: { asked: 10 } });
    expect(open.decision.keep).toEqual(["start", "a", "new"].map(hashOf));
    expect((await audited({ ...even, course: { interval: 1, ...doubted } })).decision).toMatchObject({
      head: hashOf("start"),
    });
    const trusted = { interval: 1, promised: 0.1, kept: 0.1 };
    expect((await audited({ ...even, course: trusted })).audit).toMatchObject({ stands: hashOf("new") });
    // Forecasts of forty tasks, however well they were kept.
    const short = { ...trusted, interval: 2, waited: 1, sample: 10 };
    expect((await audited({ ...even, settings: { replay: 40 }, course: short })).audit).toMatchObject({ stands: null });
  });

  test("audits a provisional head in a generation without a candidate once it is due, and can leave it open", async () => {
    const setting = { scores: { start: right(12), a: right(20) }, since: ["a"] };
    const early = await audited({ ...setting, course: { interval: 4, waited: 2 } });
    expect([early.audit, early.requests]).toEqual([null, []]);
    const due = await audited({ ...setting, course: { interval: 4, waited: 3 } });
    expect(due.audit).toMatchObject({ program: hashOf("a"), stands: hashOf("a"), back: 0 });
    expect(due.decision).toMatchObject({ head: hashOf("a"), keep: [hashOf("a")] });
    const even = { scores: { start: right(12), a: right(12) }, since: ["a"] };
    const doubted = { promised: 0.4, kept: 0.05 };
    const open = await audited({ ...even, course: { interval: 4, waited: 3, sample: 10, ...doubted } });
    expect(open.audit).toMatchObject({ stands: null });
    expect(open.decision.keep).toEqual(["start", "a"].map(hashOf));
    expect((await audited({ scores: {}, course: { interval: 1, waited: 0 } })).requests).toEqual([]);
  });

  describe.each([
    ["without forecasts", { isSilent: true }],
    ["where forecasts were worth nothing", { promised: 0.4, kept: -0.2 }],
  ])("%s", (_, doubts) => {
    const course = { interval: 8, ...doubts };

    test("compares a candidate with the checked head as strict does, on all tasks", async () => {
      const better = { start: right(6), new: right(7) };
      const { decision, audit, spent } = await audited({ scores: better, candidates: ["new"], course });
      expect(audit).toBeNull();
      expect(decision).toMatchObject({
        head: hashOf("new"),
        keep: [hashOf("new")],
        verdicts: [{ reason: "improved" }],
      });
      expect(spent).toMatchObject({ rollouts: 2 * order.length });
      const even = await audited({ scores: { ...better, new: right(6) }, candidates: ["new"], course });
      expect(even.decision).toMatchObject({ head: hashOf("start"), verdicts: [{ accepted: false }] });
    });

    test("asks no more than its cost says, however many candidates there are", async () => {
      const candidates = [..."abcdefgh"].map((name) => `new-${name}`);
      const scores = { start: right(0), ...Object.fromEntries(candidates.map((name) => [name, right(24)])) };
      const settings = { candidates: candidates.length };
      const { spent } = await audited({ scores, candidates, course, settings });
      const { most } = trial.cost({ settings: settingsOf(settings), batch: 40, validation: size });
      expect(spent).toMatchObject({ rollouts: most });
    });

    test("audits at once what was taken before", async () => {
      const scores = { start: right(0), a: right(24), new: right(24) };
      const { decision, audit } = await audited({ scores, since: ["a"], candidates: ["new"], course });
      expect(audit).toMatchObject({ program: hashOf("new"), stands: hashOf("new") });
      expect(decision).toMatchObject({ keep: [hashOf("new")] });
    });
  });

  test("leaves the budget what the last audit needs, and does without one where it does not hold both", async () => {
    const setting = { scores: { start: right(0), new: right(24) }, candidates: ["new"], course: { interval: 1 } };
    expect((await audited({ ...setting, settings: { budgetRollouts: 49 } })).audit).toBeNull();
    expect((await audited({ ...setting, settings: { budgetRollouts: 50 } })).audit).not.toBeNull();
  });

  describe("at the end of a run", () => {
    const closing = { closing: "budget" };
    const course = { interval: 8 };

    test("audits the head, however short the stretch", async () => {
      const { decision, audit } = await audited({
        scores: { start: right(0), a: right(24) },
        since: ["a"],
        course,
        state: closing,
      });
      expect(audit).toMatchObject({ program: hashOf("a"), stands: hashOf("a") });
      expect(decision).toMatchObject({ head: hashOf("a"), keep: [hashOf("a")] });
    });

    test.each([
      ["there is nothing left to spend", right(24), { budgetRollouts: 1 }],
      ["results are missing", nothing, {}],
    ])("goes back to the program checked last where %s", async (_, a, settings) => {
      const scores = { start: right(0), a };
      const { decision, audit } = await audited({ scores, since: ["a"], course, settings, state: closing });
      expect(audit).toMatchObject({ stands: hashOf("start"), verdict: { decided: false }, undone: [] });
      expect(decision).toMatchObject({ head: hashOf("start") });
    });
  });

  test("refuses to run without validation tasks", async () => {
    const none = { suites: stateOf().suites };
    await expect(audited({ scores: {}, state: none })).rejects.toThrow(SettingsError);
  });
});
