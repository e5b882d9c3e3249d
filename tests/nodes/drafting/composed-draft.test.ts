import { expect, test } from "vitest";
import type { EditBudget } from "../../../analysts/analyst.ts";
import { draftComposed } from "../../../nodes/drafting/composed-draft.ts";
import type { DraftWork } from "../../../nodes/drafting/work.ts";
import type { ComposedPlan } from "../../../policies/drafting.ts";
import { mine, nothingMined } from "../../../policies/composition/mining.ts";
import type { Draft, Edit } from "../../../state/program.ts";
import type { Deficiency } from "../../../state/study.ts";
import { hashOf } from "../../policies/records.ts";

const about = { category: "missing_rule", defect: "missing" } as const;
const deficiencies = [
  { ...about, skill: "mail", file: "SKILL.md", place: null },
  { category: "bad_default", defect: "incorrect", skill: "mail", file: "SKILL.md", place: "r2" },
] as Deficiency[];
const edit = (text: string): Edit => ({ skill: "mail", file: "SKILL.md", op: "append", anchor: "", text });
const draftOf = (text: string, target = ""): Draft => ({
  edits: [edit(text)],
  origin: { operator: "proposal", target, features: {} },
});
const { operators: known } = mine(nothingMined, {
  operators: ["add"],
  about,
  worked: true,
  gain: 0.1,
  edits: hashOf("best"),
});
const composed: ComposedPlan = {
  kind: "composed",
  parts: [
    { operators: ["add"], known },
    { operators: [], known: [], otherThan: ["add"] },
  ],
  drafts: 3,
  meta: [],
};

async function draft(propose: (budget: EditBudget) => Draft[], plan = composed) {
  const asked: Record<string, EditBudget> = {};
  let name = "";
  const work = {
    skills: [],
    budget: { edits: 3, rejected: [] },
    evidence: { deficiencies, replay: [] },
    editsOf: async () => [edit("as it was done")],
    drawFor: () => () => 0,
    proposer: {
      propose: async (_deficiencies: unknown, _skills: unknown, _replay: unknown, budget: EditBudget) => {
        asked[name] = budget;
        return { drafts: propose(budget), simulations: 2 };
      },
    },
    study: (part: string, make: () => Promise<unknown>) => ((name = part), make()),
  } as unknown as DraftWork;
  return { asked, ...(await draftComposed(plan, work)) };
}

test("asks for each part by itself, with the cards of its operators, and shows none what another came to", async () => {
  const { asked, drafts, simulations } = await draft(({ plan }) =>
    plan === undefined ? [draftOf("b", "r2")] : [draftOf("a1"), draftOf("a2"), draftOf("a3")],
  );
  expect(Object.keys(asked).toSorted()).toEqual(["optimizer/plan-1", "optimizer/plan-2"]);
  const { "optimizer/plan-1": first, "optimizer/plan-2": open } = asked;
  expect(first!.plan!.operators).toEqual(["add"]);
  expect(first!.plan!.cards).toMatch(/^# add\n\n## When to use[^]+## When not to use[^]+"as it was done" in SKILL.md/);
  expect([open!.plan, open!.otherThan]).toEqual([undefined, ["add"]]);
  for (const { rejected } of Object.values(asked)) expect(rejected).toEqual([]);
  // Two of three for the first part, one for the other.
  expect(drafts.map(({ edits }) => edits.map((one) => "text" in one && one.text))).toEqual([["a1"], ["a2"], ["b"]]);
  expect(drafts.map(({ origin }) => origin.features)).toEqual([
    { operators: ["add_text"], plan: 1, about },
    { operators: ["add_text"], plan: 1, about },
    { operators: ["add_text"], plan: 0, about: { category: "bad_default", defect: "incorrect" } },
  ]);
  expect(simulations).toBe(4);
});

test("asks for any operators where nothing comes of others, and makes one draft of two that are the same", async () => {
  const { asked, drafts } = await draft(({ otherThan }) => (otherThan === undefined ? [draftOf("a")] : []));
  const parts = ["optimizer/plan-1", "optimizer/plan-2", "optimizer/plan-2-any"];
  expect(Object.keys(asked).toSorted()).toEqual(parts);
  expect(drafts.map(({ origin }) => origin.features["plan"])).toEqual([1]);
});

test("asks for no more parts than drafts, and hands on what is no draft, to be refused", async () => {
  const garbage = { edits: [] } as unknown as Draft;
  const { asked, drafts } = await draft(() => [garbage], { ...composed, drafts: 1 });
  expect([Object.keys(asked), drafts]).toEqual([["optimizer/plan-1"], [garbage]]);
});
