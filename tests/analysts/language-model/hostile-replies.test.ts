import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import type { Analyst } from "../../../analysts/analyst.ts";
import { createAsker } from "../../../analysts/language-model/ask.ts";
import { skillsText } from "../../../analysts/language-model/case-text.ts";
import { checkEdits } from "../../../analysts/language-model/edit-check.ts";
import { createLanguageModelAnalyst } from "../../../analysts/language-model/language-model-analyst.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { createSkillFolder } from "../../../skills/folder.ts";
import type { RunEvent } from "../../../state/events.ts";
import type { TextEdit } from "../../../state/program.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { writeHostile } from "../../support/foreign/texts.ts";
import { analystBrain, titleOf } from "../../support/model-server/analyst-brain.ts";
import { BrainModel, journaled } from "../../support/model-server/brain-model.ts";
import { houseParts, houseProgram, houseSuites } from "../../support/world.ts";
import { atWork, modelOf, textOfRequest } from "./setup.ts";

const edit = (changes: Partial<TextEdit>): TextEdit => ({
  skill: "house",
  file: "SKILL.md",
  op: "replace",
  anchor: "Purpose: ",
  text: "b",
  ...changes,
});
const reply = (changes: Partial<TextEdit>) => JSON.stringify({ reason: "to break it", edits: [edit(changes)] });
const long = (kind: string) => writeHostile(kind, 900_000, 1);

/** Replies to a call for edits, and why no draft is made of them. */
const replies: Array<[name: string, said: string, reason: string]> = [
  ["an anchor of 900,000 characters", reply({ anchor: long("one letter, one other") }), "The anchor of the replace"],
  ["a text of 900,000 characters", reply({ text: long("odd characters") }), "The text of the replace"],
  ["a fence that opens 124,000 times", "```json\n".repeat(124_000), "proposal is missing"],
  ["brackets within brackets", long("nested edits"), "proposal is missing"],
  ["a reason of 900,000 characters without an end", long("a text without an end"), "proposal is missing"],
  ["a soup of all that readers look for", long("a soup of all"), "proposal is missing"],
];

/** The loop for a generation, with an analyst that says this in the first of two calls for edits, and to each repair. */
async function run(said: string, store: RecordStore) {
  let first: string | undefined;
  const chat = new BrainModel((request) => {
    const title = titleOf(request);
    const asked = textOfRequest({ ...request, messages: request.messages.slice(0, 2) });
    if (title === "Proposal") first ??= asked;
    return title === "Repair of edits" || asked === first ? { text: said } : analystBrain(request);
  });
  return finish({
    analyst: createLanguageModelAnalyst({ model: journaled(chat), failures: 2, dimensions: ["knowledge"] }),
    store,
    asked: () => chat.requests.length,
  });
}

async function finish({ analyst, store, asked }: { analyst: Analyst; store: RecordStore; asked(): number }) {
  const events: RunEvent[] = [];
  try {
    const started = await optimize({
      agent: createProcedureAgent(),
      analyst,
      verifier: createExact(),
      program: houseProgram,
      tasks: houseSuites,
      settings: { generations: 1, batch: 6, wave: 6, edits: 2 },
      run: "house",
      store,
    });
    for await (const event of started.events()) events.push(event);
    return { result: await started.result(), events, asked: asked() };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    return { result: undefined, events, asked: asked() };
  }
}

describe.each(replies)("an analyst whose reply is %s", (_, said, reason) => {
  const store = createMortalStore(createMemoryStore());
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => void (whole = await run(said, store)));

  test("costs its draft, with a reason of some lines, and nothing else", () => {
    expect(whole.result?.status).toBe("finished");
    const told = whole.events.flatMap((event) => (event.type === "study-warned" ? [event.message] : []));
    expect(told.filter((message) => message.includes(reason)).length).toBeGreaterThan(0);
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThan(3_000);
    expect(whole.events.filter(({ type }) => type === "candidate-made")).toHaveLength(1);
  });

  test("is got past again by the run that resumes over it", async () => {
    const kept = createMemoryStore();
    // The last commits are those of gate and archivist: all replies are in the store.
    const died = await run(said, createMortalStore(kept, { atCommit: store.commits - 6, when: "after" }));
    expect(died.result).toBeUndefined();
    await buryOwner(kept);
    const resumed = await run(said, kept);
    expect(resumed.result?.digest).toBe(whole.result?.digest);
    expect(resumed.asked).toBe(0);
  });
});

test("a proposer of one's own whose edits are too long has its draft refused, with the reason", async () => {
  const { analyst } = houseParts();
  const draft = (changes: Partial<TextEdit>) => {
    return { edits: [edit(changes)], origin: { operator: "own", target: "", features: {} } };
  };
  const drafts = [draft({ anchor: long("nested lists") }), draft({ text: long("escape sequences") })];
  const own: Analyst = { ...analyst, fingerprint: "own", propose: async () => ({ drafts, simulations: 0 }) };
  const { result, events } = await finish({ analyst: own, store: createMemoryStore(), asked: () => 0 });
  expect(result?.status).toBe("finished");
  expect(events.filter(({ type }) => type === "draft-refused")).toEqual([
    expect.objectContaining({ message: expect.stringContaining("900000 characters; at most 50000") as string }),
    expect.objectContaining({ message: expect.stringContaining("900000 characters; at most 50000") as string }),
  ]);
});

test("an anchor that repeats itself is looked for in a skill that does too", () => {
  const text = new TextEncoder().encode("a".repeat(1_000_000));
  const skills = [createSkillFolder("house", { "SKILL.md": text })];
  const given = edit({ op: "insert-after", anchor: `b${"a".repeat(49_999)}`, text: "- c" });
  const { faults } = checkEdits([given], { skills, rejected: [] });
  expect(faults).toEqual([expect.objectContaining({ problem: expect.stringContaining("does not occur") as string })]);
});

test("a skill that has grown as long as edits can make it, in signs that take the most tokens, still fits a prompt", async () => {
  const text = new TextEncoder().encode(writeHostile("ideographs", 50_000, 1));
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}.md`, text]));
  const skill = createSkillFolder("house", { "SKILL.md": text, ...files });
  const { model } = modelOf({ Checklist: () => ({ sections: [] }) });
  const asker = createAsker({ model, promptTokens: 2_000 });
  const { value } = await atWork(() =>
    asker.ask({
      prompt: "write-checklist",
      name: "checklist",
      schema: z.unknown(),
      fill: (limits, quote) => ({ skill: skillsText([skill], { limits, quote }), limit: "4" }),
    }),
  );
  expect(value).not.toHaveProperty("missing");
});
