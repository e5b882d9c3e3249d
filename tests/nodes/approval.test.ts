import { Command, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test, vi } from "vitest";
import { createAcceptGate } from "../../nodes/accept-gate.ts";
import { headArchive, type Archive } from "../../policies/archive.ts";
import { whenInDoubt } from "../../policies/doubt.ts";
import { ApprovalRequest } from "../../state/approval.ts";
import { Members } from "../../state/archive.ts";
import { RunState } from "../../state/channels.ts";
import type { Measured, Verdict } from "../../state/evidence.ts";
import { candidateOf, createBlankPayload, hashOf, settingsOf, stateOf } from "../support/nodes.ts";

const start = hashOf("start");

/** Keeps the head and every accepted candidate; the one that gained most becomes the head. */
const keepAll: Archive = {
  ...headArchive,
  name: "test.keep-all",
  update(input, memory, draw) {
    const accepted = input.measured.filter(({ verdict }) => verdict.accepted).map(({ candidate }) => candidate.program);
    const { head } = headArchive.update(input, memory, draw);
    return { keep: [start, ...accepted], head, verdicts: input.measured.map(({ verdict }) => verdict) };
  },
};

function found(name: string, delta: number, isAccepted = true): Measured {
  const verdict: Verdict = {
    accepted: isAccepted,
    decided: true,
    reason: isAccepted ? "improved" : "no improvement",
    delta,
  };
  return { candidate: candidateOf(name), stages: [], verdict, means: {}, column: null };
}

/** A graph of the gate alone over these candidates, and the answers that it was given, in the order of its questions. */
async function ask(archive: Archive, list: Measured[], answers: Array<boolean | { accept: boolean; because: string }>) {
  const payload = createBlankPayload();
  const gate = createAcceptGate({ archive, doubt: whenInDoubt(), payload, ledger: { forget: vi.fn() } });
  const graph = new StateGraph(RunState)
    .addNode("accept-gate", gate)
    .addEdge(START, "accept-gate")
    .addEdge("accept-gate", END)
    .compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "one" } };
  const measured = await payload.putJson(list);
  const { spent: _, ...state } = stateOf({ generation: 2, measured, settings: settingsOf({ approve: "always" }) });
  await graph.invoke(state, config);
  const asked: string[] = [];
  for (const answer of answers) {
    const { tasks } = await graph.getState(config);
    const [interrupt] = tasks[0]?.interrupts ?? [];
    asked.push(ApprovalRequest.parse(interrupt?.value).candidate.program);
    await graph.invoke(new Command({ resume: answer }), config);
  }
  const { values, tasks } = await graph.getState(config);
  const end = values as typeof RunState.State;
  return {
    asked,
    end,
    isOver: tasks.length === 0,
    members: end.archive === null ? [] : await payload.json(end.archive, Members),
  };
}

describe("a generation with two accepted candidates under the setting approve", () => {
  const [less, more, worse] = [found("less", 0.1), found("more", 0.3), found("worse", 0, false)];

  test("asks about one after the other, and never about what the policy turns down", async () => {
    const { asked, isOver, end, members } = await ask(
      keepAll,
      [less, worse, more],
      [true, { accept: true, because: "fine" }],
    );
    expect(asked).toEqual([hashOf("less"), hashOf("more")]);
    expect(isOver).toBe(true);
    expect(members.map(({ program }) => program)).toEqual([start, hashOf("less"), hashOf("more")]);
    expect(end.verdicts.map(({ accepted, reason }) => [accepted, reason])).toEqual([
      [true, "improved, approved"],
      [false, "no improvement"],
      [true, "improved, approved: fine"],
    ]);
    expect(end.head).toBe(hashOf("more"));
  });

  test("goes on asking after a no, and keeps what was approved alone", async () => {
    const { asked, isOver, end, members } = await ask(
      keepAll,
      [less, more],
      [true, { accept: false, because: "risky" }],
    );
    expect(asked).toHaveLength(2);
    expect(isOver).toBe(true);
    expect(members.map(({ program }) => program)).toEqual([start, hashOf("less")]);
    expect(end).toMatchObject({ head: hashOf("less"), candidate: less.candidate });
    expect(end.verdicts[1]).toMatchObject({ accepted: false, reason: "turned down by a person: risky" });
  });

  test("lets the policy decide again after a no: what was passed over is asked about then", async () => {
    const { asked, isOver, end, members } = await ask(headArchive, [less, more], [false, true]);
    expect(asked).toEqual([hashOf("more"), hashOf("less")]);
    expect(isOver).toBe(true);
    expect(end).toMatchObject({ head: hashOf("less"), candidate: less.candidate, verdict: { accepted: true } });
    expect(members.map(({ program }) => program)).toEqual([hashOf("less")]);
    expect(end.verdicts[1]).toMatchObject({ accepted: false, reason: "turned down by a person" });
  });

  test("keeps what it had where a person turns both down, and waits where the second is not answered", async () => {
    const none = await ask(headArchive, [less, more], [false, false]);
    expect(none).toMatchObject({ isOver: true, end: { head: start, verdict: { accepted: false } } });
    expect(none.members.map(({ program }) => program)).toEqual([start]);
    const waiting = await ask(headArchive, [less, more], [false]);
    expect(waiting).toMatchObject({ isOver: false, end: { archive: null, head: start } });
  });
});

describe("a candidate that a test left open for a person", () => {
  const open = (name: string): Measured => ({
    ...found(name, 0.05, false),
    verdict: { accepted: false, decided: false, reason: "inconclusive", delta: 0.05, inconclusive: "ask" },
  });

  test("is asked about, approved or not set, and takes part in the decision once it is approved", async () => {
    const { asked, isOver, end } = await ask(headArchive, [found("tied", 0, false), open("open")], [true]);
    expect(asked).toEqual([hashOf("open")]);
    expect(isOver).toBe(true);
    expect(end).toMatchObject({ head: hashOf("open"), verdict: { accepted: true, reason: "inconclusive, approved" } });
  });

  test("is dropped on a no, as decided, and is not asked about again", async () => {
    const { asked, isOver, end } = await ask(headArchive, [open("open")], [false]);
    expect(asked).toHaveLength(1);
    expect(isOver).toBe(true);
    expect(end).toMatchObject({ head: start, verdict: { accepted: false, decided: true } });
  });
});
