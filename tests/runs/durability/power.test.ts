import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { runUntilDeath } from "../../support/durability/crashes.ts";
import { cutPower, whyNoPowerCuts } from "../../support/durability/power/power.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test("a power cut loses no acknowledged call, and the run goes on to the same end", async ({ skip }) => {
  const reason = whyNoPowerCuts(folder.path);
  skip(reason !== undefined, reason);
  const witness = join(folder.path, "whole");
  writeFileSync(witness, "");
  const whole = await runUntilDeath(createMemoryStore(), witness);
  const { lost, isIntact, digest } = await cutPower(0, folder.path);
  expect({ lost, isIntact, digest }).toEqual({ lost: 0, isIntact: true, digest: whole.result?.digest });
});
