import { expect, test } from "vitest";
import type { Creator } from "../../../analysts/creator.ts";
import { draftSkill } from "../../../runs/cycle/draft-skill.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { CallError } from "../../../state/errors.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { journaled, ScriptedModel } from "../../support/scripted-model.ts";
import { houseParts, houseSettings, houseSuites } from "../../support/world.ts";

/** Asks its model, which fails as long as it is told to. A tenth of a dollar a call. */
function createAskingCreator() {
  const faults = { left: 0 };
  const chat = new ScriptedModel(() => {
    faults.left -= 1;
    if (faults.left >= 0) throw new CallError("the model was ill");
    return "Sorts messages.";
  });
  const model = journaled(chat);
  const creator: Creator = {
    fingerprint: "asking@1",
    create: async ({ name, examples }) =>
      minimalSkill(name, (await model.invoke(examples.map(({ question }) => question.input).join("\n"))).text),
  };
  return { creator, chat, faults };
}

const draftFor = (store: ReturnType<typeof createMemoryStore>, creator: Creator, limits = {}) =>
  draftSkill({ creator, run: "house", store, name: "house", tasks: houseSuites.train, limits });

test("a draft is paid for once, and is part of what its run has spent", async () => {
  const { creator, chat } = createAskingCreator();
  const store = createMemoryStore();
  await draftFor(store, creator);
  const { program, cost } = await draftFor(store, creator);
  expect(chat.asked).toBe(1);
  expect(cost).toMatchObject({ inputTokens: 10, outputTokens: 5 });
  const options = { ...houseParts(), tasks: houseSuites, settings: houseSettings, run: "house", store };
  const { spent, status } = await (await optimize({ ...options, program })).result();
  expect(status).toBe("finished");
  expect(spent.roles.analyst).toEqual({ calls: 1, inputTokens: 10, outputTokens: 5, usd: 0.1 });
  expect(await draftFor(store, creator)).toEqual({ program, cost: null, leftOut: 0 });
});

test("a draft that failed is asked for again", async () => {
  const { creator, chat, faults } = createAskingCreator();
  const store = createMemoryStore();
  faults.left = 1;
  await expect(draftFor(store, creator)).rejects.toThrow("the model was ill");
  expect((await draftFor(store, creator)).program).toHaveLength(1);
  expect(chat.asked).toBe(2);
});

test("a draft spends no more than its run may", async () => {
  const { creator, chat } = createAskingCreator();
  const store = createMemoryStore();
  await draftFor(store, creator, { usd: 0.1 });
  const twice: Creator = {
    fingerprint: "twice@1",
    create: async (input) => creator.create({ ...input, examples: input.examples.slice(1) }),
  };
  await expect(draftFor(store, twice, { usd: 0.1 })).rejects.toThrow("budget of $0.10: $0.10 spent");
  expect(chat.asked).toBe(1);
});

test("past cases are shown before train tasks, without those that held-out tasks ask", async () => {
  const seen: string[] = [];
  const creator: Creator = {
    fingerprint: "seeing@1",
    async create({ name, examples, documents, tools }) {
      seen.push(...examples.map(({ question }) => question.input), ...Object.keys(documents ?? {}));
      seen.push(...(tools ?? []).map((tool) => tool.name));
      return minimalSkill(name, "Sorts messages.");
    },
  };
  const [heldOut] = houseSuites.validation;
  const { leftOut } = await draftSkill({
    creator,
    run: "house",
    store: createMemoryStore(),
    name: "house",
    tasks: houseSuites.train.slice(0, 1),
    heldOut: houseSuites.validation,
    cases: [
      { question: { id: "x", input: heldOut!.input }, expected: null },
      { question: { id: "y", input: "a past case" }, expected: "x" },
    ],
    documents: { guide: "text" },
    tools: [{ name: "lookup", description: "", parameters: null }],
  });
  expect(leftOut).toBe(1);
  expect(seen).toEqual(["a past case", houseSuites.train[0]!.input, "guide", "lookup"]);
});
