import { describe, expect, test } from "vitest";
import { checkEdits } from "../../../analysts/language-model/edit-check.ts";
import { createModelProposer } from "../../../analysts/language-model/proposer.ts";
import type { Purpose } from "../../../policies/drafting.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { createSkillFolder, textOf } from "../../../skills/folder.ts";
import { Draft, type TextEdit } from "../../../state/program.ts";
import type { Deficiency } from "../../../state/study.ts";
import { budgetOf } from "../rollouts.ts";
import { atWork, modelOf, mute, rollOutOn, sorter, textOfRequest, type Script } from "./setup.ts";

const skill = sorter("Be kind.");
const deficiencyOf = (...tasks: string[]): Deficiency => ({
  skill: "sorter",
  file: "SKILL.md",
  place: "Rules",
  defect: "missing",
  category: "knowledge",
  severity: "high",
  tasks,
  plan: "say more",
  extra: { evidence: "they differ" },
});
const editOf = (changes: Partial<TextEdit>): TextEdit => ({
  skill: "sorter",
  file: "SKILL.md",
  op: "insert-after",
  anchor: "- Be kind.",
  text: "\n- Be brief.",
  ...changes,
});

async function propose(
  script: Script,
  { budget = budgetOf(), ...options }: { budget?: ReturnType<typeof budgetOf>; proposals?: number } = {},
) {
  const { model, requests, asked } = modelOf(script);
  const replay = await rollOutOn(skill);
  const deficiencies = [deficiencyOf("t0", "t1"), deficiencyOf("t2", "t3")];
  const work = await atWork(() =>
    createModelProposer({ model, ...options }).propose(deficiencies, [skill], replay, budget),
  );
  return { drafts: work.value.drafts, told: work.told, requests, asked };
}

const saying = (...edits: TextEdit[]): Script => ({ Proposal: () => ({ reason: "why", edits }) });

