import { usualEffort } from "../../../analysts/language-model/effort.ts";
import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { createLanguageModelAnalyst } from "../../../analysts/language-model/language-model-analyst.ts";
import { defineRecipe, type Recipe } from "../../../graphs/recipe.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import { nearMissDrafting } from "../../../policies/drafts/near-miss.ts";
import { refinedDrafting } from "../../../policies/drafts/refined-drafting.ts";
import { show } from "../../../runs/reading/show.ts";
import { optimize, type TaskSuites } from "../../../runs/cycle/optimize.ts";
import type { RunEvent } from "../../../state/events.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import type { Task } from "../../../state/task.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { repliesIn } from "../../support/analyzed-runs.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { analystBrain } from "../../support/model-server/analyst-brain.ts";
import type { Brain } from "../../support/model-server/brain.ts";
import { BrainModel, journaled } from "../../support/model-server/brain-model.ts";
import { createMortalStore, type Death } from "../../support/durability/mortal-store.ts";
import { houseProgram, houseSuites } from "../../support/world.ts";
import { textOfRequest } from "./setup.ts";

const settings: SettingsInput = { generations: 3, batch: 12, wave: 6, edits: 3, acceptance: "strict" };

interface Setup {
  recipe?: Recipe;
  store?: RecordStore;
  brain?: Brain;
  tasks?: TaskSuites;
  concurrency?: number;
  changes?: SettingsInput;
}

/** Runs the loop with the analyst over a brain: to its end, or to the death of its store. */
async function run({
  store = createMemoryStore(),
  brain = analystBrain,
  tasks = houseSuites,
  concurrency = 4,
  changes = {},
  recipe,
}: Setup = {}) {
  const chat = new BrainModel(brain);
  const events: RunEvent[] = [];
  try {
    const started = await optimize({
      agent: createProcedureAgent(),
      analyst: createLanguageModelAnalyst({ model: journaled(chat) }),
      verifier: createExact(),
      program: houseProgram,
      tasks,
      ...(recipe === undefined ? {} : { recipe }),
      settings: { ...settings, ...changes },
      run: "house",
      store,
      concurrency,
    });
    for await (const event of started.events()) events.push(event);
    return { result: await started.result(), requests: chat.requests, events };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    return { result: undefined, requests: chat.requests, events };
  }
}

/** Replies that come in another order than they were asked for. */
const unordered: Brain = async (request) => {
  const turns = textOfRequest(request).length % 7;
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return analystBrain(request);
};

describe("the loop with a language-model analyst over a simulated model", () => {
  const whole = run();

  test("learns: prompts, schemas, edits and gate carry a curve", async () => {
    const { events, result } = await whole;
    const scores = events.flatMap((event) => (event.type === "generation-end" ? [event.score as number] : []));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(scores[0]).toBeGreaterThan(0);
    expect(scores.at(-1)).toBeGreaterThan(0.6);
    expect(result?.status).toBe("finished");
  });

  test("takes at most 38 calls a generation", async () => {
    const { requests } = await run({ changes: { generations: 1 } });
    expect(requests).toHaveLength(38);
    expect(usualEffort.calls).toBe(38);
  });

  test("comes to the same whatever the concurrency and the order of the replies", async () => {
    const other = await run({ brain: unordered, concurrency: 1 });
    expect(other.result?.digest).toBe((await whole).result?.digest);
  });

  test.each<Death>([
    { atCommit: 30, when: "after" },
    { atCommit: 75, when: "before" },
    { atCommit: 110, when: "after" },
  ])("killed at write $atCommit resumes to the same digest, and pays for no reply again that it has", async (death) => {
    const store = createMemoryStore();
    const died = await run({ store: createMortalStore(store, death) });
    expect(died.result).toBeUndefined();
    const kept = await repliesIn(store);
    await buryOwner(store);
    const resumed = await run({ store });
    expect(resumed.result?.digest).toBe((await whole).result?.digest);
    expect(resumed.requests.length).toBe((await whole).requests.length - kept);
    expect(kept).toBeGreaterThan(0);
  });
});

