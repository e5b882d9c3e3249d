import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { draw } from "../../state/draw.ts";
import { createMemoryStore } from "../../stores/memory.ts";
import { acknowledged, buryOwner, nodeAtWork, paidAgain, runUntilDeath } from "../support/crashes.ts";
import { executionsIn } from "../support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newWitness(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, "");
  return file;
}

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

test("a store that dies at any write leaves a run that resumes to the same end, and nothing acknowledged is paid again", async () => {
  const whole = await runUntilDeath(createMemoryStore(), newWitness("whole"));
  const stride = 4;
  const hit = new Map<string, number>();
  const problems: string[] = [];
  for (let first = 1; first <= whole.commits; first += stride) {
    const atCommit = Math.min(whole.commits, first + Math.floor(draw(1, first, "kill-point", 0) * stride));
    const when = draw(1, first, "kill-point", 1) < 0.5 ? ("before" as const) : ("after" as const);
    const store = createMemoryStore();
    const witness = newWitness(`kill-${atCommit}`);
    const died = await runUntilDeath(store, witness, { atCommit, when });
    const node = await nodeAtWork(store);
    hit.set(node, (hit.get(node) ?? 0) + 1);
    const [count, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
    await buryOwner(store);
    const { result } = died.result === undefined ? await runUntilDeath(store, witness) : died;
    if (result?.digest !== whole.result?.digest)
      problems.push(`digest after death ${when} commit ${atCommit} in ${node}`);
    if (result?.status !== "finished")
      problems.push(`${result?.status} after death ${when} commit ${atCommit} in ${node}`);
    if (paidAgain(witness, count, kept).length > 0)
      problems.push(`paid again after death ${when} commit ${atCommit} in ${node}`);
  }
  expect(problems).toEqual([]);
  expect([...hit.keys()]).toEqual(expect.arrayContaining(canonicalNodes));
});

test("a run that dies again and again still ends the same", async () => {
  const whole = await runUntilDeath(createMemoryStore(), newWitness("whole-2"));
  const store = createMemoryStore();
  const witness = newWitness("again");
  let deaths = 0;
  for (;;) {
    const before = { count: executionsIn(witness).length, kept: await acknowledged(store, witness) };
    const died = await runUntilDeath(store, witness, { atCommit: 12 + (deaths % 3), when: "after" });
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
