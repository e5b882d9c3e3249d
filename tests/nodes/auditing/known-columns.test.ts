import { describe, expect, test } from "vitest";
import { memberOf, newMember, type Values } from "../../../state/archive.ts";
import { Column } from "../../../state/archive.ts";
import { audited, order, payload, right, size, type Setting } from "../../support/gate/audited.ts";
import { hashOf } from "../../support/nodes.ts";

const start = hashOf("start");
const failing: Setting = { scores: { start: right(12), new: right(12) }, candidates: ["new"], forecast: null };

/** The column of the checked program after a generation, or null. */
async function columnAfter(setting: Setting): Promise<Values | null> {
  const known = memberOf((await audited(setting)).columns, start);
  return known?.column == null ? null : (await payload.json(known.column, Column)).score!;
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
