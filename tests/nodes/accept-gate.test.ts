import { beforeEach, describe, expect, test, vi } from "vitest";
import { createAcceptGate } from "../../nodes/accept-gate.ts";
import { whenInDoubt } from "../../policies/doubt.ts";
import {
  headArchive,
  mostMembers,
  type Archive,
  type ArchiveDecision,
  type ArchiveInput,
} from "../../policies/archive.ts";
import { countEvidence } from "../../policies/scores.ts";
import { mainObjective, Members, type Values } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { StateError } from "../../state/errors.ts";
import type { Measured, Verdict } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import type { Ledger } from "../../stores/ledger/ledger.ts";
import { evidenceOf } from "../support/gate/evidence.ts";
import { findingOf } from "../policies/records.ts";
import { candidateOf, createBlankPayload, createListener, hashOf, memberWith, stateOf } from "../support/nodes.ts";

const payload = createBlankPayload();
const ledger = { forget: vi.fn<Ledger["forget"]>() };
const [start, better] = [hashOf("start"), hashOf("better")];
const improved: Verdict = { accepted: true, decided: true, reason: "improved", delta: 0.5 };
const tied: Verdict = { accepted: false, decided: true, reason: "no improvement", delta: 0 };

/** What a trial found of a candidate: how it compared with the head, and its column where it was accepted. */
async function found(name: string, verdict: Verdict, rows: { candidate: Values; head: Values }): Promise<Measured> {
  const evidence = evidenceOf(rows.candidate, rows.head);
  const stage = { stage: "validation", evidence: await payload.putJson(evidence), counts: countEvidence(evidence) };
  const { column, means } = await memberWith(payload, hashOf(name), rows.candidate);
  const known = verdict.accepted ? { column, means } : { column: null, means: {} };
  return { candidate: candidateOf(name), stages: [{ ...stage, verdict }], verdict, ...known };
}

/** The state after a validator that measured the start and these candidates. */
async function measured(...list: Measured[]): Promise<RunState> {
  const { program, column, means } = await memberWith(payload, start, [0, 1]);
  return stateOf({
    generation: 3,
    candidates: list.map(({ candidate }) => candidate),
    measured: await payload.putJson(list),
    columns: await payload.putJson([{ program, column, means }]),
  });
}

async function decide(state: RunState, archive: Archive = headArchive) {
  const { runtime, events } = createListener();
  const update = await createAcceptGate({ archive, doubt: whenInDoubt(), payload, ledger })(state, runtime);
  return { ...update, events, members: await payload.json(update.archive as string, Members) };
}

const pair = { candidate: [1, 1], head: [0, 1] };

beforeEach(() => {
  ledger.forget.mockReset();
});

