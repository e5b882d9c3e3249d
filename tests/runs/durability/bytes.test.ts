import { afterAll, expect, test } from "vitest";
import { damageBytes } from "../../support/durability/attacks/bytes.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test("one damaged byte of a SQLite file changes nothing, is reported or refused, and never ends the process", async () => {
  const trials = await damageBytes(folder.path, { to: 25 });
  expect(trials).toHaveLength(25);
  expect(trials.filter(({ outcome }) => ["silent", "crashed", "aborted"].includes(outcome))).toEqual([]);
  expect(new Set(trials.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
});
