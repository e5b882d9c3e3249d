import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { runOnFullDisk, runUnderClockJumps } from "../../support/durability/adversity.ts";
import { houseOn, runUntilDeath } from "../../support/durability/crashes.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

let digest: string | undefined;
let concurrency = 0;
beforeAll(async () => {
  const witness = join(folder.path, "whole");
  writeFileSync(witness, "");
  ({ concurrency } = houseOn(createMemoryStore(), witness));
  digest = (await runUntilDeath(createMemoryStore(), witness)).result?.digest;
});

test("a clock that jumps by hours and days, within and between processes, changes nothing", async () => {
  for (let trial = 0; trial < 3; trial += 1) {
    const result = await runUnderClockJumps(trial, folder.path);
    expect(result.digest).toBe(digest);
    // Deaths come after a write, with nothing in flight but what shares the batch.
    expect(result.calls - result.unique).toBeLessThanOrEqual(concurrency * 10);
  }
});

test("a full disk stops a run before it pays for more than is in flight, and it goes on once there is room", async () => {
  let full = 0;
  for (const pages of [2, 20, 60]) {
    const result = await runOnFullDisk(pages, folder.path);
    expect(result.digest).toBe(digest);
    expect(result.callsAfterFailure).toBeLessThanOrEqual(concurrency);
    full += result.wasFull ? 1 : 0;
    if (result.wasFull) expect(result.message).toMatch(/the disk is full\. Free some space and resume/);
  }
  expect(full).toBeGreaterThan(1);
});
