import { describe, expect, test } from "vitest";
import {
  Checklist,
  checklistItems,
  createModelChecklistWriter,
} from "../../../analysts/language-model/checklist-writer.ts";
import { createModelCreator } from "../../../analysts/language-model/creator.ts";
import { createModelReflector } from "../../../analysts/language-model/reflector.ts";
import { changesOf, type Attempt } from "../../../analysts/reflector.ts";
import { textOf } from "../../../skills/folder.ts";
import { checkSkill } from "../../../skills/limits.ts";
import { atWork, modelOf, mute, rollOutOn, sorter, textOfRequest } from "./setup.ts";

describe("a reflector", () => {
  const [old, now] = [
    sorter('When the message mentions "lamp", answer `lights`.'),
    sorter('When the message mentions "drips", answer `water`.'),
  ];
  const attempts: Attempt[] = [
    {
      generation: 1,
      edits: [],
      operators: ["add"],
      category: "missing",
      accepted: true,
      reason: "improved",
      delta: 0.25,
    },
    {
      generation: 2,
      edits: [],
      operators: ["add"],
      category: "missing",
      accepted: false,
      reason: "no improvement",
      delta: -0.125,
    },
  ];
  const epochOf = async (guidance: string | null = null) => ({
    attempts,
    before: await rollOutOn(old),
    after: await rollOutOn(now),
    guidance,
  });

  test("tells what got worse, stayed wrong and improved", async () => {
    const { improved, regressed, persistent } = changesOf(await epochOf());
    const ids = [improved, regressed, persistent].map((list) => list.map(({ rollout }) => rollout.task));
    expect(ids).toEqual([["t2"], ["t0", "t1"], ["t3"]]);
  });

  test("writes lessons of the whole epoch and notes for proposers", async () => {
    const { model, asked } = modelOf();
    const reflector = createModelReflector({ model });
    const { value } = await atWork(async () => reflector.reflect(await epochOf("Old notes."), [now]));
    expect(value.guidance).toBe("1 of 2 attempts were accepted.");
    expect(value.lessons).toMatchObject({ skill: "sorter", text: expect.stringContaining('"lamp"') });
    const slow = textOfRequest(asked("Slow update")[0] as never);
    for (const part of [
      "got worse 1, message",
      "still wrong 1, message",
      "improved 1, message",
      "generation 2, turned down",
    ]) {
      expect(slow).toContain(part);
    }
    expect(textOfRequest(asked("Notes for editors")[0] as never)).toContain("Old notes.");
  });

  test("keeps notes and lessons where its calls are missing", async () => {
    const { model } = modelOf({ "Slow update": mute, "Notes for editors": mute });
    const reflector = createModelReflector({ model });
    const { value, told } = await atWork(async () => reflector.reflect(await epochOf("Old notes."), [now]));
    expect(value).toEqual({ lessons: null, guidance: "Old notes." });
    expect(told).toHaveLength(2);
  });
});

describe("a checklist", () => {
  test("has questions about sections that the skill has, and tells of others", async () => {
    const { model } = modelOf({
      Checklist: () => ({
        sections: [
          { section: "## Rules", questions: ["a?", " ", "b?", "c?"] },
          { section: "Tone", questions: ["d?"] },
        ],
      }),
    });
    const writer = createModelChecklistWriter({ model, questions: 2 });
    const { value, told } = await atWork(() => writer.write([sorter("Be kind.")]));
    expect(Checklist.parse(value)).toEqual([{ skill: "sorter", section: "Rules", questions: ["a?", "b?"] }]);
    expect(checklistItems(value)).toEqual(["sorter, Rules: a?", "sorter, Rules: b?"]);
    expect(told).toEqual([expect.stringContaining('a section "Tone"')]);
  });

  test("of a skill whose call is missing is empty", async () => {
    const { model } = modelOf({ Checklist: mute });
    const { value, told } = await atWork(() => createModelChecklistWriter({ model }).write([sorter()]));
    expect([value, told.length]).toEqual([[], 1]);
  });
});

describe("a creator", () => {
  const draft = (description: string) => {
    const parts = { background: "Do it.", triage: "", scenarios: [], faq: [], more: "", references: [] };
    return { description, ...parts };
  };
  const examples = Array.from({ length: 9 }, (_, index) => ({
    question: { id: `secret-id-${index}`, input: index < 8 ? `lamp ${index}` : "tap" },
    expected: index < 8 ? "lights" : "water",
  }));

  test("drafts a valid skill from examples and documents, one example of each answer first", async () => {
    const { model, requests } = modelOf();
    const creator = createModelCreator({ model, examples: 2 });
    const { value } = await atWork(() =>
      creator.create({ name: "sorter", examples, documents: { Guide: "Taps are wet." } }),
    );
    expect(checkSkill(value).filter(({ severity }) => severity === "error")).toEqual([]);
    expect(textOf(value)).toContain('- When the message mentions "tap", answer `water`.');
    const text = textOfRequest(requests[0] as never);
    for (const part of ["task 2, message>\ntap", "Guide\nTaps are wet."]) expect(text).toContain(part);
    expect(text).not.toContain("task 3");
    expect(text).not.toContain("secret-id");
  });

  test("keeps the description to the specification", async () => {
    const { model } = modelOf({
      "First draft of a skill": () => draft(`Use <b>this</b>\n${"x".repeat(2_000)}`),
    });
    const { value } = await atWork(() => createModelCreator({ model }).create({ name: "sorter", examples }));
    expect(checkSkill(value)).toEqual([]);
  });

  test("says what to do where no skill came about", async () => {
    const failing = modelOf({ "First draft of a skill": mute }).model;
    await expect(
      atWork(() => createModelCreator({ model: failing }).create({ name: "sorter", examples })),
    ).rejects.toThrow("Give a skill to start from");
    const empty = modelOf({ "First draft of a skill": () => draft(" ") }).model;
    await expect(
      atWork(() => createModelCreator({ model: empty }).create({ name: "sorter", examples })),
    ).rejects.toThrow("cannot be used");
  });
});
