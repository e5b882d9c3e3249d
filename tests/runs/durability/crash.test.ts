import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { acknowledged, buryOwner, paidAgain, runUntilDeath } from "../../support/durability/crashes.ts";
import { killAtWrites, newWitness } from "../../support/durability/kill-points.ts";
import { gates, houseRuns } from "../../support/house-runs.ts";
import { drivers } from "../../support/stores.ts";
import { executionsIn } from "../../support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const canonicalNodes = [
  "task-sampler",
  "parent-selector",
  "rollout",
  "failure-analyzer",
  "diagnostician",
  "optimizer",
  "guard",
  "validator",
  "accept-gate",
  "archivist",
];

// The stores take the kill points of a run in turn, a different one first each time; `npm run chaos -- writes` has all on each.
const setups = houseRuns
  .flatMap((run) => (run.gates ?? gates).map((gate) => ({ run, gate, name: run.name })))
  .flatMap((setup, place) =>
    drivers.map(({ name, open }, index) => {
      return { ...setup, open, store: name, turn: { at: place + index, of: drivers.length } };
    }),
  );

test.each(setups)(
  "$name, $gate gate, $store: a store that dies at a write leaves a run that resumes to the same end, and nothing acknowledged is paid again",
  async ({ run, gate, open, store, turn }) => {
    const isFirst = run === houseRuns[0] && gate === "strict" && store === "memory";
    const stride = isFirst ? 5 : run.agent === undefined ? 60 : 120;
    const place = { setup: { run, gate }, open, folder, stride };
    const { problems, nodes } = await killAtWrites(isFirst ? place : { ...place, turn });
    expect(problems).toEqual([]);
    if (isFirst) expect([...nodes.keys()]).toEqual(expect.arrayContaining(canonicalNodes));
  },
);

test("a run that dies again and again still ends the same", async () => {
  const whole = await runUntilDeath(createMemoryStore(), newWitness(folder, "whole-2"));
  const store = createMemoryStore();
  const witness = newWitness(folder, "again");
  let deaths = 0;
  for (;;) {
    const before = { count: executionsIn(witness).length, kept: await acknowledged(store, witness) };
    const died = await runUntilDeath(store, witness, { death: { atCommit: 12 + (deaths % 3), when: "after" } });
    expect(paidAgain(witness, before.count, before.kept)).toEqual([]);
    await buryOwner(store);
    if (died.result !== undefined) {
      expect(died.result.digest).toBe(whole.result?.digest);
      break;
    }
    deaths += 1;
    expect(deaths).toBeLessThan(60);
  }
  expect(deaths).toBeGreaterThan(3);
});
