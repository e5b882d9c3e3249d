import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createLanguageModelAnalyst } from "../../analysts/language-model/language-model-analyst.ts";
import { createLoop } from "../../graphs/loop.ts";
import { skillopt } from "../../graphs/recipes/skillopt.ts";
import { recipeGraph } from "../../runs/reading/recipe-graph.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { openRuns } from "../../runs/session.ts";
import { SettingsError } from "../../state/errors.ts";
import type { RunEvent } from "../../state/events.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { familyPrefix, threadSpace } from "../../stores/spaces.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { analystBrain, titleOf } from "../support/model-server/analyst-brain.ts";
import { BrainModel, journaled } from "../support/model-server/brain-model.ts";
import { listingAnalyst, openRoom } from "../support/nodes.ts";
import { houseProgram, houseSuites } from "../support/world.ts";

const changes: SettingsInput = {
  recipe: "skillopt",
  epochs: 2,
  batch: 20,
  replay: 20,
  minibatch: 4,
  mergeBatch: 2,
  edits: 3,
  wave: 6,
  target: null,
};

/** Runs the recipe with a language model as the analyst: to its end, or to the death of its store. */
async function run(store: RecordStore, more: SettingsInput = {}) {
  const chat = new BrainModel(analystBrain);
  const events: RunEvent[] = [];
  const analyst = createLanguageModelAnalyst({
    model: journaled(chat),
    proposals: 1,
    failures: 4,
    dimensions: ["knowledge"],
  });
  const parts = { agent: createProcedureAgent(), analyst, verifier: createExact() };
  const settings = { ...changes, ...more };
  const requests = chat.requests;
  try {
    const started = await optimize({
      ...parts,
      program: houseProgram,
      tasks: houseSuites,
      settings,
      run: "house",
      store,
    });
    for await (const event of started.events()) events.push(event);
    return { result: await started.result(), events, requests };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    return { result: undefined, events, requests };
  }
}

/** How many replies of a model a store holds; the dead owner is taken away. */
async function bury(store: RecordStore): Promise<number> {
  const place = await openRuns(store).registry.find("house");
  if (place === undefined) return 0;
  await store.commit([{ space: threadSpace(place.family, place.thread), delete: ["owner"] }]);
  const spaces = (await store.spaces(familyPrefix(place.family))).filter((space) => space.includes("/answer/"));
  const answers = await Promise.all(spaces.map((space) => store.get(space, ["answer"])));
  return answers.filter((records) => records.get("answer")?.value.includes('"finish"')).length;
}

describe("skillopt", () => {
  const counted = createMortalStore(createMemoryStore());
  const whole = run(counted);

  test("trains in epochs: groups are proposed for and merged, and a generation looks back on the second epoch", async () => {
    const { result, events, requests } = await whole;
    expect(result).toMatchObject({ status: "finished", generations: 5 });
    const operators = events.flatMap((event) => (event.type === "candidate-made" ? [event.operator] : []));
    expect(operators).toContain("merged");
    expect(operators.at(-1)).toBe("slow-update");
    const titles = new Set(requests.map(titleOf));
    for (const title of [
      "Proposal",
      "Proposal from what went well",
      "Merge of edits",
      "Slow update",
      "Notes for editors",
    ])
      expect(titles).toContain(title);
    const { start, best } = result!.score.validation;
    expect(best).toBeGreaterThan(start!);
  });

  test("killed anywhere resumes to the same digest, and pays for no reply again that it has", async () => {
    const { result, requests } = await whole;
    const deaths = Array.from({ length: 7 }, (_, index) => Math.floor(((index + 0.5) / 7) * counted.commits) + 1);
    for (const atCommit of deaths) {
      const store = createMemoryStore();
      const died = await run(createMortalStore(store, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" }));
      expect(died.result).toBeUndefined();
      const kept = await bury(store);
      const resumed = await run(store);
      expect([atCommit, resumed.result?.digest]).toEqual([atCommit, result!.digest]);
      expect([atCommit, resumed.requests.length]).toEqual([atCommit, requests.length - kept]);
    }
  });

  test("has the model choose the number of edits, and write the skill anew", async () => {
    const { result, requests } = await run(createMemoryStore(), { decay: "autonomous", mode: "rewrite", epochs: 1 });
    expect(result?.status).toBe("finished");
    const titles = new Set(requests.map(titleOf));
    expect([titles.has("Number of edits"), titles.has("Rewriting"), titles.has("Slow update")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("is drawn with two ways from rollout to guard", async () => {
    const { edges } = await recipeGraph("skillopt");
    const around = edges.filter(({ source, target }) => source === "rollout" || target === "guard");
    expect(
      around
        .map(({ source, target, conditional }) => `${source} ${conditional === true ? "?" : "-"} ${target}`)
        .toSorted(),
    ).toEqual(["optimizer - guard", "reflector - guard", "rollout ? failure-analyzer", "rollout ? reflector"]);
  });

  test("refuses a learning rate that goes up, and a rewriting that the analyst cannot do", async () => {
    const policiesOf = (of: SettingsInput) => skillopt.policies(parseSettings({ ...of }, skillopt));
    expect(() => policiesOf({ edits: 2, leastEdits: 3 })).toThrow(SettingsError);
    const room = await openRoom();
    expect(() => createLoop({ ...room, analyst: listingAnalyst, policies: policiesOf({ mode: "rewrite" }) })).toThrow(
      /rewrites skills/,
    );
  });
});
