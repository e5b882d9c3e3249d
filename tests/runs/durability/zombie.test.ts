import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { runUntilDeath } from "../../support/durability/crashes.ts";
import { temporaryFolder } from "../../support/stores.ts";
import { makeZombie, startRivals } from "../../support/durability/zombies.ts";

test("a process that was stopped past its lease stores nothing more, and pays for no more than it had in flight", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder.path, "whole"), "");
  const whole = await runUntilDeath(createMemoryStore(), join(folder.path, "whole"));
  for (let trial = 0; trial < 2; trial += 1) {
    const url = `file:${join(folder.path, `${trial}.db`)}`;
    const { end, digest, extraCalls, concurrency } = await makeZombie(trial, { url, folder: folder.path });
    expect(end).toBe("fenced");
    expect(digest).toBe(whole.result?.digest);
    expect(extraCalls).toBeLessThanOrEqual(concurrency);
  }
  folder.remove();
});

test("of several processes that take up one run, one works, and the others name it", async () => {
  const folder = temporaryFolder();
  const [url, witness] = [`file:${join(folder.path, "runs.db")}`, join(folder.path, "witness")];
  const { ends, calls, unique } = await startRivals(3, { url, witness });
  expect(ends.filter((end) => end === "finished").length).toBeGreaterThanOrEqual(1);
  // One that comes when the run has ended finds it finished.
  expect(ends.filter((end) => !["finished", "owned"].includes(end))).toEqual([]);
  expect(calls).toBe(unique);
  folder.remove();
});
