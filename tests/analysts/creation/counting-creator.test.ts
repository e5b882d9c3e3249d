import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { createCountingCreator } from "../../../analysts/creation/counting-creator.ts";
import type { Example } from "../../../analysts/creator.ts";
import { textOf } from "../../../skills/folder.ts";
import { checkSkill } from "../../../skills/limits.ts";
import { SettingsError } from "../../../state/errors.ts";
import { houseSuites } from "../../support/world.ts";

const examplesOf = (pairs: ReadonlyArray<readonly [string, string]>): Example[] =>
  pairs.map(([input, expected], index) => ({ question: { id: `secret-${index}`, input }, expected }));
const create = (examples: Example[], more = {}) => createCountingCreator().create({ name: "house", examples, ...more });

const lamps = examplesOf([
  ["the lamp is broken", "lights"],
  ["my lamp broke", "lights"],
  ["the tap drips", "water"],
  ["a tap again", "water"],
  ["hello there", "other"],
]);

describe("a creator that counts", () => {
  test("makes rules of words that speak for one answer alone, in at least two cases", async () => {
    const text = textOf(await create(lamps))!;
    expect(text).toContain('- When the message mentions "lamp", answer `lights`.');
    expect(text).toContain('- When the message mentions "tap", answer `water`.');
    expect(text).not.toContain("`other`");
    expect(text).toContain('### lights\n\n2 of 5 past cases. Words of these cases alone: "lamp"');
    expect(text).not.toContain("secret-");
  });

  test("drafts a skill that the embedded agent follows better than none", async () => {
    const examples = houseSuites.train.map((task) => ({ question: task, expected: task.expected ?? null }));
    const skill = await create(examples);
    expect(checkSkill(skill).filter(({ severity }) => severity !== "warning")).toEqual([]);
    const agent = createProcedureAgent();
    const { signal } = new AbortController();
    const answers = await Promise.all(
      houseSuites.validation.map((task) => agent.answer(task, [skill], { sample: 0, signal })),
    );
    const right = answers.filter(({ text }, index) => text === houseSuites.validation[index]!.expected).length;
    expect(right / answers.length).toBeGreaterThan(0.4);
  });

  test("names the tools that its scenarios used, and keeps documents", async () => {
    const examples = lamps.map((each) => ({ ...each, calls: each.expected === "lights" ? ["bulb"] : [] }));
    const skill = await create(examples, { documents: { guide: "Lamps are bright." } });
    expect(textOf(skill)).toContain("Tools used: bulb (references/tools.json).");
    expect(textOf(skill, "references/knowledge_guide.md")).toBe("Lamps are bright.\n");
  });

  test("does not write rules for answers that a rule cannot say", async () => {
    const odd = examplesOf([
      ["x lamp", "a `tick`"],
      ["y lamp", "a `tick`"],
    ]);
    expect(textOf(await create(odd))).not.toContain("## Rules");
  });

  test("refuses what has nothing to count", async () => {
    const open = [{ question: { id: "1", input: "hello" }, expected: { a: 1 } }];
    await expect(create(open)).rejects.toThrow(SettingsError);
    await expect(create(open)).rejects.toThrow("nothing to count");
  });
});
