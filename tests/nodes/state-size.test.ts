import { END, START, StateGraph } from "@langchain/langgraph";
import { expect, test, vi } from "vitest";
import { createAcceptGate } from "../../nodes/accept-gate.ts";
import type { RunNode } from "../../nodes/node.ts";
import { meansOf } from "../../nodes/trial/columns.ts";
import { mostMembers, type Archive } from "../../policies/archive.ts";
import { mainObjective, Members, newMember, type Column } from "../../state/archive.ts";
import { RunState } from "../../state/channels.ts";
import { createDraw } from "../../state/draw.ts";
import type { Measured } from "../../state/evidence.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLeases } from "../../stores/lease/lease.ts";
import { createRegistry } from "../../stores/registry.ts";
import { createSaver } from "../../stores/saver/saver.ts";
import { candidateOf, createBlankPayload, hashOf, stateOf } from "../support/nodes.ts";

test("the two supersteps that write most store less than 4 kB on average with an archive of 64 members, 200 tasks and 4 objectives", async () => {
  const payload = createBlankPayload();
  const drawAt = createDraw(1, 0, "scores");
  const columnOf = (member: number): Column =>
    Object.fromEntries(
      [mainObjective, "brevity", "cost", "steps"].map((objective, at) => [
        objective,
        Array.from({ length: 200 }, (_, task) => drawAt(member * 1000 + at * 200 + task)),
      ]),
    );
  const members = await Promise.all(
    Array.from({ length: mostMembers }, async (_, member) => {
      const column = columnOf(member);
      return { ...newMember(hashOf(`${member}`)), column: await payload.putJson(column), means: meansOf(column) };
    }),
  );
  const column = columnOf(mostMembers);
  const counts = { asked: 200, planned: 200, fixed: 1, broken: 0, missing: 0 };
  const verdict = { accepted: true, decided: true, reason: "joined the archive", delta: 0.1 };
  const stages = ["minibatch", "full"].map((stage) => ({ stage, evidence: hashOf(stage), counts, verdict }));
  const measured: Measured = {
    candidate: candidateOf("new"),
    stages,
    verdict,
    means: meansOf(column),
    column: await payload.putJson(column),
  };
  const policy: Archive = {
    name: "test.replace",
    version: 1,
    update: ({ archive }) => {
      const keep = [...archive.members.slice(1).map(({ program }) => program), hashOf("new")];
      return { keep, head: hashOf("new"), verdicts: [verdict] };
    },
  };
  const columns = members
    .slice(0, 2)
    .map((member) => ({ program: member.program, column: member.column as string, means: member.means }));
  const validator: RunNode = () => ({ columns, measured: [measured] });
  const store = createMemoryStore();
  const registry = createRegistry(store);
  const saver = createSaver({ store, registry, leases: createLeases({ store, registry }) });
  const gate = createAcceptGate({ archive: policy, payload, ledger: { forget: vi.fn() } });
  const graph = new StateGraph(RunState)
    .addNode("validator", validator)
    .addNode("accept-gate", gate)
    .addEdge(START, "validator")
    .addEdge("validator", "accept-gate")
    .addEdge("accept-gate", END)
    .compile({ checkpointer: saver, interruptBefore: ["validator", "accept-gate"] });
  const config = { configurable: { thread_id: "t" } };
  const stored = async () => {
    const records = await store.list("{t}/thread/t", {});
    return records.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  };
  const { spent: _, ...state } = stateOf({
    head: hashOf("0"),
    start: hashOf("0"),
    parents: [hashOf("0"), hashOf("1")],
    archive: await payload.putJson(members),
  });
  await graph.invoke(state, config);
  const bytes: number[] = [];
  while ((await graph.getState(config)).next.length > 0) {
    const before = await stored();
    await graph.invoke(null, config);
    bytes.push((await stored()) - before);
  }
  const [largest, second] = bytes as [number, number];
  expect(largest).toBeLessThan(5_000);
  expect((largest + second) / 2).toBeLessThan(4_000);
  const { values, next } = await graph.getState(config);
  expect(next).toEqual([]);
  expect(await payload.json((values as { archive: string }).archive, Members)).toHaveLength(mostMembers);
});
