import { emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import { describe, expect, test } from "vitest";
import type { GenerationRecord } from "../../../state/evidence.ts";
import { canonicalJson, sha256 } from "../../../state/json.ts";
import { createLeases } from "../../../stores/lease/lease.ts";
import { createRegistry } from "../../../stores/registry.ts";
import { createPayload } from "../../../stores/payload/payload.ts";
import { createSaver } from "../../../stores/saver/saver.ts";
import { checkpointOf, labelGeneration, timeline } from "../../../stores/saver/timeline.ts";
import { drivers } from "../../support/stores.ts";

function recordOf(generation: number): GenerationRecord {
  return {
    generation,
    epoch: null,
    episode: null,
    parents: [sha256("parent")],
    parentScore: null,
    parentMissing: 0,
    head: sha256(`head ${generation}`),
    headScore: 0.5,
    headMissing: 0,
    headTasks: 10,
    headTokens: 20,
    parentMeans: {},
    headMeans: {},
    batch: { tasks: 8, failed: 3, missing: 1, score: 0.5 },
    rollouts: null,
    samples: null,
    deficiencies: [{ category: "date", defect: "missing" as const, tasks: 2 }],
    candidate: null,
    findings: [],
    keptOut: [],
    tried: [],
    evidence: null,
    audit: null,
    ablations: [],
    standing: null,
    candidateScore: null,
    verdict: { accepted: false, decided: false, reason: "no candidate", delta: 0 },
    others: [],
    archive: { members: sha256("members"), size: 1 },
    spent: { rollouts: 8, simulations: 0, tokens: 0 },
  };
}

const metadata = { source: "loop" as const, step: 0, parents: {} };

describe.each(drivers)("the timeline over $name", ({ open }) => {
  test("holds each generation's record and checkpoint, written with the checkpoint itself", async () => {
    const { store, dispose } = open();
    const registry = createRegistry(store);
    const leases = createLeases({ store, registry });
    const saver = createSaver({ store, registry, leases, label: labelGeneration(store) });
    const payload = createPayload({ store, family: "t" });
    const checkpoint = async (record: GenerationRecord | null) => ({
      ...emptyCheckpoint(),
      channel_values: {
        record: record && { entry: await payload.putJson(record), generation: record.generation, headScore: 0.5 },
      },
      channel_versions: { record: 1 },
    });
    const config = { configurable: { thread_id: "t", checkpoint_ns: "" } };
    const [second, tenth, first] = [
      await checkpoint(recordOf(2)),
      await checkpoint(recordOf(10)),
      await checkpoint(recordOf(1)),
    ];
    for (const put of [second, tenth, first]) await saver.put(config, put, metadata, { record: 1 });
    await saver.put(config, await checkpoint(null), metadata, { record: 1 });
    await saver.put(config, await checkpoint(recordOf(7)), metadata, {});
    await saver.put(
      { configurable: { thread_id: "t", checkpoint_ns: "sub" } },
      await checkpoint(recordOf(8)),
      metadata,
      {
        record: 1,
      },
    );

    const { space } = leases.held("t")!;
    const upTo = async (last: number) => [...(await timeline(store, space, last)).values()];
    const texts = [1, 2, 10].map((generation) => canonicalJson(recordOf(generation)));
    expect(await upTo(10)).toEqual(texts);
    expect(await upTo(9)).toEqual(texts.slice(0, 2));
    expect(await checkpointOf(store, space, 2)).toBe(second.id);
    expect(await checkpointOf(store, space, 7)).toBeUndefined();
    const versions = await store.get(space, ["timeline/0000000002", "generation/0000000002", "checkpoint//0000000001"]);
    expect(new Set([...versions.values()].map(({ version }) => version)).size).toBe(1);
    await dispose();
  });

  test("refuses a record that is none", async () => {
    const { store, dispose } = open();
    const entry = await createPayload({ store, family: "t" }).putJson({ generation: 1 });
    for (const record of [{ generation: 1 }, { entry, generation: 1, headScore: null }]) {
      const checkpoint = { ...emptyCheckpoint(), channel_values: { record } };
      await expect(labelGeneration(store)(checkpoint, { record: 1 }, "t")).rejects.toThrow();
    }
    await dispose();
  });
});
