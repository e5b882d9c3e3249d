import { describe, expect, test } from "vitest";
import { createArchivist } from "../../nodes/archivist.ts";
import type { Policy } from "../../policies/policy.ts";
import { firstBound } from "../../policies/stopping.ts";
import { epochSampling } from "../../policies/sampling.ts";
import { GenerationRecord } from "../../state/evidence.ts";
import type { RunState } from "../../state/channels.ts";
import type { RolloutRow } from "../../state/task.ts";
import { candidateOf, createListener, hashOf, openRoom, settingsOf, stateOf } from "../support/nodes.ts";

const payload = { ...(await openRoom()).payload, tokens: async () => 20 };
const rowOf = (task: string, value: number | null): RolloutRow => ({
  task,
  sample: 0,
  key: hashOf(task),
  ...(value === null
    ? { status: "missing" as const, reason: "gone", score: null }
    : { status: "answered" as const, score: { value, objectives: {}, feedback: "" } }),
});
const rollouts = await payload.putJson({
  program: hashOf("start"),
  visible: {},
  suite: "train",
  rows: [rowOf("a", 1), rowOf("b", 0.5), rowOf("c", 0), rowOf("d", null)],
});
const deficiency = {
  skill: "guide",
  file: "SKILL.md",
  place: null,
  defect: "missing" as const,
  category: "cats",
  severity: "high" as const,
  tasks: ["b", "c"],
  plan: "",
  extra: {},
};

/** The state after a gate that accepted `better`. */
function accepted(changes: Partial<RunState> = {}): RunState {
  return stateOf({
    generation: 3,
    parent: hashOf("start"),
    rollouts,
    deficiencies: [deficiency],
    candidates: [candidateOf("first"), candidateOf("better")],
    candidate: candidateOf("better"),
    findings: [{ program: hashOf("first"), rule: "name", severity: "block", message: "" }],
    columns: [
      { program: hashOf("start"), values: [0, 1, 0, 1] },
      { program: hashOf("better"), values: [1, 1, 0, 1] },
    ],
    evidence: {
      suite: "validation",
      against: "incumbent",
      order: "fails-first",
      columns: { task: [0, 2, 1, 3], candidate: [1, 0, 1, 1], other: [0, 0, 1, 1] },
      decidedAt: 4,
      maxMissing: 0.2,
      tokens: { candidate: 10, other: 10 },
      gain: null,
    },
    verdict: { accepted: true, decided: true, reason: "improved", delta: 0.25 },
    head: hashOf("better"),
    best: { program: hashOf("better"), score: 0.75, generation: 3 },
    spent: { rollouts: 12, simulations: 5, tokens: 0 },
    ...changes,
  });
}

async function archive(state: RunState, policies: Policy[] = [firstBound]) {
  const { runtime, events } = createListener();
  const update = await createArchivist({ policies, stopping: firstBound, payload })(state, runtime);
  return { ...update, events };
}

describe("the archivist", () => {
  test("writes down what the generation did", async () => {
    const { record } = await archive(accepted());
    expect(record).toEqual({
      generation: 3,
      parent: hashOf("start"),
      parentScore: 0.5,
      parentMissing: 0,
      head: hashOf("better"),
      headScore: 0.75,
      headMissing: 0,
      headTokens: 20,
      batch: { tasks: 4, failed: 2, missing: 1, score: 0.5 },
      rollouts,
      deficiencies: [{ category: "cats", tasks: 2 }],
      candidate: candidateOf("better"),
      findings: [{ program: hashOf("first"), rule: "name", severity: "block", message: "" }],
      evidence: { asked: 4, planned: 4, fixed: 1, broken: 0, missing: 0 },
      verdict: { accepted: true, decided: true, reason: "improved", delta: 0.25 },
      spent: { rollouts: 12, simulations: 5, tokens: 0 },
    });
    expect(GenerationRecord.parse(record)).toEqual(record);
  });

  test("writes down a generation in which nothing could be tried", async () => {
    const verdict = { accepted: false, decided: true, reason: "blocked by the guard", delta: 0 };
    const { record } = await archive(stateOf({ generation: 1, candidates: [candidateOf("first")], verdict }));
    expect(record).toMatchObject({
      parent: hashOf("start"),
      parentScore: null,
      headScore: null,
      headTokens: 20,
      batch: { tasks: 0, failed: 0, missing: 0, score: null },
      rollouts: null,
      candidate: candidateOf("first"),
      evidence: null,
      verdict,
    });
    expect(GenerationRecord.parse(record)).toEqual(record);
  });

  test("lets the policies learn from the record, and keeps other memories", async () => {
    const memories = { other: "kept", [epochSampling.name]: { taken: 60 } };
    const after = await archive(accepted({ memories }), [epochSampling, firstBound]);
    expect(after.memories).toEqual({
      other: "kept",
      [epochSampling.name]: { taken: 64 },
      [firstBound.name]: { idle: 0 },
    });
  });

  test("stops with the bound the policy names, by what was learned in this very generation", async () => {
    expect((await archive(accepted())).stop).toBeNull();
    expect((await archive(accepted({ settings: settingsOf({ generations: 3 }) }))).stop).toBe("generations");
    expect((await archive(accepted({ settings: settingsOf({ target: 0.75 }) }))).stop).toBe("target");
    const rejected = {
      verdict: { accepted: false, decided: true, reason: "no improvement", delta: 0 },
      settings: settingsOf({ patience: 2 }),
      memories: { [firstBound.name]: { idle: 1 } },
    };
    expect((await archive(accepted(rejected))).stop).toBe("patience");
  });

  test("stops where the budget no longer holds the least generation of these suites", async () => {
    const suiteOf = (size: number) => ({ hash: hashOf("tasks"), size });
    const suites = { ...stateOf().suites, train: suiteOf(7), validation: suiteOf(4) };
    const stopAt = async (budgetRollouts: number) =>
      (await archive(accepted({ suites, settings: settingsOf({ budgetRollouts, batch: 5 }) }))).stop;
    expect(await stopAt(12 + 5 + 4)).toBeNull();
    expect(await stopAt(12 + 5 + 4 - 1)).toBe("budget");
  });

  test("tells the end of the generation, and leaves the verdict to the gate", async () => {
    const { events } = await archive(accepted());
    expect(events).toEqual([
      { type: "generation-end", generation: 3, score: 0.75, best: 0.75, rollouts: 12, simulations: 5, tokens: 0 },
    ]);
  });

  test("asks for a gate where there is no verdict", async () => {
    await expect(archive(stateOf({ generation: 1 }))).rejects.toThrow("put an accept gate before it");
  });

  test("takes a deficiency that names no task", async () => {
    const { record } = await archive(accepted({ deficiencies: [{ ...deficiency, tasks: [] }] }));
    expect(GenerationRecord.safeParse(record).success).toBe(true);
  });
});