describe("the accept gate", () => {
  test("keeps the head where the candidate was turned down, with the column that was measured of it", async () => {
    const state = await measured(await found("better", tied, { candidate: [1, 0], head: [0, 1] }));
    const { head, verdict, verdicts, candidate, members } = await decide(state);
    expect({ head, verdict, verdicts, candidate }).toEqual({
      head: start,
      verdict: tied,
      verdicts: [tied],
      candidate: candidateOf("better"),
    });
    expect(members).toEqual([await memberWith(payload, start, [0, 1])]);
  });

  test("moves the head to an accepted candidate, which becomes the member of the archive", async () => {
    const { head, verdict, members } = await decide(await measured(await found("better", improved, pair)));
    expect({ head, verdict }).toEqual({ head: better, verdict: improved });
    expect(members).toEqual([await memberWith(payload, better, [1, 1], { parents: [start], generation: 3 })]);
  });

  test("keeps a candidate that was accepted without a look, not measured", async () => {
    const unlooked = { candidate: candidateOf("better"), stages: [], verdict: improved, means: {}, column: null };
    const { head, members, events } = await decide(
      stateOf({ generation: 3, measured: await payload.putJson([unlooked]) }),
    );
    expect(head).toBe(better);
    expect(members).toMatchObject([{ program: better, column: null, means: {} }]);
    expect(events).toEqual([{ type: "verdict", generation: 3, verdict: improved, asked: 0, planned: 0, missing: 0 }]);
  });

  test("decides about several candidates: a verdict each, and the generation is about the one that is the new head", async () => {
    const list = [
      await found("less", { ...improved, delta: 0.25 }, pair),
      await found("better", improved, pair),
      await found("tied", tied, pair),
    ];
    const { head, candidate, verdict, verdicts, events, members } = await decide(await measured(...list));
    expect({ head, candidate, verdict }).toEqual({
      head: better,
      candidate: candidateOf("better"),
      verdict: improved,
    });
    const passedOver = { accepted: false, decided: true, reason: "another candidate gained more", delta: 0.25 };
    expect(verdicts).toEqual([passedOver, improved, tied]);
    expect(members.map(({ program }) => program)).toEqual([better]);
    const decided = { type: "candidate-decided", generation: 3 };
    expect(events).toEqual([
      { ...decided, program: hashOf("less"), verdict: passedOver },
      { ...decided, program: hashOf("tied"), verdict: tied },
      { type: "verdict", generation: 3, verdict: improved, asked: 2, planned: 2, missing: 0 },
    ]);
  });

  test("is about the first accepted candidate where none becomes the head, and about the first where none is accepted", async () => {
    const list = [await found("tied", tied, pair), await found("better", improved, pair)];
    const aside: Archive = {
      ...headArchive,
      update: ({ archive: { head }, measured: all }) => ({
        keep: [head, better],
        head,
        verdicts: all.map(({ verdict }) => verdict),
      }),
    };
    const state = await measured(...list);
    expect(await decide(state, aside)).toMatchObject({ head: start, candidate: candidateOf("better") });
    const none = await measured(...list.slice(0, 1), await found("worse", tied, pair));
    expect(await decide(none)).toMatchObject({ candidate: candidateOf("tied"), verdict: tied });
  });

  const blocked = (name: string) => findingOf(hashOf(name));
  test.each<[string, boolean, RunState]>([
    ["no candidate", false, stateOf()],
    ["budget spent", false, stateOf({ candidates: [candidateOf("better")] })],
    [
      "blocked by the guard",
      true,
      stateOf({ candidates: [candidateOf("better")], findings: [{ ...blocked("better"), severity: "block" }] }),
    ],
    [
      "budget spent",
      false,
      stateOf({ candidates: [candidateOf("better")], findings: [{ ...blocked("better"), severity: "warn" }] }),
    ],
    [
      "budget spent",
      false,
      stateOf({
        candidates: [candidateOf("better"), candidateOf("other")],
        findings: [{ ...blocked("better"), severity: "block" }],
      }),
    ],
  ])("keeps the head where nothing was measured: %s, decided: %s", async (reason, decided, state) => {
    const { head, candidate, verdict, events } = await decide(state);
    expect({ head, candidate, verdict }).toEqual({
      head: start,
      candidate: null,
      verdict: { accepted: false, decided, reason, delta: 0 },
    });
    expect(events).toEqual([{ type: "verdict", generation: 0, verdict, asked: 0, planned: 0, missing: 0 }]);
  });

  test("tells how much of the plan was asked", async () => {
    const verdict = { ...tied, reason: "cannot improve any more" };
    const { events } = await decide(
      await measured(await found("better", verdict, { candidate: [0, 0], head: [0, 1, 1] })),
    );
    expect(events).toEqual([{ type: "verdict", generation: 3, verdict, asked: 2, planned: 3, missing: 0 }]);
  });
});

describe("missing results", () => {
  const undecided = { accepted: false, decided: false, reason: "too many missing results", delta: 0 };
  const lacking = { candidate: [null, 1], head: [0, 1] };

  test("that leave a candidate undecided are told and forgotten, as the failures decided nothing", async () => {
    const { head, events } = await decide(await measured(await found("better", undecided, lacking)));
    expect(head).toBe(start);
    expect(events).toMatchObject([{ verdict: undecided, asked: 2, planned: 2, missing: 1 }]);
    expect(ledger.forget.mock.calls).toEqual([[]]);
  });

  test("of any of several candidates are forgotten where it is left undecided", async () => {
    const list = [await found("better", improved, pair), await found("other", undecided, lacking)];
    expect(await decide(await measured(...list))).toMatchObject({ head: better });
    expect(ledger.forget).toHaveBeenCalledOnce();
  });

  test("that something was decided on are kept, and so are those of what was left undecided for another reason", async () => {
    for (const [verdict, rows] of [
      [improved, lacking],
      [tied, lacking],
      [
        { ...undecided, reason: "not enough evidence" },
        { candidate: [1], head: [0, 0] },
      ],
    ] as const) {
      await decide(
        await measured(await found("better", verdict, { candidate: [...rows.candidate], head: [...rows.head] })),
      );
    }
    expect(ledger.forget).not.toHaveBeenCalled();
  });
});

