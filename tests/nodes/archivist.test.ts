import { describe, expect, test } from "vitest";
import { z } from "zod";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import { createArchivist } from "../../nodes/archivist.ts";
import type { Learned, Policy } from "../../policies/policy.ts";
import { newMember } from "../../state/archive.ts";
import { oneDraft } from "../../policies/drafting.ts";
import { headArchive } from "../../policies/archive.ts";
import { firstBound } from "../../policies/stopping.ts";
import { epochSampling } from "../../policies/sampling.ts";
import { strictAcceptance } from "../../policies/acceptance.ts";
import { againstHead } from "../../policies/trial.ts";
import { growingSample } from "../../policies/validation-tasks.ts";
import { GenerationRecord, type Verdict } from "../../state/evidence.ts";
import type { RunState } from "../../state/channels.ts";
import type { RolloutRow } from "../../state/task.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createRolloutArchive } from "../../stores/payload/rollout-archive.ts";
import { memoriesOf, recordOf } from "../../stores/payload/opened.ts";
import {
  addTopic,
  candidateOf,
  createBlankPayload,
  createListener,
  hashOf,
  memberWith,
  settingsOf,
  stateOf,
} from "../support/nodes.ts";
import { textDigest } from "../../skills/leakage/similarity.ts";
import { findingOf } from "../policies/records.ts";

const payload = { ...createBlankPayload(), tokens: async () => 20 };
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
  tokens: 0,
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

const improved: Verdict = { accepted: true, decided: true, reason: "improved", delta: 0.25 };
const passedOver: Verdict = { ...improved, accepted: false, reason: "another candidate gained more", delta: 0.1 };
const counts = { asked: 4, planned: 4, fixed: 1, broken: 0, missing: 0 };
const edits = await payload.putJson([addTopic("cats")]);
const made = (name: string) => candidateOf(name, { edits });
const column = await payload.putJson({ score: [1, 1, null, 0.25] });
const measuredOf = (name: string, verdict: Verdict, score: number) => ({
  candidate: made(name),
  stages: [{ stage: "validation", evidence: hashOf("evidence"), counts, verdict }],
  verdict,
  means: { score },
  column,
});
const better = await memberWith(payload, hashOf("better"), [1, 1, null, 0.25], { generation: 3 });
const members = await payload.putJson([better]);
const start = await memberWith(payload, hashOf("start"), [0, 1, 0, 1]);
const columns = await payload.putJson([{ program: start.program, column: start.column, means: start.means }]);
const measured = await payload.putJson([measuredOf("less", improved, 0.7), measuredOf("better", improved, 0.75)]);

const deficiencies = await payload.putJson([deficiency]);

/** The state after a gate that accepted `better`, passed over `less` and keeps `better` alone. */
function accepted(changes: Partial<RunState> = {}): RunState {
  return stateOf({
    generation: 3,
    rollouts,
    deficiencies,
    candidates: [candidateOf("first"), made("less"), made("better")],
    candidate: made("better"),
    findings: [findingOf(hashOf("first"))],
    columns,
    measured,
    verdict: improved,
    verdicts: [passedOver, improved],
    archive: members,
    head: hashOf("better"),
    spent: { rollouts: 12, simulations: 5, tokens: 0 },
    ...changes,
  });
}

async function archive(state: RunState, policies: Policy[] = [firstBound]) {
  const { runtime, events } = createListener();
  const trial = againstHead(strictAcceptance);
  const close = createArchivist({
    policies,
    sampling: epochSampling,
    drafting: oneDraft,
    stopping: firstBound,
    trial,
    sample: growingSample,
    keeping: headArchive,
    failing: anyShortfall,
    payload,
    archive: createRolloutArchive({
      payload,
      ledger: createLedger({ store: createMemoryStore(), family: "family", run: "run" }),
    }),
  });
  const update = await close(state, runtime);
  const after = { record: null, memories: null, ...update };
  return { ...update, events, record: await recordOf(after, payload), memories: await memoriesOf(after, payload) };
}

