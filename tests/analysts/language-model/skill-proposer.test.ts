import { describe, expect, test } from "vitest";
import { createModelProposer } from "../../../analysts/language-model/proposer.ts";
import type { PastProposal } from "../../../analysts/analyst.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { checkSkill } from "../../../skills/limits.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { textOf } from "../../../skills/folder.ts";
import { Draft, isTextEdit, type Edit } from "../../../state/program.ts";
import type { Deficiency } from "../../../state/study.ts";
import { budgetOf } from "../rollouts.ts";
import { atWork, lampTasks, modelOf, mute, rollOutOn, sorter, textOfRequest, type Script } from "./setup.ts";

const skill = sorter("Be kind.");
const other = minimalSkill("alarm", "Says when to wake up.");
const deficiency: Deficiency = {
  skill: "sorter",
  file: "SKILL.md",
  place: null,
  defect: "missing",
  category: "knowledge",
  severity: "high",
  tasks: ["t0", "t1"],
  plan: "say more",
  extra: {},
};
const past: PastProposal[] = [1, 2].map((generation) => ({
  generation,
  outcome: generation === 1 ? "discarded" : "improved",
  score: 0.25,
  delta: generation === 1 ? -0.5 : null,
  origin: { operator: "create_skill", target: "taps", features: { proposal: `rule ${generation}`, reason: "why" } },
}));

async function propose(
  script: Script,
  { edits = 4, proposals = 1, rejected = [] as readonly Edit[], frozen = [] as readonly string[] } = {},
) {
  const { model, requests, asked } = modelOf(script);
  const budget = { ...budgetOf(edits, rejected), scope: "program" as const, history: past, frozen };
  const replay = await rollOutOn(skill);
  const { value, told } = await atWork(() =>
    createModelProposer({ model, proposals }).propose([deficiency], [other, skill], replay, budget),
  );
  return { drafts: value.drafts, told, requests, asked };
}

const change = { alternatives: ["a", "b"], proposal: "Wake at six.", justification: "they oversleep", related: [2] };
const creating = (name: string, files: unknown[] = []): Script => ({
  "Create or edit": () => ({ ...change, action: "create", skill: name }),
  "New skill": () => ({ description: "Wakes <people>.", body: "# Wake\n\nAt six.", files }),
});
const editing = (...edits: unknown[]): Script => ({
  "Create or edit": () => ({ ...change, action: "edit", skill: "sorter" }),
  "Edits of a skill": () => ({ reason: "to wake", edits }),
});

