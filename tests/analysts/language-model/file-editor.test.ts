import { describe, expect, test } from "vitest";
import { createModelFileEditor } from "../../../analysts/language-model/file-editor.ts";
import { createSkillFolder, textOf } from "../../../skills/folder.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { CallError, SettingsError } from "../../../state/errors.ts";
import { createDraw } from "../../../state/draw.ts";
import type { Edit } from "../../../state/program.ts";
import type { Deficiency } from "../../../state/study.ts";
import { journaled, ScriptedModel, type Script } from "../../support/scripted-model.ts";
import { atWork, rollOutOn, sorter } from "./setup.ts";

const skill = createSkillFolder("sorter", {
  ...sorter('When the message mentions "lamp", answer `lights`.').files,
  "scripts/run.sh": new TextEncoder().encode("#!/bin/sh\n"),
});
const deficiency: Deficiency = {
  skill: "sorter",
  file: "SKILL.md",
  place: "Rules",
  defect: "missing",
  category: "knowledge",
  severity: "high",
  tasks: ["t2"],
  plan: "say what taps are about",
  extra: {},
};
const main = "sorter/SKILL.md";
const bullet = '- When the message mentions "tap", answer `water`.';

/** Edits the skill by a script, which gets the results of the tools so far. */
async function edit(script: (results: string[]) => ReturnType<Script>, options = {}, rejected: Edit[] = []) {
  const prompts: string[] = [];
  const chat = new ScriptedModel((messages) => {
    prompts.push(messages.map(({ text }) => text).join("\n"));
    return script(messages.filter((message) => message.getType() === "tool").map(({ text }) => text));
  });
  const editor = createModelFileEditor({ model: journaled(chat), ...options });
  const replay = await rollOutOn(skill);
  const budget = {
    edits: 4,
    scope: "files" as const,
    rejected,
    takesShorter: false,
    draw: createDraw(1, 1, "propose"),
  };
  const { value, told } = await atWork(() => editor.editFiles([deficiency], [skill], replay, budget));
  return { ...value, told, prompts, asked: chat.asked };
}

const write = (text: string) => [{ tool: "write", args: { path: main, text } }];
const withTaps = `${textOf(skill)}${bullet}\n`;

describe("a file editor", () => {
  test("turns what is left on the files into edits, with the reason and the operations", async () => {
    const { drafts, prompts } = await edit((results) =>
      results.length === 0 ? write(withTaps) : "Taps are about water.",
    );
    expect(drafts).toMatchObject([
      {
        origin: { operator: "files", target: "Rules", features: { reason: "Taps are about water.", operations: 1 } },
        operations: [{ operation: "write", path: main, success: true }],
      },
    ]);
    expect(textOf(applyEdits([skill], drafts[0]!.edits)[0]!)).toBe(withTaps);
    for (const part of [
      "say what taps are about",
      "scripts/run.sh: 10 characters",
      "the tap drips",
      "At most 4".toLowerCase(),
    ])
      expect(prompts[0]!.toLowerCase()).toContain(part.toLowerCase());
    expect(prompts[0]).not.toContain("t2");
  });

  test("hands every error to the model, and leaves scripts and the world outside alone", async () => {
    const { drafts, prompts } = await edit((results) =>
      results.length === 0
        ? [
            { tool: "write", args: { path: "sorter/scripts/run.sh", text: "rm -rf /" } },
            { tool: "read", args: { path: "../../etc/passwd" } },
            { tool: "shell", args: { command: "id" } },
          ]
        : "Nothing to do.",
    );
    expect(drafts).toEqual([]);
    for (const part of ["cannot be changed here", "files stay inside", 'There is no operation \\"shell\\"'])
      expect(prompts[1]).toContain(part);
  });

  test("creates references, and drops work that cannot be applied as a whole", async () => {
    const create = (text: string) => [
      { tool: "write", args: { path: "sorter/references/taps.md", text } },
      ...write(withTaps),
    ];
    const made = await edit((results) => (results.length === 0 ? create("Taps are wet.\n") : "Done."));
    expect(made.drafts[0]!.edits.map(({ op }) => op)).toEqual(["create-file", "insert-after"]);
    const long = await edit((results) => (results.length === 0 ? create("x".repeat(50_001)) : "Done."));
    expect(long.drafts).toEqual([]);
    expect(long.told[0]).toContain("the work on files is dropped");
  });

  test("ends after so many replies, and says so", async () => {
    const { told, asked, drafts } = await edit(() => write(withTaps), { steps: 3 });
    expect([asked, drafts.length]).toEqual([3, 1]);
    expect(told).toEqual(["the work on files ended after 3 replies"]);
  });

  test("returns no more text than the prompt's limit allows", async () => {
    const read = { tool: "read", args: { path: main } };
    const { prompts } = await edit(
      (results) => (results.length === 0 ? Array.from({ length: 60 }, () => read) : "Done."),
      {
        promptTokens: 2_000,
      },
    );
    expect(prompts[1]).toContain("finish with what you know");
    expect(prompts[1]!.length - prompts[0]!.length).toBeLessThan(30_000);
  });

  test("drops what was rejected before, and tells it", async () => {
    const once = await edit((results) => (results.length === 0 ? write(withTaps) : "Done."));
    const { drafts, told } = await edit(
      (results) => (results.length === 0 ? write(withTaps) : "Done."),
      {},
      once.drafts[0]!.edits,
    );
    expect(drafts).toEqual([]);
    expect(told[0]).toContain("was tried and turned down");
  });

  test("without a reply is missing, and says so", async () => {
    const { drafts, told } = await edit(() => {
      throw new CallError("the model was ill");
    });
    expect(drafts).toEqual([]);
    expect(told[0]).toContain("a draft is missing: the model was ill");
  });

  test("refuses numbers that allow nothing", () => {
    const model = journaled(new ScriptedModel(() => ""));
    for (const options of [{ steps: 0 }, { cases: 1.5 }])
      expect(() => createModelFileEditor({ model, ...options })).toThrow(SettingsError);
  });
});