describe("what an archive policy may decide", () => {
  const deciding = (decision: (input: ArchiveInput) => Partial<ArchiveDecision>): Archive => ({
    ...headArchive,
    update: (input) => ({
      keep: [start],
      head: start,
      verdicts: input.measured.map(({ verdict }) => verdict),
      ...decision(input),
    }),
  });
  const other = hashOf("other");

  test("is to keep members and candidates, each once, in its order, with the head among them", async () => {
    const [one, two] = [await found("better", improved, pair), await found("second", improved, pair)];
    const members = [await memberWith(payload, other, [1, 0]), await memberWith(payload, start, [0, 0])];
    const state = { ...(await measured(one, two)), archive: await payload.putJson(members) };
    const keep = [hashOf("second"), start, other, start, better];
    const kept = await decide(
      state,
      deciding(() => ({ keep })),
    );
    expect(kept.members).toEqual([
      await memberWith(payload, hashOf("second"), [1, 1], { parents: [start], generation: 3 }),
      await memberWith(payload, start, [0, 1]),
      members[0],
      await memberWith(payload, better, [1, 1], { parents: [start], generation: 3 }),
    ]);
  });

  test("is shown the archive, what was measured with columns opened, the parents, its memory and a draw of the generation", async () => {
    const shown: Array<{ input: ArchiveInput; memory: Json; drawn: number }> = [];
    const looking: Archive = {
      ...headArchive,
      name: "test.looking",
      update(input, memory, draw) {
        shown.push({ input, memory, drawn: draw(0) });
        return headArchive.update(input, memory, draw);
      },
    };
    const state = await measured(await found("better", improved, pair), await found("tied", tied, pair));
    for (const generation of [3, 3, 4])
      await decide({ ...state, generation, memories: await payload.putJson({ "test.looking": 7 }) }, looking);
    const [first, same, next] = shown;
    expect(first?.input).toMatchObject({
      archive: { head: start, members: [{ program: start, values: { [mainObjective]: [0, 1] } }] },
      measured: [{ values: { [mainObjective]: [1, 1] } }, { values: {} }],
      parents: [start],
      generation: 3,
    });
    expect(first?.memory).toBe(7);
    expect(same?.drawn).toBe(first?.drawn);
    expect(next?.drawn).not.toBe(first?.drawn);
  });

  test.each<[string, Partial<ArchiveDecision>, string]>([
    ["a head that it does not keep", { keep: [better] }, "which it does not keep"],
    ["a program that it does not know", { keep: [start, other] }, "which is not a member or a candidate"],
    [
      "a candidate that its verdict turns down",
      { keep: [start, hashOf("tied")] },
      "but its verdict does not accept it",
    ],
    ["fewer verdicts than candidates", { verdicts: [improved] }, "1 of 2 verdicts"],
    [
      "more programs than an archive holds",
      { keep: [start, ...Array.from({ length: mostMembers }, (_, at) => hashOf(`${at}`))] },
      `holds at most ${mostMembers}`,
    ],
  ])("is not %s: a typed error", async (_, decision, message) => {
    const state = await measured(await found("better", improved, pair), await found("tied", tied, pair));
    const refused = decide(
      state,
      deciding(() => decision),
    );
    await expect(refused).rejects.toThrow(StateError);
    await expect(refused).rejects.toThrow(message);
  });

  test("is as many programs as an archive holds", async () => {
    const members = await Promise.all(
      Array.from({ length: mostMembers }, (_, at) => memberWith(payload, at === 0 ? start : hashOf(`${at}`), [1, 0])),
    );
    const state = { ...(await measured()), archive: await payload.putJson(members) };
    const kept = await decide(
      state,
      deciding(() => ({ keep: members.map(({ program }) => program) })),
    );
    expect(kept.members).toHaveLength(mostMembers);
  });
});