describe("a proposer", () => {
  test("turns deficiencies into a draft that can be applied, within the budget, with its reason", async () => {
    const { drafts, told } = await propose({}, { budget: budgetOf(2), proposals: 1 });
    expect(drafts).toHaveLength(1);
    const [draft] = drafts as [Draft];
    expect(Draft.parse(draft)).toEqual(draft);
    expect(draft.edits.length).toBeLessThanOrEqual(2);
    const [edited] = applyEdits([skill], draft.edits);
    expect(textOf(edited as never)).toContain('- When the message mentions "lamp", answer `lights`.');
    expect(draft.origin).toMatchObject({
      operator: "proposal",
      target: "Rules",
      features: { proposals: 1, dropped: 0 },
    });
    expect(told).toEqual([]);
  });

  test("sees deficiencies, failures, what went well, rejected edits and guidance", async () => {
    const rejected = [editOf({ text: "\n- Be slow." })];
    const budget = { ...budgetOf(4, rejected), guidance: "Short rules help." };
    const { requests } = await propose(saying(editOf({})), { budget, proposals: 1 });
    const text = textOfRequest(requests[0] as never);
    for (const part of ["say more", "they differ", "my lamp broke", "\\n- Be slow.", "Short rules help."]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("at most 4 small edits");
  });

  test("sees failures of its own program beside those of the deficiencies, and none of another", async () => {
    const { model, requests } = modelOf(saying(editOf({})));
    const own = await rollOutOn(skill);
    const other = (await rollOutOn(sorter(), [["an old failure", "doors"]])).map((each) => ({
      ...each,
      rollout: { ...each.rollout, task: "t9" },
    }));
    const proposer = createModelProposer({ model, proposals: 1 });
    await atWork(() => proposer.propose([deficiencyOf("t0")], [skill], [...other, ...own], budgetOf()));
    const text = textOfRequest(requests[0] as never);
    expect(text).toContain("a tap again");
    expect(text).not.toContain("an old failure");
  });

  test("that is one and missing is told, and makes no drafts; where all of several are, the work ends", async () => {
    const { drafts, told } = await propose({ Proposal: mute }, { proposals: 1 });
    expect(drafts).toEqual([]);
    expect(told).toEqual([expect.stringContaining("a proposal is missing")]);
    await expect(propose({ Proposal: mute })).rejects.toThrow("The proposer's model brain@1 gave no usable reply");
  });

  test("with nothing to propose makes no drafts", async () => {
    expect((await propose(saying())).drafts).toEqual([]);
  });

  test("takes more edits than the budget for a malformed reply", async () => {
    const edits = ["a", "b", "c"].map((text) => editOf({ op: "append", anchor: "", text: `- ${text}\n` }));
    const { drafts, requests } = await propose(saying(...edits), { budget: budgetOf(2), proposals: 1 });
    expect(drafts).toEqual([]);
    expect(requests).toHaveLength(2);
  });
});

describe("edits that do not fit", () => {
  const missing = editOf({ anchor: "Be good." });

  test("are asked for once more, with what is wrong", async () => {
    const mended = editOf({ anchor: "Be fair.", op: "replace", text: "Be just." });
    const { drafts, asked, told } = await propose(
      { ...saying(editOf({}), missing), "Repair of edits": () => ({ reason: "", edits: [mended] }) },
      { proposals: 1 },
    );
    expect(drafts[0]?.edits).toEqual([editOf({}), mended]);
    const [request] = asked("Repair of edits");
    expect(textOfRequest(request as never)).toContain('The anchor "Be good." does not occur in SKILL.md');
    expect(told).toEqual([]);
  });

  test("even then are dropped and told; the others stay", async () => {
    const { drafts, told } = await propose(
      { ...saying(editOf({}), missing), "Repair of edits": () => ({ reason: "", edits: [missing] }) },
      { proposals: 1 },
    );
    expect(drafts[0]?.edits).toEqual([editOf({})]);
    expect(drafts[0]?.origin.features).toMatchObject({ dropped: 1 });
    expect(told).toEqual([expect.stringContaining("an edit of sorter/SKILL.md is dropped: The anchor")]);
  });

  test("are dropped as well where the repair is missing", async () => {
    const { drafts, told } = await propose({ ...saying(missing), "Repair of edits": mute }, { proposals: 1 });
    expect(drafts).toEqual([]);
    expect(told).toHaveLength(1);
  });

  test("are those the gate has turned down, ambiguous ones and overlapping ones", () => {
    const rejected = [editOf({ text: "\n- Be slow." })];
    const { edits, faults } = checkEdits(
      [
        ...rejected,
        editOf({ anchor: "Be", text: "x" }),
        editOf({ op: "delete", text: "" }),
        editOf({ op: "replace", text: "- No." }),
      ],
      { skills: [skill], rejected },
    );
    expect(edits).toEqual([editOf({ op: "delete", text: "" })]);
    expect(faults.map(({ problem }) => problem)).toEqual([
      expect.stringContaining("was tried and turned down"),
      expect.stringContaining("more than once"),
      expect.stringContaining("overlap"),
    ]);
  });
});

describe("a block beside a whole line", () => {
  const check = (text: string, edit: Partial<TextEdit>) => {
    const own = createSkillFolder("sorter", { "SKILL.md": new TextEncoder().encode(text) });
    const { edits } = checkEdits([editOf(edit)], { skills: [own], rejected: [] });
    return textOf(applyEdits([own], edits)[0] as never);
  };

  test("gets the line break it needs, and no other text does", () => {
    expect(check("- a\n- b\n", { anchor: "- a", text: "- c\n" })).toBe("- a\n- c\n- b\n");
    expect(check("- a\r\n- b", { anchor: "- b", text: "- c" })).toBe("- a\r\n- b\r\n- c");
    expect(check("- a\n- b\n", { anchor: "- b", op: "insert-before", text: "- c" })).toBe("- a\n- c\n- b\n");
    expect(check("- a", { op: "append", anchor: "", text: "- c" })).toBe("- a\n- c\n");
    expect(check("- a\n", { op: "append", anchor: "", text: "\n## B\n" })).toBe("- a\n\n## B\n");
    expect(check("- a\n- b\n", { anchor: "- a", text: ", and more" })).toBe("- a, and more\n- b\n");
    expect(check("- a and b\n", { anchor: "- a", text: "- c" })).toBe("- a- c and b\n");
  });
});

describe("several proposals", () => {
  const differing = (): Script => {
    let turn = 0;
    const texts = ["\n- First.", "\n- Second.", "\n- Joined."];
    return { Proposal: () => ({ reason: `r${turn}`, edits: [editOf({ text: texts[turn++] as string })] }) };
  };

  test("are digested into one refined draft, and all of them are ranked", async () => {
    const { drafts, asked } = await propose({
      ...differing(),
      Digest: () => ({ digest: "join them" }),
      Ranking: () => ({ order: [1, 3] }),
    });
    expect(drafts.map(({ origin }) => origin.operator)).toEqual(["refined", "proposal", "proposal"]);
    expect(drafts.map(({ edits }) => (edits[0] as TextEdit).text)).toEqual([
      "\n- Joined.",
      "\n- Second.",
      "\n- First.",
    ]);
    expect(textOfRequest(asked("Digest")[0] as never)).toContain("\\n- First.");
    expect(textOfRequest(asked("Proposal")[2] as never)).toContain("join them");
    expect(asked("Ranking")).toHaveLength(1);
  });

  test("are one where others are asked for beside it, or where there is a digest to make it from", async () => {
    const single = await propose(differing(), { budget: { ...budgetOf(), single: true } });
    expect(single.requests).toHaveLength(1);
    expect(single.drafts.map(({ origin }) => origin.operator)).toEqual(["proposal"]);
    const digest = "They agree on brevity.";
    const refined = await propose(differing(), { budget: { ...budgetOf(), single: true, digest } });
    expect(refined.requests).toHaveLength(1);
    expect(refined.drafts.map(({ origin }) => origin.operator)).toEqual(["refined"]);
    expect(textOfRequest(refined.asked("Proposal")[0] as never)).toContain(digest);
  });

  test("see the same evidence in other orders", async () => {
    const { asked } = await propose(differing());
    const [first, second] = asked("Proposal").map(textOfRequest);
    expect(first).not.toBe(second);
    for (const text of [first, second]) expect(text).toContain("a tap again");
  });

  test("are digested and ranked by who is shown what was turned down, and the notes", async () => {
    const rejected = [editOf({ text: "\n- Turned down." })];
    const { asked } = await propose(differing(), {
      budget: { ...budgetOf(4, rejected), guidance: "Short rules help." },
    });
    for (const title of ["Digest", "Ranking"]) {
      const text = textOfRequest(asked(title)[0] as never);
      for (const part of ["- Turned down.", "Short rules help."]) expect(text).toContain(part);
    }
  });

  test("that say the same are one, with nothing to merge", async () => {
    const { drafts, requests } = await propose(saying(editOf({})));
    expect(drafts).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  test("stand for themselves where digest or ranking is missing", async () => {
    const { drafts, told } = await propose({ ...differing(), Digest: mute, Ranking: mute });
    expect(drafts.map(({ edits }) => (edits[0] as TextEdit).text)).toEqual(["\n- First.", "\n- Second."]);
    expect(told).toEqual([
      expect.stringContaining("the digest of 2 proposals is missing"),
      expect.stringContaining("the ranking of 2 drafts is missing"),
    ]);
  });

  test("have a digest that is bounded, whatever the model writes", async () => {
    const { asked } = await propose({ ...differing(), Digest: () => ({ digest: "d".repeat(9_999) }) });
    expect(textOfRequest(asked("Proposal")[2] as never)).toMatch(/(?<!d)d{2399}…/);
  });

  test("are made by parts that can be replaced", async () => {
    const { model, requests } = modelOf(differing());
    const replay = await rollOutOn(skill);
    const merger = { fingerprint: "own@1", merge: async () => null };
    const ranker = { fingerprint: "own@1", rank: async <Item>(drafts: readonly Item[]) => drafts.toReversed() };
    const proposer = createModelProposer({ model, merger, ranker });
    const { value } = await atWork(() => proposer.propose([deficiencyOf("t0")], [skill], replay, budgetOf()));
    expect(value.drafts.map(({ edits }) => (edits[0] as TextEdit).text)).toEqual(["\n- Second.", "\n- First."]);
    expect(requests).toHaveLength(2);
    expect(proposer.fingerprint).toContain("own@1");
  });

  test("reads what the edits are for, and of a split the tasks of each kind", async () => {
    const noted = async (purpose: Purpose) => {
      const { requests } = await propose({}, { budget: { ...budgetOf(), purpose }, proposals: 1 });
      return requests.map(textOfRequest).join();
    };
    const of = { skill: "sorter" };
    expect(await noted({ action: "compress", ...of })).toMatch(/make it shorter/);
    expect(await noted({ action: "patch", ...of, tasks: ["t0"] })).toMatch(/to patch the skill/);
    expect(await noted({ action: "create", ...of, tasks: ["t0"] })).toMatch(/Create one skill beside it/);
    expect(await noted({ action: "split", ...of, groups: [["t0"], ["t2"]] })).toMatch(/kind 1: .*kind 2: /s);
  });
});
