import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { houseRun, runUntilDeath, type Setup } from "../../support/durability/crashes.ts";
import { killAtWrites, newWitness } from "../../support/durability/kill-points.ts";
import { openAuditRun } from "../../support/house-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-open-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const setup: Setup = { run: openAuditRun, gate: "its own" };

test("a run that dies within an audit that goes on, or beside it, ends the same", async () => {
  const store = createMemoryStore();
  await runUntilDeath(store, newWitness(folder, "seen"), { setup });
  const { timeline } = await show(houseRun, { store });
  const [open, last] = timeline.flatMap(({ audit }) => audit ?? []).slice(-2);
  expect(open).toMatchObject({ stands: null, program: last!.program });
  expect(last!.counts.asked).toBeGreaterThan(open!.counts.asked);
  const { problems, nodes } = await killAtWrites({
    setup,
    open: () => ({ store: createMemoryStore(), dispose: async () => undefined }),
    folder,
    stride: 3,
    last: 40,
  });
  expect(problems).toEqual([]);
  expect(nodes.get("validator")).toBeGreaterThan(0);
});
