import { describe, expect, test } from "vitest";
import { createLoop } from "../../graphs/loop.ts";
import { skillopt } from "../../graphs/recipes/skillopt.ts";
import { recipeGraph } from "../../runs/reading/recipe-graph.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createExact } from "../../verifiers/exact.ts";
import { killAnalyzed, runAnalyzed } from "../support/analyzed-runs.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { listingAnalyst, openRoom } from "../support/nodes.ts";

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

const run = (store: RecordStore, more: SettingsInput = {}) =>
  runAnalyzed(store, { settings: { ...changes, ...more }, verifier: createExact(), analyst: { proposals: 1 } });

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
    for (const { atCommit, digest, paid } of await killAnalyzed(run, counted.commits))
      expect([atCommit, digest, paid]).toEqual([atCommit, result!.digest, requests.length]);
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
