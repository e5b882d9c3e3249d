import { describe, expect, test } from "vitest";
import type { Patch, PatchContext } from "../../../analysts/analyst.ts";
import { createLanguageModelAnalyst } from "../../../analysts/language-model/language-model-analyst.ts";
import { createModelPatchWorker } from "../../../analysts/language-model/patch-worker.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { textOf } from "../../../skills/folder.ts";
import { budgetOf } from "../rollouts.ts";
import { atWork, modelOf, mute, rollOutOn, sorter, textOfRequest } from "./setup.ts";

const skill = sorter('When the message mentions "lamp", answer `lights`.');
const edit = (text: string) => ({
  skill: "sorter",
  file: "SKILL.md",
  op: "append" as const,
  anchor: "",
  text: `${text}\n`,
});
const one = (text: string, support: number, outcome: "failures" | "successes" = "failures") => ({
  edit: edit(text),
  support,
  outcome,
});
const context: PatchContext = {
  deficiencies: [],
  skills: [skill],
  budget: { ...budgetOf(4, [edit("- turned down")]), guidance: "Short rules help." },
  tasks: 9,
  failed: 4,
};

describe("a model that works on patches", () => {
  test("merges the same edit into one with the support of all, and is shown where each came from", async () => {
    const { model, asked } = modelOf();
    const patches: Patch[] = [[one("- tap", 2), one("- hinge", 1)], [one("- tap", 3, "successes")]];
    const { value } = await atWork(() => createModelPatchWorker({ model }).merge(patches, context));
    expect(value).toEqual([
      { edit: edit("- tap"), support: 5, outcome: "failures" },
      { edit: edit("- hinge"), support: 1, outcome: "failures" },
    ]);
    const text = textOfRequest(asked("Merge of edits")[0] as never);
    for (const part of [
      "from failures, asked for by 2 tasks",
      "from what went well, asked for by 3 tasks",
      "Short rules help.",
      "- turned down",
    ])
      expect(text).toContain(part);
  });

  test("distills patches into a digest of so many characters, and gives nothing where it is missing", async () => {
    const { model, asked } = modelOf({ Digest: () => ({ digest: "d".repeat(999) }) });
    const patches: Patch[] = [[one("- tap", 2), one("- hinge", 1)], [one("- tap", 3, "successes")]];
    const { value } = await atWork(() => createModelPatchWorker({ model }).distill(patches, context, 100));
    expect(value).toBe(`${"d".repeat(99)}…`);
    const text = textOfRequest(asked("Digest")[0] as never);
    for (const part of [
      "from failures, asked for by 2 tasks",
      "from what went well",
      "- hinge",
      "At most 100 characters",
    ])
      expect(text).toContain(part);
    const { model: silent } = modelOf({ Digest: mute });
    const none = await atWork(() => createModelPatchWorker({ model: silent }).distill(patches, context, 100));
    expect(none.value).toBeNull();
    expect(none.told).toEqual([expect.stringContaining("the digest of 2 proposals is missing")]);
  });

  test("drops a merged edit that fits nowhere, and gives nothing where the merge is missing", async () => {
    const misplaced = { ...edit("x"), op: "replace", anchor: "no such line" };
    const { model } = modelOf({
      "Merge of edits": () => ({
        edits: [
          { ...edit("- tap"), from: [1] },
          { ...misplaced, from: [2] },
        ],
      }),
      "Repair of edits": mute,
    });
    const merged = await atWork(() =>
      createModelPatchWorker({ model }).merge([[one("- tap", 2), one("- x", 1)]], context),
    );
    expect(merged.value!.map((each) => each.edit.text)).toEqual(["- tap\n"]);
    const silent = modelOf({ "Merge of edits": mute }).model;
    const { value, told } = await atWork(() =>
      createModelPatchWorker({ model: silent }).merge([[one("- tap", 2)]], context),
    );
    expect([value, told.length]).toEqual([null, 1]);
  });

  test("ranks edits, and keeps all of them", async () => {
    const { model } = modelOf({ Ranking: () => ({ order: [2] }) });
    const { value } = await atWork(() =>
      createModelPatchWorker({ model }).rank([one("- a", 1), one("- b", 1), one("- c", 1)], context),
    );
    expect(value.map(({ edit: { text } }) => text.trim())).toEqual(["- b", "- a", "- c"]);
  });

  test("says how many edits it wants, in its own words, and nothing where the reply is missing", async () => {
    const { model } = modelOf({ "Number of edits": () => ({ edits: "two or three" }) });
    const silent = modelOf({ "Number of edits": mute }).model;
    const choice = async (of: typeof model) =>
      (await atWork(() => createModelPatchWorker({ model: of }).choose([one("- a", 1)], context))).value;
    expect([await choice(model), await choice(silent), await choice(modelOf().model)]).toEqual([
      "two or three",
      null,
      1,
    ]);
  });

  test("writes files anew as one replacement each, and leaves out files that do not exist", async () => {
    const { model } = modelOf();
    const { value } = await atWork(() => createModelPatchWorker({ model }).rewrite([one("- tap", 2)], context));
    expect(value).toHaveLength(1);
    const [edited] = applyEdits([skill], value!);
    expect(textOf(edited!)).toMatch(/"lamp".*\n- tap\n$/s);
    const other = modelOf({ Rewriting: () => ({ files: [{ skill: "sorter", file: "other.md", text: "x" }] }) }).model;
    const dropped = await atWork(() => createModelPatchWorker({ model: other }).rewrite([one("- tap", 2)], context));
    expect([dropped.value, dropped.told.length]).toEqual([[], 1]);
  });
});

describe("a proposal from what went well", () => {
  test("is one call that sees no failures", async () => {
    const { model, requests, asked } = modelOf({
      "Proposal from what went well": () => ({ reason: "they name the thing", edits: [edit("- Name the thing.")] }),
    });
    const replay = (await rollOutOn(skill)).filter(({ score }) => score?.value === 1);
    const { value } = await atWork(() =>
      createLanguageModelAnalyst({ model }).propose([], [skill], replay, { ...budgetOf(), fromSuccesses: true }),
    );
    expect(value.drafts).toMatchObject([
      { edits: [edit("- Name the thing.")], origin: { operator: "from-successes" } },
    ]);
    expect(requests).toHaveLength(1);
    expect(textOfRequest(asked("Proposal from what went well")[0] as never)).toContain("kept 1, message");
  });
});
