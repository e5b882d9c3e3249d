import { expect, test } from "vitest";
import { composedDrafting } from "../../../policies/composition/composed-drafting.ts";
import { Mined, nothingMined } from "../../../policies/composition/mining.ts";
import type { Deficiency } from "../../../state/study.ts";
import type { Verdict } from "../../../state/evidence.ts";
import { candidateOf, recordOf, settingsOf } from "../records.ts";

const about = { category: "missing_rule", defect: "missing" } as const;
const drafting = composedDrafting({ plans: 2, explore: 0.5 });
const settings = settingsOf({ candidates: 3 });
const verdictOf = (changes: Partial<Verdict>): Verdict => {
  return { accepted: false, decided: true, reason: "", delta: 0, ...changes };
};
const madeBy = (operator: string, own: object = { about }) =>
  candidateOf(operator, { origin: { operator, target: "", features: { operators: [`${operator} r1`], ...own } } });
const deficiencies = [{ ...about, tasks: ["t1"], plan: "", skill: "mail", file: "SKILL.md" }] as never as Deficiency[];

const counts = { asked: 4, planned: 10, fixed: 2, broken: 1, missing: 0 };

/** What is known after one generation with a candidate and another one. */
function after(
  verdict: Partial<Verdict>,
  {
    score = null,
    other = null,
    evidence = counts,
  }: { score?: number | null; other?: Verdict | null; evidence?: null | typeof counts } = {},
) {
  const others = other === null ? [] : [{ candidate: madeBy("extend"), verdict: other, score: null }];
  const record = recordOf({
    candidate: madeBy("add"),
    verdict: verdictOf(verdict),
    candidateScore: score,
    others,
    evidence,
  });
  return Mined.parse(drafting.memory!.learn(nothingMined, record, settings));
}
const countsOf = ({ operators }: Mined) =>
  operators.map(({ name, tried: [first] }) => [name, first!.worked, first!.failed]);

test("mines every candidate that something was decided on; one that may have been better and was turned down shows nothing", () => {
  expect(countsOf(after({ accepted: true }))).toEqual([["add", 1, 0]]);
  expect(countsOf(after({ accepted: true }, { score: 0.25 }))).toEqual([["add", 0, 1]]);
  expect(countsOf(after({}, { score: 0.75 }))).toEqual([["add", 1, 0]]);
  expect(countsOf(after({ delta: -0.1 }))).toEqual([["add", 0, 1]]);
  expect(countsOf(after({ delta: 0.1 }))).toEqual([]);
  expect(countsOf(after({ decided: false, delta: -0.1 }))).toEqual([]);
  // Taken without a rollout.
  expect(countsOf(after({ accepted: true }, { evidence: null }))).toEqual([]);
  expect(countsOf(after({ accepted: true }, { other: verdictOf({}) }))).toEqual([
    ["add", 1, 0],
    ["extend", 0, 1],
  ]);
});

test("a candidate that was not composed, as those before a branch, is no pair", () => {
  const record = recordOf({ candidate: madeBy("merge", {}), verdict: verdictOf({ accepted: true }) });
  expect(drafting.memory!.learn(nothingMined, record, settings)).toEqual(nothingMined);
});

test("plans what is known, with an open plan where that is too little, and in a share of the generations", () => {
  const planOf = (memory: Mined, drawn = 0.9) =>
    drafting.decide({ batch: [], settings, deficiencies }, memory, () => drawn);
  const open = { operators: [], known: [], otherThan: [] };
  expect(planOf(nothingMined)).toEqual({ kind: "composed", parts: [open], drafts: 3, meta: [] });
  const one = after({ accepted: true });
  expect(planOf(one)).toMatchObject({
    parts: [
      { operators: ["add"], known: one.operators },
      { ...open, otherThan: ["add"] },
    ],
  });
  const two = after({ accepted: true }, { other: verdictOf({ accepted: true }) });
  expect(planOf(two)).toMatchObject({ parts: [{ operators: ["add"] }, { operators: ["extend"] }] });
  expect(planOf(two, 0.1)).toMatchObject({ parts: [{ operators: ["add"] }, { ...open, otherThan: ["add"] }] });
  expect(drafting.describe!(one).rows).toEqual([["add", "missing_rule (missing)", "use", 1, 0, ""]]);
});
