import { expect, test } from "vitest";
import { runAgainstFaults } from "../support/model-faults.ts";
import { faultNames } from "../support/model-server/faults.ts";

test("a server that fails in every way it can costs attempts and some tasks, but no score and nothing twice", async () => {
  const { rows, again, requests, counts, script } = await runAgainstFaults({ seed: 1, calls: 40, share: 0.5 });
  expect([...script.met.keys()].toSorted()).toEqual(faultNames.toSorted());

  const answered = rows.filter(({ status }) => status === "answered");
  const missing = rows.filter(({ status }) => status === "missing");
  expect(rows).toHaveLength(40);
  expect(answered.map(({ score }) => score?.value)).toEqual(answered.map(() => 1));
  expect(missing.length).toBeGreaterThan(0);
  for (const row of missing) expect(row).toMatchObject({ score: null, reason: expect.stringContaining("model m") });

  expect(counts.faults).toEqual(script.kinds());
  expect(counts.attempts).toBe(requests);

  expect(again).toEqual({ rows, requests: 0 });
});
