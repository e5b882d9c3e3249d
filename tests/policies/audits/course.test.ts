import { describe, expect, test } from "vitest";
import {
  Course,
  isDoubted,
  isTrusted,
  learnCourse,
  mostSince,
  openAudit,
  promiseOf,
  startOfCourse,
  trustIn,
} from "../../../policies/audits/course.ts";
import type { GenerationRecord } from "../../../state/evidence.ts";
import { auditOf, candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf({ batch: 10, replay: 100 });
const forecast = (fixes: number, breaks = 0) => ({ operator: "add", target: "", features: { fixes, breaks } });

const lost = { verdict: { accepted: false, decided: true, reason: "", delta: -0.2 }, stands: hashOf("start") };
const open = { verdict: { accepted: false, decided: false, reason: "", delta: -0.01 }, stands: null, isClear: false };

/** A generation whose candidate was taken, or dropped. */
function generation(name: string, changes: Partial<GenerationRecord> & { fixes?: number }) {
  const { fixes = 1, ...others } = changes;
  const isTaken = others.standing !== "rolled back";
  return recordOf({
    generation: 10,
    candidate: candidateOf(name, { origin: forecast(fixes) }),
    head: isTaken ? hashOf(name) : hashOf("start"),
    verdict: { accepted: isTaken, decided: true, reason: "", delta: 0 },
    ...others,
  });
}
const learn = (records: GenerationRecord[], from = startOfCourse) =>
  records.reduce((course, record) => learnCourse(course, record, settings), from);
const passes = (name: string) => generation(name, { standing: "checked", audit: auditOf({ program: hashOf(name) }) });

describe("the course of audits", () => {
  test("begins with the first candidate, and makes the interval four times as long while they clearly pass, up to the longest stretch", () => {
    expect(startOfCourse.interval).toBe(1);
    expect(learn([passes("a"), passes("b")])).toMatchObject({ interval: 16, asked: 20, since: [] });
    expect(learn(Array.from({ length: 9 }, (_, at) => passes(`${at}`))).interval).toBe(mostSince);
  });

  test("quarters it where one fails, and halves it where one is open at a loss, which asks more the next time", () => {
    const from = { ...startOfCourse, interval: 8 };
    const failed = generation("a", { standing: "rolled back", audit: auditOf({ program: hashOf("a"), ...lost }) });
    expect(learn([failed], from)).toMatchObject({ interval: 2, waited: 0, since: [] });
    const kept = generation("a", { standing: "provisional", audit: auditOf({ program: hashOf("a"), ...open }) });
    expect(learn([kept], from)).toMatchObject({ interval: 4, sample: 2 * startOfCourse.sample, waited: 0 });
    expect(learn([kept], from).since).toHaveLength(1);
    const even = { ...open, verdict: { ...open.verdict, delta: 0 } };
    const tied = generation("a", { standing: "provisional", audit: auditOf({ program: hashOf("a"), ...even }) });
    expect(learn([tied], from).interval).toBe(8);
  });

  describe("an audit that stayed open", () => {
    const kept = { ...open, verdict: { ...open.verdict, inconclusive: "keep" as const } };
    const first = auditOf({ program: hashOf("a"), ...kept });
    const course = learn([generation("a", { standing: "provisional", audit: first })], {
      ...startOfCourse,
      interval: 8,
    });
    const idle = { generation: 11, candidate: null, head: hashOf("a") };
    const again = (changes: Partial<GenerationRecord>) => learn([recordOf({ ...idle, ...changes })], course);
    // Of 30 pairs, 10 of which are those of the first.
    const more = { counts: { ...first.counts, asked: 30 }, added: 20 };

    test("is remembered while the head is provisional, and its tasks count once", () => {
      expect(course).toMatchObject({
        asked: 10,
        open: { program: hashOf("a"), evidence: first.evidence },
      });
      expect(again({ standing: "provisional" }).open).toEqual(course.open);
      const audit = auditOf({ program: hashOf("a"), evidence: hashOf("more"), ...more });
      expect(again({ standing: "checked", audit })).toMatchObject({ asked: 30, open: null });
      expect(again({ standing: "provisional", audit: { ...audit, ...kept } }).open).toMatchObject({
        evidence: hashOf("more"),
      });
      const other = generation("b", { standing: "checked", audit: auditOf({ program: hashOf("b") }) });
      expect(learn([other], course)).toMatchObject({ asked: 20, open: null });
      expect(again({ head: hashOf("b"), standing: "checked" }).open).toBeNull();
    });

    test("is remembered where one after it had too few results, or was of a candidate that a person turned down", () => {
      const missing = auditOf({ program: hashOf("a"), ...open });
      expect(again({ standing: "provisional", audit: missing }).open).toEqual(course.open);
      expect(learn([generation("a", { standing: "provisional", audit: missing })]).open).toBeNull();
      const candidate = candidateOf("b", { origin: forecast(1) });
      const audit = auditOf({ program: hashOf("b") });
      expect(again({ candidate, standing: "provisional", audit }).open).toEqual(course.open);
      expect(again({ candidate, standing: "provisional", audit: { ...audit, ...kept } }).open).toEqual(course.open);
    });

    test("says nothing of answers that a branch gets in another way", () => {
      expect(openAudit(course, settings)).toEqual(course.open);
      for (const changes of [{ samples: 2 }, { visibility: "retrieved" as const }, { recipe: "gepa" }, { seed: 2 }]) {
        expect(openAudit(course, { ...settings, ...changes })).toBeNull();
      }
    });
  });

  test("remembers the heads since the last check, with what they promised, at most so many", () => {
    const course = learn([
      passes("a"),
      ...Array.from({ length: 40 }, (_, at) => generation(`b${at}`, { standing: "provisional" })),
    ]);
    expect(course).toMatchObject({ waited: 40 });
    expect(course.since).toHaveLength(mostSince);
    expect(course.since[0]).toMatchObject({ edits: hashOf("b8-edits"), promised: 0.01 });
    const under = hashOf("settings");
    const most = { ...course, open: { program: hashOf("a"), evidence: hashOf("b"), under } };
    expect(Buffer.byteLength(JSON.stringify(Course.parse(most)))).toBeLessThan(8_000);
  });

  test("counts generations while a head is provisional, with a candidate or without", () => {
    const taken = generation("a", { standing: "provisional" });
    const idle = recordOf({ generation: 11, candidate: null, head: hashOf("a"), standing: "provisional" });
    const course = learn([taken, idle, idle]);
    expect(course).toMatchObject({ waited: 3, since: [{ program: hashOf("a") }] });
    const compared = generation("b", { standing: "checked" });
    expect(learn([compared], course)).toMatchObject({ waited: 0, since: [] });
    expect(learn([{ ...idle, standing: "checked" }]).waited).toBe(0);
  });

  test("trusts forecasts by what came of them", () => {
    expect(trustIn(startOfCourse)).toBe(1);
    const kept = generation("a", { fixes: 10, standing: "checked", audit: auditOf({ program: hashOf("a") }) });
    expect(trustIn(learn([kept]))).toBe(1);
    const broken = generation("a", {
      fixes: 30,
      standing: "rolled back",
      audit: auditOf({ program: hashOf("a"), ...lost }),
    });
    expect(trustIn(learn([broken]))).toBe(0);
    expect(trustIn(learn([broken, kept, kept, kept]))).toBeGreaterThan(0.4);
  });

  test("trusts forecasts of a hundred tasks or more that kept half of what they promised", () => {
    const [kept, broken] = [
      { promised: 0.4, kept: 0.2 },
      { promised: 0.4, kept: 0.1 },
    ];
    expect([99, 100, 2000].map((window) => isTrusted(kept, window))).toEqual([false, true, true]);
    expect([99, 100, 2000].map((window) => isTrusted(broken, window))).toEqual([false, false, false]);
    expect(isTrusted(startOfCourse, 2000)).toBe(false);
  });

  test("doubts forecasts below a quarter of what they promised, and below half where fewer than a hundred tasks are ever replayed", () => {
    const of = (kept: number) =>
      [99, 100].map((replay) => isDoubted({ promised: 0.4, kept, isSilent: false }, { replay }));
    expect([of(0.2), of(0.1), of(0)]).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(isDoubted(startOfCourse, { replay: 40 })).toBe(false);
  });

  test("doubts a proposer without forecasts, and one whose forecasts come to nothing, until they are kept again", () => {
    const doubted = (course: Course) => isDoubted(course, { replay: 400 });
    const silent = recordOf({ generation: 10, candidate: candidateOf("a") });
    expect([startOfCourse, learn([silent]), learn([silent, recordOf({ candidate: null })])].map(doubted)).toEqual([
      false,
      true,
      true,
    ]);
    const broken = generation("b", {
      fixes: 30,
      standing: "rolled back",
      audit: auditOf({ program: hashOf("b"), ...lost }),
    });
    const compared = generation("c", {
      fixes: 10,
      standing: "checked",
      evidence: auditOf({}).counts,
      verdict: { accepted: true, decided: true, reason: "", delta: 0.2 },
    });
    expect([learn([broken]), learn([broken, compared, compared])].map(doubted)).toEqual([true, false]);
    // What had no forecast keeps none.
    const unforeseen = { ...compared, candidate: candidateOf("c") };
    expect(learn([broken, unforeseen, unforeseen])).toMatchObject({ kept: learn([broken]).kept });
    // Compared where nothing was doubted: by something else, which says nothing of forecasts.
    expect(learn([compared])).toMatchObject({ promised: 0, kept: 0 });
  });

  test("grows without a bound only where half of the promised was kept", () => {
    const unclear = (fixes: number) =>
      generation("a", { fixes, standing: "checked", audit: auditOf({ program: hashOf("a"), isClear: false }) });
    expect(learn([unclear(10)]).interval).toBe(2);
    expect(learn([unclear(50)]).interval).toBe(1);
  });

  test.each([
    [{ fixes: 3, breaks: 1 }, 0.02],
    [{ fixes: 1000, breaks: 0 }, 1],
    [{ fixes: 0, breaks: 1000 }, -1],
    [{ fixes: Number.NaN, breaks: 0 }, null],
    [{ fixes: Infinity, breaks: 0 }, null],
    [{ fixes: "many", breaks: 0 }, null],
    [{}, null],
  ])("reads a promise from %o", (features, promised) => {
    expect(promiseOf({ origin: { operator: "", target: "", features } }, 100)).toBe(promised);
  });
});
