import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openRuns } from "../../../runs/session.ts";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { familyPrefix } from "../../../stores/spaces.ts";
import { acknowledged, buryOwner, houseRun, runUntilDeath, type Setup } from "../../support/durability/crashes.ts";
import { newWitness } from "../../support/durability/kill-points.ts";
import { houseBill, houseChatAgent } from "../../support/model-server/house-chat.ts";
import { houseRuns, type HouseRun } from "../../support/house-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-bill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = houseRuns.find(({ agent }) => agent === houseChatAgent) as HouseRun;
const setup: Setup = { run, gate: "strict" };
const deaths = 4;

/** Replies of the model that are in the store: all answers of the ledger that are not those of rollouts. */
async function repliesIn(store: RecordStore, witness: string): Promise<number> {
  const place = await openRuns(store).registry.find(houseRun);
  if (place === undefined) return 0;
  const spaces = (await store.spaces(familyPrefix(place.family))).filter((space) => space.includes("/answer/"));
  const stored = await Promise.all(spaces.map(async (space) => (await store.get(space, ["answer"])).size));
  return stored.reduce((sum, size) => sum + size, 0) - (await acknowledged(store, witness)).size;
}

async function billOf<Value>(work: () => Promise<Value>) {
  const { answered } = await houseBill();
  const value = await work();
  return { value, calls: (await houseBill()).answered - answered };
}

test("after a death the server is asked for what is not in the store, call by call, and for nothing else", async () => {
  const whole = await billOf(() => runUntilDeath(createMemoryStore(), newWitness(folder, "whole"), { setup }));
  expect(whole.calls).toBeGreaterThan(40);
  let unacknowledged = 0;
  for (let index = 0; index < deaths; index += 1) {
    const store = createMemoryStore();
    const witness = newWitness(folder, `death-${index}`);
    const atCommit = 8 + Math.floor(draw(1, index, "bill", 0) * (whole.value.commits - 8));
    const death = { atCommit, when: index % 2 === 0 ? "before" : "after" } as const;
    const died = await billOf(() => runUntilDeath(store, witness, { death, setup }));
    const kept = await repliesIn(store, witness);
    unacknowledged += died.calls - kept;
    await buryOwner(store);
    const resumed = await billOf(() => runUntilDeath(store, witness, { setup }));
    expect({ atCommit, calls: resumed.calls }).toEqual({ atCommit, calls: whole.calls - kept });
    expect(resumed.value.result?.digest).toBe(whole.value.result?.digest);
  }
  // Only what was under way at a death is paid twice: of four rollouts at a time at most four calls.
  expect(unacknowledged).toBeLessThanOrEqual(deaths * 4);
});
