import { describe, expect, test } from "vitest";
import { createAcceptGate } from "../../nodes/accept-gate.ts";
import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import type { Column, Evidence } from "../../state/evidence.ts";
import { candidateOf, createListener, hashOf, stateOf } from "../support/nodes.ts";

const { runtime, events } = createListener();
const payload = { program: () => Promise.reject(new Error("Nobody asked a person.")) };
const gate = createAcceptGate({ acceptance: strictAcceptance, payload });
const [start, better] = [hashOf("start"), hashOf("better")];

/** The state after a validator that measured `better` against the start, or against nothing. */
function measured(candidate: Column["values"], incumbent: Column["values"]) {
  const evidence: Evidence = {
    suite: "validation",
    against: "incumbent",
    order: "fails-first",
    columns: { task: incumbent.map((_, index) => index), candidate, other: incumbent },
    decidedAt: candidate.length,
    tokens: { candidate: 10, other: 10 },
    gain: null,
  };
  const columns = [
    { program: start, values: incumbent },
    ...(candidate.length === incumbent.length ? [{ program: better, values: candidate }] : []),
  ];
  return stateOf({
    generation: 3,
    candidates: [candidateOf("better")],
    candidate: candidateOf("better"),
    evidence,
    columns,
  });
}

describe("the accept gate", () => {
  test("keeps the head on a tie, and says why", async () => {
    expect(await gate(measured([1, 0], [0, 1]), runtime)).toEqual({
      verdict: { accepted: false, decided: true, reason: "no improvement", delta: 0 },
      head: start,
      best: { program: start, score: 0.5, generation: 0 },
    });
  });

  test("moves the head to an accepted candidate, which becomes the best", async () => {
    expect(await gate(measured([1, 1], [0, 1]), runtime)).toEqual({
      verdict: { accepted: true, decided: true, reason: "improved", delta: 0.5 },
      head: better,
      best: { program: better, score: 1, generation: 3 },
    });
  });

  test("makes a tie that the gate prefers the best: it is the shorter of the two", async () => {
    const shorter = createAcceptGate({ acceptance: noWorseAcceptance, payload });
    const state = measured([1, 0], [0, 1]);
    const evidence = { ...(state.evidence as Evidence), tokens: { candidate: 9, other: 10 } };
    expect(await shorter({ ...state, evidence }, runtime)).toMatchObject({
      head: better,
      best: { program: better, score: 0.5, generation: 3 },
    });
  });

  test("gives the start its first score without moving it to a later generation", async () => {
    const { best } = await gate(measured([0], [0, 1, 1]), runtime);
    expect(best).toEqual({ program: start, score: 2 / 3, generation: 0 });
  });

  test("keeps the best where the head is not above it, and where the head was not measured", async () => {
    const best = { program: hashOf("best"), score: 0.75, generation: 2 };
    for (const incumbent of [
      [0, 1],
      [1, 1, 1, 0],
    ]) {
      expect(await gate({ ...measured([], incumbent), best }, runtime)).toMatchObject({ best });
    }
    expect(await gate(stateOf({ best }), runtime)).toMatchObject({ best });
  });

  test.each([
    ["no candidate", false, stateOf()],
    ["budget spent", false, stateOf({ candidates: [candidateOf("better")] })],
    [
      "blocked by the guard",
      true,
      stateOf({
        candidates: [candidateOf("better")],
        findings: [{ program: better, rule: "name", severity: "block", message: "" }],
      }),
    ],
    [
      "budget spent",
      false,
      stateOf({
        candidates: [candidateOf("better")],
        findings: [{ program: better, rule: "link", severity: "warn", message: "" }],
      }),
    ],
    [
      "budget spent",
      false,
      stateOf({
        candidates: [candidateOf("better"), candidateOf("other")],
        findings: [{ program: better, rule: "name", severity: "block", message: "" }],
      }),
    ],
  ])("keeps the head where there is no evidence: %s, decided: %s", async (reason, decided, state) => {
    const verdict = { accepted: false, decided, reason, delta: 0 };
    expect(await gate(state, runtime)).toMatchObject({ verdict, head: start });
    expect(events.at(-1)).toEqual({ type: "verdict", generation: 0, verdict, asked: 0, planned: 0 });
  });

  test("leaves undecided what the budget cut short", async () => {
    const { verdict, head } = await gate(measured([1], [0, 0, 1]), runtime);
    expect({ verdict, head }).toMatchObject({
      verdict: { accepted: false, decided: false, reason: "undecided" },
      head: start,
    });
  });

  test("tells the verdict, and how much of the plan was asked", async () => {
    const listener = createListener();
    const { verdict } = await gate(measured([0, 0], [0, 1, 1]), listener.runtime);
    expect(verdict).toMatchObject({ accepted: false, decided: true, reason: "cannot improve any more" });
    expect(listener.events).toEqual([{ type: "verdict", generation: 3, verdict, asked: 2, planned: 3 }]);
  });

  test("measures the best anew where it is the head and a branch changed the validation tasks", async () => {
    const best = { program: start, score: 1, generation: 0 };
    const { best: after } = await gate({ ...measured([], [1, 1, 0, 0]), best }, runtime);
    expect(after).toEqual({ program: start, score: 0.5, generation: 0 });
  });
});
