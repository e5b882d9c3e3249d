import { expect, test } from "vitest";
import { digestOf } from "../../../runs/digest.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { lineage, stateOf } from "../../../runs/result.ts";
import { runRecordOf } from "../../../runs/run-lookup.ts";
import { openRuns } from "../../../runs/session.ts";
import { canonicalJson } from "../../../state/json.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

async function finishedRun() {
  const store = createMemoryStore();
  const run = await optimize({
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    store,
  });
  const { digest } = await run.result();
  const runs = openRuns(store);
  const state = await stateOf(runs, run.thread);
  if (state === undefined) throw new Error("The run left no state.");
  return { digest, state, timeline: await lineage(runs, await runRecordOf(runs, "run")) };
}

test("the digest is that of the last state and the timeline", async () => {
  const { digest, state, timeline } = await finishedRun();
  expect(
    digestOf(
      structuredClone(state),
      timeline.map((record) => canonicalJson(record)),
    ),
  ).toBe(digest);
});

test("the digest changes with one score, one edit or one verdict", async () => {
  const { digest, state, timeline } = await finishedRun();
  const changes: Array<(copy: { state: typeof state; timeline: typeof timeline }) => void> = [
    (copy) => Object.assign(copy.state, { columns: digest }),
    (copy) => Object.assign(copy.state, { archive: digest }),
    (copy) => Object.assign(copy.timeline[0]?.candidate ?? {}, { edits: digest }),
    (copy) => Object.assign(copy.timeline[1]?.verdict ?? {}, { reason: "another" }),
    (copy) => Object.assign(copy.timeline[2] ?? {}, { rollouts: digest }),
    (copy) => Object.assign(copy.state, { head: digest }),
  ];
  const digests = changes.map((change) => {
    const copy = structuredClone({ state, timeline });
    change(copy);
    return digestOf(
      copy.state,
      copy.timeline.map((record) => canonicalJson(record)),
    );
  });
  expect(new Set([digest, ...digests]).size).toBe(changes.length + 1);
});