describe("a recipe that has drafts distilled and near misses tried again", () => {
  const recipe = defineRecipe({
    name: "refined",
    version: 1,
    summary: "hill climbing by refined drafts",
    settings: hillClimb.settings,
    policies: (of) => ({
      ...hillClimb.policies(of),
      drafting: nearMissDrafting(refinedDrafting({ drafts: 2, digest: 500 }), { margin: 0.2 }),
    }),
  });
  const whole = run({ recipe, changes: { generations: 2 } });

  test("asks the model for each draft, the digest and the refined draft, and counts their tokens on the path and in all", async () => {
    const { result, events, requests } = await whole;
    expect(result?.status).toBe("finished");
    const made = events.filter((event) => event.type === "candidate-made");
    expect(made.map(({ operator }) => operator)).toContain("refined");
    expect(requests.filter((request) => textOfRequest(request).includes("# Digest"))).not.toHaveLength(0);
    const store = createMemoryStore();
    await run({ recipe, store, changes: { generations: 1 } });
    const [record] = (await show("house", { store })).timeline;
    const { tokens, digest } = record!.candidate!.origin.features as {
      tokens: { path: number; all: number };
      digest: number;
    };
    expect(tokens.path).toBeGreaterThan(0);
    expect(tokens.path).toBeLessThan(tokens.all);
    expect(digest).toBeLessThanOrEqual(500);
  });

  test("comes to the same where it was killed and resumed", async () => {
    const store = createMemoryStore();
    const changes = { generations: 2 };
    const died = await run({ recipe, changes, store: createMortalStore(store, { atCommit: 60, when: "after" }) });
    expect(died.result).toBeUndefined();
    await buryOwner(store);
    expect((await run({ recipe, changes, store })).result?.digest).toBe((await whole).result?.digest);
  });
});

test("what the analyst is shown are train tasks that were rolled out, and never their meta or ids", async () => {
  const marked = (suite: keyof TaskSuites): Task[] =>
    houseSuites[suite].map((task, index) => ({
      ...task,
      input: `${task.input} canary${suite}${index}x`,
      meta: { note: `canarymeta${suite}${index}x` },
    }));
  const tasks = { train: marked("train"), validation: marked("validation"), sealed: [], test: marked("test") };
  const rolledOut = new Set<string>();
  const { requests, events } = await run({ tasks, changes: { generations: 2, batch: 8 } });
  for (const event of events) {
    if (event.type === "rollout-end" && event.suite === "train") rolledOut.add(`canarytrain${event.task.slice(6)}x`);
  }
  const shown = new Set(requests.flatMap((request) => textOfRequest(request).match(/canary[a-z]+\d+x/g) ?? []));
  expect(shown.size).toBeGreaterThan(8);
  expect([...shown].filter((canary) => !rolledOut.has(canary))).toEqual([]);
  expect(rolledOut.size).toBeLessThan(houseSuites.train.length);
  expect(requests.filter((request) => /train-\d/.test(textOfRequest(request)))).toEqual([]);
});

test.each<[string, Brain]>([
  ["whose replies cannot be used", () => ({ text: "?" })],
  ["that answers no call", () => Promise.reject(new Error("nothing works here"))],
])("a model %s ends the run in its first generation, and is named with the remedy", async (_, brain) => {
  await expect(run({ brain })).rejects.toThrow(
    /The analyzer's model brain@1 gave no usable reply in its last 32 calls.*doctor --call.*resume the run/s,
  );
});

test("a model that answers again once it is resumed brings the run to the end it would have had", async () => {
  const store = createMemoryStore();
  const dead: Brain = () => Promise.reject(new Error("nothing works here"));
  await expect(run({ store, brain: dead, changes: { generations: 1 } })).rejects.toThrow("nothing works here");
  const resumed = await run({ store, changes: { generations: 1 } });
  const whole = await run({ changes: { generations: 1 } });
  expect(resumed.result?.digest).toBe(whole.result?.digest);
});