describe("a proposer that may change which skills there are", () => {
  test("creates a skill that keeps to the specification, with its other files", async () => {
    const files = [{ file: "references/times.md", text: "6:00\n" }];
    const { drafts, told } = await propose(creating("wake", files));
    const [draft] = drafts as [Draft];
    expect(Draft.parse(draft)).toEqual(draft);
    expect(draft.origin).toEqual({
      operator: "create_skill",
      target: "wake",
      features: { proposal: "Wake at six.", reason: "they oversleep", related: [2] },
    });
    const edited = applyEdits([other, skill], draft.edits);
    expect(edited.map(({ name }) => name)).toEqual(["alarm", "sorter", "wake"]);
    expect(edited.flatMap(checkSkill).filter(({ severity }) => severity !== "warning")).toEqual([]);
    expect(textOf(edited[2]!, "references/times.md")).toBe("6:00\n");
    expect(told).toEqual([]);
  });

  test("is asked again where it would edit a skill that stays as it is", async () => {
    let turn = 0;
    const script: Script = {
      ...creating("wake"),
      "Create or edit": () => {
        turn += 1;
        return {
          ...change,
          ...(turn === 1 ? { action: "edit", skill: "sorter" } : { action: "create", skill: "wake" }),
        };
      },
    };
    const { drafts, requests } = await propose(script, { frozen: ["sorter"] });
    expect(drafts.map(({ origin }) => origin.target)).toEqual(["wake"]);
    expect(JSON.stringify(requests[1])).toContain(
      "this skill stays as it is; create one, or edit one that is not among: sorter",
    );
  });

  test("edits the texts and the files of one skill", async () => {
    const file = { skill: "sorter", file: "references/times.md", op: "create-file", text: "6:00\n" };
    const text = {
      skill: "sorter",
      file: "SKILL.md",
      op: "insert-after",
      anchor: "- Be kind.",
      text: "- Wake at six.",
    };
    const { drafts, told } = await propose(editing(file, text));
    expect(drafts[0]!.edits).toEqual([file, { ...text, text: "\n- Wake at six." }]);
    expect(drafts[0]!.origin).toMatchObject({ operator: "edit_skill", target: "sorter" });
    expect(told).toEqual([]);
  });

  test("sees failures, all skills and the history; the builder sees the proposal and none of the failures", async () => {
    const { asked } = await propose(creating("wake"));
    const proposing = textOfRequest(asked("Create or edit")[0] as never);
    for (const part of ["my lamp broke", "<name>alarm</name>", "Be kind.", "rule 1", "compared with its parent -0.500"])
      expect(proposing).toContain(part);
    expect(proposing).toMatch(
      /generation 2>\ncreate_skill taps\nproposal: rule 2\nreason: why\noutcome: improved, score 0.250/,
    );
    const building = textOfRequest(asked("New skill")[0] as never);
    expect(building).toContain("Wake at six.");
    for (const [input] of lampTasks) expect(building).not.toContain(input);
  });

  test("is told what is wrong with a name, and asked again", async () => {
    const names = ["sorter", "Wake Up", "wake-up"];
    const script = creating("");
    const { drafts, asked } = await propose({
      ...script,
      "Create or edit": () => ({ ...change, action: "create", skill: names.shift() ?? "wake-up" }),
    });
    expect(drafts).toEqual([]);
    expect(asked("Create or edit")).toHaveLength(2);
    expect(textOfRequest(asked("Create or edit")[1] as never)).toContain("there is such a skill already");
  });

  test("has an edit that does not fit repaired, and drops one of another skill", async () => {
    const taken = { skill: "sorter", file: "SKILL.md", op: "create-file", text: "x" };
    const { drafts, asked } = await propose({
      ...editing(taken),
      "Repair of edits": () => ({ reason: "renamed", edits: [{ ...taken, file: "more.md" }] }),
    });
    expect(drafts[0]!.edits).toEqual([{ ...taken, file: "more.md" }]);
    expect(textOfRequest(asked("Repair of edits")[0] as never)).toContain("exists already");
    const foreign = { ...taken, skill: "alarm", file: "more.md" };
    const refused = await propose(editing(foreign));
    expect(refused.drafts).toEqual([]);
    expect(refused.told[0]).toMatch(/the edits of "sorter" are missing/);
  });

  test("does not write again what was turned down, and says what is missing", async () => {
    const { drafts } = await propose(creating("wake"));
    const again = await propose(creating("wake"), { rejected: drafts[0]!.edits });
    expect(again.drafts).toEqual([]);
    expect(again.told[0]).toMatch(/a file of the new skill "wake" is dropped.*turned down/);
    const silent = await propose({ "Create or edit": mute });
    expect([silent.drafts, silent.told.length]).toEqual([[], 1]);
  });

  test("makes several proposals in parallel, and ranks them", async () => {
    const names = ["wake", "sleep"];
    const { drafts, asked } = await propose(
      {
        ...creating(""),
        "Create or edit": () => ({ ...change, action: "create", skill: names.shift() }),
        Ranking: () => ({ order: [2, 1] }),
      },
      { proposals: 2 },
    );
    expect(drafts.map(({ origin }) => origin.target)).toEqual(["sleep", "wake"]);
    expect(asked("Digest")).toEqual([]);
  });

  test("holds new files to the number of edits", async () => {
    const files = [1, 2].map((number) => ({ file: `${number}.md`, text: "x\n" }));
    const { drafts, told } = await propose(creating("wake", files), { edits: 2 });
    expect(drafts).toEqual([]);
    expect(told[0]).toMatch(/the new skill "wake" is missing/);
    const few = await propose(creating("wake", files.slice(1)), { edits: 2 });
    expect(few.drafts[0]!.edits.filter((edit) => !isTextEdit(edit))).toHaveLength(2);
  });
});
