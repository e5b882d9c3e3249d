import { expect, test } from "vitest";
import { runAgainstFaults } from "../support/model-faults.ts";
import { faultNames } from "../support/model-server/faults.ts";

test("a server that fails in every way it can costs attempts and some tasks, but no score and nothing twice", async () => {
  const { rows, again, requests, counts, script } = await runAgainstFaults({ seed: 3, calls: 80, share: 0.5 });
  expect([...script.met.keys()].toSorted()).toEqual(faultNames.toSorted());

  const answered = rows.filter(({ status }) => status === "answered");
  const missing = rows.filter(({ status }) => status === "missing");
  expect(rows).toHaveLength(80);
  expect(answered.map(({ score }) => score?.value)).toEqual(answered.map(() => 1));
  expect(missing.length).toBeGreaterThan(0);
  for (const row of missing) expect(row).toMatchObject({ score: null, reason: expect.stringContaining("The model m") });

  const { "time-out": timeOuts = 0, ...others } = counts.faults;
  const { "time-out": due = 0, ...expected } = script.kinds();
  expect(timeOuts).toBeGreaterThanOrEqual(due);
  // A machine that stands still for a second turns other answers into time-outs; then there are fewer of these.
  if (timeOuts === due) expect(others).toEqual(expected);
  expect(counts.attempts).toBe(requests);

  expect(again).toEqual({ rows, requests: 0 });
});
