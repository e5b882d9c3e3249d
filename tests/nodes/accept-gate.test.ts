import { beforeEach, describe, expect, test, vi } from "vitest";
import { createAcceptGate } from "../../nodes/accept-gate.ts";
import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import type { Column, Evidence } from "../../state/evidence.ts";
import type { Ledger } from "../../stores/ledger/ledger.ts";
import { evidenceOf } from "../policies/records.ts";
import { candidateOf, createListener, hashOf, stateOf } from "../support/nodes.ts";

const { runtime, events } = createListener();
const payload = { program: () => Promise.reject(new Error("Nobody asked a person.")) };
const ledger = { forget: vi.fn<Ledger["forget"]>() };
const gate = createAcceptGate({ acceptance: strictAcceptance, payload, ledger });
const [start, better] = [hashOf("start"), hashOf("better")];

/** The state after a validator that measured `better` against the start, or against nothing. */
function measured(candidate: Column["values"], incumbent: Column["values"]) {
  const evidence = evidenceOf(candidate, incumbent);
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

beforeEach(() => {
  ledger.forget.mockReset();
});

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
    const shorter = createAcceptGate({ acceptance: noWorseAcceptance, payload, ledger });
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
    expect(events.at(-1)).toEqual({ type: "verdict", generation: 0, verdict, asked: 0, planned: 0, missing: 0 });
  });

  test("leaves undecided what the budget cut short", async () => {
    const { verdict, head } = await gate(measured([1], [0, 0, 1]), runtime);
    expect({ verdict, head }).toMatchObject({
      verdict: { accepted: false, decided: false, reason: "not enough evidence" },
      head: start,
    });
  });

  test("tells the verdict, and how much of the plan was asked", async () => {
    const listener = createListener();
    const { verdict } = await gate(measured([0, 0], [0, 1, 1]), listener.runtime);
    expect(verdict).toMatchObject({ accepted: false, decided: true, reason: "cannot improve any more" });
    expect(listener.events).toEqual([{ type: "verdict", generation: 3, verdict, asked: 2, planned: 3, missing: 0 }]);
  });

  test("measures the best anew where it is the head and a branch changed the validation tasks", async () => {
    const best = { program: start, score: 1, generation: 0 };
    const { best: after } = await gate({ ...measured([], [1, 1, 0, 0]), best }, runtime);
    expect(after).toEqual({ program: start, score: 0.5, generation: 0 });
  });

  test("leaves undecided what too many missing results say nothing of, tells how many, and forgets the failures", async () => {
    const listener = createListener();
    const { verdict, head, best } = await gate(measured([null, 1, 1], [0, 0, 1]), listener.runtime);
    expect(verdict).toMatchObject({
      accepted: false,
      decided: false,
      reason: "too many missing results: 1 of 3 tasks, maxMissing is 0.2",
    });
    expect(head).toBe(start);
    expect(best).toMatchObject({ program: start });
    expect(listener.events).toEqual([{ type: "verdict", generation: 3, verdict, asked: 3, planned: 3, missing: 1 }]);
    expect(ledger.forget.mock.calls).toEqual([[]]);
  });

  test("keeps the failures that something was decided on, and those of another reason", async () => {
    const rows = (...values: Column["values"]) => [...values, 1, 1, 1, 1];
    expect(await gate(measured(rows(null, 1), rows(0, 0)), runtime)).toMatchObject({ verdict: { accepted: true } });
    expect(await gate(measured(rows(null, 0), rows(0, 1)), runtime)).toMatchObject({ verdict: { decided: true } });
    expect(await gate(measured([1], [0, 0, 1]), runtime)).toMatchObject({ verdict: { decided: false } });
    expect(ledger.forget).not.toHaveBeenCalled();
  });

  test("makes what the pairs prefer to the best the best, though its mean is lower: that is over other tasks", async () => {
    const state = measured([1, 0, 0, 1, 0, 1, null, null, 0, 0], [0, 0, 0, 1, 0, 1, 1, 1, 0, 0]);
    const best = { program: start, score: 0.4, generation: 0 };
    expect(await gate({ ...state, best }, runtime)).toMatchObject({
      verdict: { accepted: true, delta: 1 / 8 },
      head: better,
      best: { program: better, score: 3 / 8, generation: 3 },
    });
  });
});