describe("the archivist", () => {
  test("writes down what the generation did", async () => {
    const { record } = await archive(accepted());
    expect(record).toEqual({
      generation: 3,
      epoch: null,
      episode: null,
      parents: [hashOf("start")],
      parentScore: 0.5,
      parentMissing: 0,
      head: hashOf("better"),
      headScore: 0.75,
      headMissing: 1,
      headTasks: 3,
      headTokens: 20,
      parentMeans: {},
      headMeans: {},
      batch: { tasks: 4, failed: 2, missing: 1, score: 0.5 },
      rollouts,
      samples: null,
      deficiencies: [{ category: "cats", defect: "missing", tasks: 2 }],
      candidate: made("better"),
      candidateScore: 0.75,
      findings: [findingOf(hashOf("first"))],
      keptOut: [candidateOf("first")],
      tried: [textDigest([])],
      evidence: counts,
      audit: null,
      ablations: [],
      standing: null,
      verdict: improved,
      others: [{ candidate: made("less"), verdict: passedOver, score: 0.7 }],
      archive: { members, size: 1 },
      spent: { rollouts: 12, simulations: 5, tokens: 0 },
    });
    expect(GenerationRecord.parse(record)).toEqual(record);
  });

  test("scores no program by the first of its tasks alone, as an audit has asked them", async () => {
    const suites = { ...stateOf().suites, validation: { hash: hashOf("validation"), size: 8 } };
    const archived = await payload.putJson([{ ...better, means: { ...better.means, effect: 0.5 } }]);
    const { record } = await archive(accepted({ suites, archive: archived }));
    expect(record).toMatchObject({ headScore: null, headTasks: 0, parentScore: null, candidateScore: null });
    expect(record!.headMeans).toEqual({});
    expect(record!.others).toMatchObject([{ score: null }]);
    const few = { ...accepted({ suites, archive: archived }), settings: settingsOf({ validation: 4 }) };
    expect((await archive(few)).record).toMatchObject({ headScore: 0.75, headTasks: 3, candidateScore: 0.75 });
    expect((await archive(few)).record!.headMeans).toEqual({ effect: 0.5 });
  });

  test("writes down a generation in which nothing could be tried", async () => {
    const verdict = { accepted: false, decided: true, reason: "blocked by the guard", delta: 0 };
    const unmeasured = await payload.putJson([newMember(hashOf("start"))]);
    const state = stateOf({ generation: 1, candidates: [candidateOf("first")], verdict, archive: unmeasured });
    const { record } = await archive(state);
    expect(record).toMatchObject({
      parents: [hashOf("start")],
      parentScore: null,
      headScore: null,
      headTokens: 20,
      parentMeans: {},
      headMeans: {},
      batch: { tasks: 0, failed: 0, missing: 0, score: null },
      rollouts: null,
      candidate: candidateOf("first"),
      evidence: null,
      audit: null,
      standing: null,
      verdict,
      others: [],
      archive: { members: unmeasured, size: 1 },
    });
    expect(GenerationRecord.parse(record)).toEqual(record);
  });

  test("writes down both parents of a merge, and the score of the first", async () => {
    const parents = [hashOf("better"), hashOf("start")];
    const { record } = await archive(accepted({ parents, rollouts: null }));
    expect(record).toMatchObject({ parents, parentScore: 0.75, parentMissing: 1, rollouts: null });
  });

  test("lets the policies learn from the record, and keeps other memories", async () => {
    const memories = { other: "kept", [epochSampling.name]: { taken: 60 } };
    const after = await archive(accepted({ memories: await payload.putJson(memories) }), [epochSampling, firstBound]);
    expect(after.memories).toEqual({
      other: "kept",
      [epochSampling.name]: { taken: 64 },
      [firstBound.name]: { idle: 0 },
    });
  });

  test("stops with the bound the policy names, by what was learned in this very generation", async () => {
    expect((await archive(accepted())).stop).toBeNull();
    expect((await archive(accepted({ settings: settingsOf({ generations: 3 }) }))).stop).toBe("generations");
    expect((await archive(accepted({ settings: settingsOf({ target: 0.2 }) }))).stop).toBe("target");
    const rejected = {
      verdict: { accepted: false, decided: true, reason: "no improvement", delta: 0 },
      settings: settingsOf({ patience: 2 }),
      memories: await payload.putJson({ [firstBound.name]: { idle: 1 } }),
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

  test("reckons with the validation tasks in use where they have grown", async () => {
    const suites = { ...stateOf().suites, validation: { hash: hashOf("tasks"), size: 10 } };
    const memories = await payload.putJson({ [growingSample.name]: { tasks: 8 } });
    const stopAt = async (budgetRollouts: number) => {
      const settings = settingsOf({ budgetRollouts, batch: 5, validation: 4 });
      return (await archive(accepted({ suites, memories, settings }))).stop;
    };
    const { size } = suites.train;
    expect(await stopAt(12 + Math.min(5, size) + 8)).toBeNull();
    expect(await stopAt(12 + Math.min(5, size) + 8 - 1)).toBe("budget");
  });

  test("tells the end of the generation, and leaves the verdict to the gate", async () => {
    const { events } = await archive(accepted());
    expect(events).toEqual([
      {
        type: "generation-end",
        generation: 3,
        score: 0.75,
        tasks: 3,
        standing: null,
        members: 1,
        rollouts: 12,
        simulations: 5,
        tokens: 0,
      },
    ]);
  });

  test("asks for a gate where there is no verdict", async () => {
    await expect(archive(stateOf({ generation: 1 }))).rejects.toThrow("put an accept gate before it");
  });

  test("takes a deficiency that names no task", async () => {
    const { record } = await archive(accepted({ deficiencies: await payload.putJson([{ ...deficiency, tasks: [] }]) }));
    expect(GenerationRecord.safeParse(record).success).toBe(true);
  });
});

test("tells the policies how each task of the batch went, and how many edits were accepted", async () => {
  const learned: Learned[] = [];
  const watching: Policy = {
    name: "test.watching",
    version: 1,
    memory: {
      schema: z.null(),
      start: null,
      maxBytes: 10,
      learn(_, record) {
        learned.push(record);
        return null;
      },
    },
  };
  const both = await payload.putJson([addTopic("cats"), addTopic("dogs")]);
  const candidate = candidateOf("better", { edits: both });
  const one = { ...measuredOf("better", improved, 0.75), candidate };
  const state = accepted({
    batch: [7, 3, 9, 1],
    candidate,
    measured: await payload.putJson([one]),
    verdicts: [improved],
  });
  await archive(state, [watching]);
  expect(learned[0]).toMatchObject({ generation: 3, acceptedEdits: 2 });
  expect(learned[0]?.outcomes).toEqual([
    { task: "7", rollouts: 1, success: 1 },
    { task: "3", rollouts: 1, success: 0.5 },
    { task: "9", rollouts: 1, success: 0 },
  ]);
  await archive({ ...state, verdicts: [passedOver], rollouts: null }, [watching]);
  expect(learned[1]).toMatchObject({ outcomes: [], acceptedEdits: 0 });
});
