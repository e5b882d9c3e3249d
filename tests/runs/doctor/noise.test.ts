import { expect, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { adviseOn, noiseOf } from "../../../policies/inference/noise.ts";
import { detectableDifference } from "../../../policies/inference/difference.ts";
import { checkNoise } from "../../../runs/doctor/noise.ts";
import { draw } from "../../../state/draw.ts";
import { noCost } from "../../../state/task.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { createRegex } from "../../../verifiers/regex.ts";
import { houseProgram, houseSuites } from "../../support/world.ts";

/** Right with a probability, drawn for each sample, and nothing without a skill. */
function agentWith(chance: number): TaskAgent & { calls: number } {
  const expected = new Map(houseSuites.train.map(({ id, expected: text }) => [id, String(text)]));
  return {
    fingerprint: `chance ${chance}`,
    isEmbedded: true,
    calls: 0,
    async answer({ id }, skills, { sample }) {
      this.calls += 1;
      const isRight = skills.length > 0 && draw(sample, Number(id.split("-")[1]), "noise", 0) < chance;
      return { text: isRight ? (expected.get(id) ?? "") : "nothing", used: [], trace: [], cost: noCost };
    },
  };
}

const look = { tasks: houseSuites, verifier: createExact(), program: houseProgram, size: 30, concurrency: 4 };

test("a noisy agent: how many tasks flip, what can be found, and the headroom between no skill and the expected answers", async () => {
  const store = createMemoryStore();
  const agent = agentWith(0.5);
  const checks = await checkNoise({ ...look, agent, store });
  expect(checks.map(({ name, status }) => [name, status])).toEqual([
    ["noise", "ok"],
    ["noise", "warning"],
    ["headroom", "ok"],
  ]);
  expect(checks[0]?.text).toMatch(
    /^\d\d % of 30 train tasks score differently when run again; mean difference [+-]\.\d{3}/,
  );
  expect(checks[1]?.text).toContain("On 24 validation tasks");
  expect(checks[1]?.advice).toMatch(/samples=5|at least \d+ validation tasks/);
  expect(checks[2]?.text).toMatch(/^no skill \.000, the skill \.\d{3}, the expected answers 1\.00$/);
  const { calls } = agent;
  expect(calls).toBe(3 * 30);
  await checkNoise({ ...look, agent, store });
  expect(agent.calls).toBe(calls);
});

test("an agent without noise that is always right has no noise and no headroom", async () => {
  const checks = await checkNoise({ ...look, agent: agentWith(1), store: createMemoryStore() });
  expect(checks[1]?.text).toMatch(/^No noise/);
  expect(checks[2]).toMatchObject({ name: "headroom", status: "warning" });
});

test("patterns are no answers: without them the headroom has no upper end", async () => {
  const verifier = createRegex();
  const checks = await checkNoise({ ...look, verifier, agent: agentWith(0.5), store: createMemoryStore() });
  expect(checks.at(-1)?.text).not.toContain("expected answers");
});

test("noise as worked out by hand: of four pairs one is missing, two differ", () => {
  expect(noiseOf([1, 0, 1, null], [1, 1, 0.5, 1])).toMatchObject({
    pairs: 3,
    flips: 2 / 3,
    spread: 1.25 / 3,
    difference: 0.5 / 3,
  });
  expect(noiseOf([null], [1])).toBeNull();
});

test("the advice is the fewest samples, and tasks, with which the gain is found", () => {
  const { samples, tasks, detectable } = adviseOn({ spread: 0.3 }, 100, 0.1);
  expect(samples).toBe(3);
  expect(detectable[0]?.gain).toBeCloseTo(detectableDifference({ spread: 0.3, pairs: 100 }) ?? 0, 12);
  expect(detectableDifference({ spread: 0.3, pairs: tasks })).toBeLessThanOrEqual(0.1);
  expect(detectableDifference({ spread: 0.3, pairs: tasks - 1 })).toBeGreaterThan(0.1);
  expect(adviseOn({ spread: 0.3 }, 10, 0.05).samples).toBeNull();
});
