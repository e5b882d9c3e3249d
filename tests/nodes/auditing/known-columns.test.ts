import { describe, expect, test } from "vitest";
import { Column, memberOf, newMember, type Values } from "../../../state/archive.ts";
import type { Hash } from "../../../state/json.ts";
import { audited, order, payload, right, size, type Setting } from "../../support/gate/audited.ts";
import { hashOf } from "../../support/nodes.ts";

const start = hashOf("start");
const failing: Setting = { scores: { start: right(12), new: right(12) }, candidates: ["new"], forecast: null };

async function scoresOf(column: Hash | null | undefined): Promise<Values | null> {
  return column == null ? null : (await payload.json(column, Column)).score!;
}

/** The column of the checked program after a generation, or null. */
async function columnAfter(setting: Setting): Promise<Values | null> {
  return scoresOf(memberOf((await audited(setting)).columns, start)?.column);
}

const scoresIn = (tasks: readonly number[]) => tasks.map((task) => right(12)[task]!);

describe("what an audit asked the checked program", () => {
  test("is its column, as far as it is the first validation tasks in use and has results", async () => {
    const course = { sample: 10 };
    expect(await columnAfter({ ...failing, course })).toEqual(scoresIn(order.slice(0, 10)));
    const gap = right(12).map((value, task) => (task === order[4] ? null : value));
    const lacking = { ...failing, scores: { ...failing.scores, start: gap }, settings: { maxMissing: 0.5 }, course };
    expect(await columnAfter(lacking)).toEqual(scoresIn(order.slice(0, 4)));
    expect(await columnAfter({ ...failing, course: { ...course, asked: 10 } })).toBe(null);
  });

  test("and the candidate, if it passes, is the beginning of its column", async () => {
    const better = { ...failing, scores: { start: right(0), new: right(24) } };
    const passed = await audited(better);
    expect(passed.audit?.stands).toBe(hashOf("new"));
    expect(await scoresOf(passed.measured[0]!.column)).toEqual(order.slice(0, 5).map(() => 1));
    expect((await audited({ ...better, course: { asked: 5 } })).measured[0]!.column).toBe(null);
    expect((await audited(failing)).measured[0]!.column).toBe(null);
  });

  test("is not asked again by the next audit's column or by a comparison with the head", async () => {
    const first = await audited({ ...failing, course: { sample: 10 } });
    const known = memberOf(first.columns, start)!;
    const archive = await payload.putJson([{ ...newMember(start), ...known }]);
    const longer = { ...failing, course: { sample: 10, asked: 10 }, state: { archive } };
    expect(await columnAfter(longer)).toEqual(scoresIn(order.slice(0, 20)));
    const compared = await audited({ ...failing, course: { isSilent: true }, state: { archive } });
    const asked = compared.requests.filter(({ program }) => program === start).flatMap(({ indices }) => [...indices]);
    expect(asked).toEqual(order.slice(10));
    expect(memberOf(compared.columns, start)?.means).toEqual({ score: 12 / size });
  });
});
