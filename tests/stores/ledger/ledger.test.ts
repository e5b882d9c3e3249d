import { GraphDrained } from "@langchain/langgraph";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { StoreError } from "../../../state/errors.ts";
import { hashJson, sha256 } from "../../../state/json.ts";
import { createLedger, type Ledger, type LedgerKey } from "../../../stores/ledger/ledger.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { answerSpace, attemptSpace } from "../../../stores/spaces.ts";
import { drivers, type TestStore } from "../../support/stores.ts";

const key: LedgerKey = {
  kind: "rollout",
  fingerprint: "agent 1",
  saw: sha256("program"),
  question: sha256("question"),
  sample: 0,
};
const Text = z.strictObject({ text: z.string() });

const give = (text: string) => vi.fn(async () => ({ text }));

const textIn = (outcome: object) => (outcome as { answer?: { text: string } }).answer?.text;

/** A promise and what opens it. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** What answers only once so many callers have come to it. */
function meeting(size: number): (text: string) => () => Promise<{ text: string }> {
  const { passed, open } = gate();
  let come = 0;
  return (text) => async () => {
    come += 1;
    if (come === size) open();
    await passed;
    return { text };
  };
}

describe.each(drivers)("the ledger over $name", ({ open: openTestStore }) => {
  let opened: TestStore;
  let store: RecordStore;
  beforeEach(() => {
    opened = openTestStore();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const open = (run = "run", family = "family"): Ledger => createLedger({ store, family, run });

  test("that was held up before it pays looks again, and pays for nothing that another answered meanwhile", async () => {
    const [late, other] = [open(), open("a branch")];
    const pay = give("late");
    const now = vi.spyOn(performance, "now");
    const before = async () => {
      await other.once(key, give("meanwhile"), Text);
      const later = performance.now() + 10_000;
      now.mockImplementation(() => later);
    };
    const outcome = await late.once({ ...key, before }, pay, Text);
    now.mockRestore();
    expect(textIn(outcome)).toBe("meanwhile");
    expect(pay).not.toHaveBeenCalled();
  });

  test("that was held up while it looked again looks once more", async () => {
    const other = open("a branch");
    const pay = give("late");
    const now = vi.spyOn(performance, "now");
    const heldUp = () => {
      const later = performance.now() + 10_000;
      now.mockImplementation(() => later);
    };
    let looks = 0;
    const slow: RecordStore = {
      ...store,
      async get(...asked) {
        const found = await store.get(...asked);
        // The first look at the answer is before the call, the second one after what came before it.
        if (asked[0] === answerSpace("family", hashJson(key)) && (looks += 1) === 2) {
          await other.once(key, give("meanwhile"), Text);
          heldUp();
        }
        return found;
      },
    };
    const late = createLedger({ store: slow, family: "family", run: "run" });
    const outcome = await late.once({ ...key, before: async () => heldUp() }, pay, Text);
    now.mockRestore();
    expect(textIn(outcome)).toBe("meanwhile");
    expect(pay).not.toHaveBeenCalled();
  });

  test("pays once for a key, and answers from the store ever after", async () => {
    const [first, again] = [open(), open("a branch")];
    const pay = give("yes");
    expect(await first.once(key, pay, Text)).toEqual({
      status: "answered",
      key: hashJson(key),
      paid: true,
      answer: { text: "yes" },
    });
    expect(await first.once(key, pay, Text)).toMatchObject({ paid: false, answer: { text: "yes" } });
    expect(await again.once(key, pay, Text)).toMatchObject({ paid: false, answer: { text: "yes" } });
    expect([pay.mock.calls.length, first.paid, again.paid]).toEqual([1, 1, 0]);
  });

  test.each([
    ["kind", { kind: "judge" }],
    ["fingerprint", { fingerprint: "agent 2" }],
    ["what was seen", { saw: sha256("other") }],
    ["question", { question: sha256("other") }],
    ["sample", { sample: 1 }],
  ])("pays again for another %s", async (_, change) => {
    const ledger = open();
    await ledger.once(key, give("one"), Text);
    expect(await ledger.once({ ...key, ...change }, give("two"), Text)).toMatchObject({ answer: { text: "two" } });
  });

  test("keeps families apart", async () => {
    await open("run", "one").once(key, give("one"), Text);
    expect(await open("run", "two").once(key, give("two"), Text)).toMatchObject({
      paid: true,
      answer: { text: "two" },
    });
  });

  test("lets callers of one key join the call in flight, and counts it once", async () => {
    const ledger = open();
    const pay = give("yes");
    const outcomes = await Promise.all([1, 2, 3].map(() => ledger.once(key, pay, Text)));
    expect(outcomes.map(({ paid }) => paid)).toEqual([true, false, false]);
    expect(outcomes.every((outcome) => outcome.status === "answered" && outcome.answer.text === "yes")).toBe(true);
    expect([pay.mock.calls.length, ledger.paid]).toEqual([1, 1]);
  });

  test("stores the answers of one turn with one commit", async () => {
    const commit = vi.spyOn(store, "commit");
    const ledger = open();
    const answer = meeting(3);
    await Promise.all([1, 2, 3].map((sample) => ledger.once({ ...key, sample }, answer(`${sample}`), Text)));
    expect(commit.mock.calls.map(([batch]) => batch.length)).toEqual([3]);
  });

  test("does not resolve before the store has acknowledged", async () => {
    const acknowledged = gate();
    const { commit } = store;
    vi.spyOn(store, "commit").mockImplementation(async (batch) => {
      const outcomes = await commit(batch);
      await acknowledged.passed;
      return outcomes;
    });
    const events: string[] = [];
    const call = open()
      .once(key, give("yes"), Text)
      .then(() => events.push("resolved"));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    events.push("acknowledged");
    acknowledged.open();
    await call;
    expect(events).toEqual(["acknowledged", "resolved"]);
  });

  test("gives everybody the answer that was stored first, where two processes paid", async () => {
    const [one, other] = [open(), open()];
    const answer = meeting(2);
    const [mine, theirs] = await Promise.all([one.once(key, answer("a"), Text), other.once(key, answer("b"), Text)]);
    const again = await open().once(key, give("third"), Text);
    expect([mine, theirs, again].map(({ paid }) => paid)).toEqual([true, true, false]);
    expect(["a", "b"]).toContain(textIn(mine));
    expect([textIn(theirs), textIn(again)]).toEqual([textIn(mine), textIn(mine)]);
  });

  test("makes a failed call missing with its reason: in this run for good, in others to be asked again", async () => {
    const fail = vi.fn(async (): Promise<{ text: string }> => {
      throw new Error("rate limit \0 \ud83d");
    });
    const missing = { status: "missing", key: hashJson(key), reason: "rate limit \0 \ud83d" };
    const ledger = open();
    expect(await ledger.once(key, fail, Text)).toEqual({ ...missing, paid: true });
    expect(await ledger.once(key, fail, Text)).toEqual({ ...missing, paid: false });
    expect(await open().once(key, give("yes"), Text)).toEqual({ ...missing, paid: false });
    expect([fail.mock.calls.length, ledger.paid]).toEqual([1, 1]);
    expect(await open("a branch").once(key, give("yes"), Text)).toMatchObject({ status: "answered", paid: true });
    expect(await open().once(key, give("yes"), Text)).toEqual({ ...missing, paid: false });
  });

  test("asks again what failed once that is forgotten, by its key or all, and keeps answers and notes", async () => {
    const ledger = open();
    const fail = async (): Promise<{ text: string }> => {
      throw new Error("timed out");
    };
    const failing = [1, 2].map((sample) => ({ ...key, sample }));
    const places = await Promise.all(failing.map(async (call) => (await ledger.once(call, fail, Text)).key));
    await ledger.once({ ...key, sample: 3 }, give("kept"), Text);
    await store.commit([{ space: attemptSpace("family", "run"), put: { "held/task": "{}" } }]);
    await ledger.forget(places.slice(0, 1));
    expect(await ledger.once(failing[0]!, give("yes"), Text)).toMatchObject({ status: "answered" });
    expect(await ledger.once(failing[1]!, give("yes"), Text)).toMatchObject({ status: "missing" });
    await ledger.forget();
    expect(await ledger.once(failing[1]!, give("yes"), Text)).toMatchObject({ status: "answered" });
    expect(await ledger.once({ ...key, sample: 3 }, give("other"), Text)).toMatchObject({ paid: false });
    expect((await store.list(attemptSpace("family", "run"), {})).map((record) => record.key)).toEqual(
      ["held/task", `past/${places[0]}`, `past/${places[1]}`].toSorted(),
    );
  });

  test("makes an answer of the wrong shape missing, as it was paid for and is of no use", async () => {
    expect(await open().once(key, async () => ({ words: 3 }) as never, Text)).toMatchObject({
      status: "missing",
      reason: expect.stringContaining("wrong shape"),
    });
  });

  test.each([
    ["an abort", new DOMException("stop", "AbortError")],
    ["a drain", new GraphDrained("paused")],
    ["a failing store", new StoreError("no disk")],
  ])("passes on %s and stores nothing of it", async (_, error) => {
    const ledger = open();
    const fail = async (): Promise<{ text: string }> => {
      throw error;
    };
    await expect(ledger.once(key, fail, Text)).rejects.toBe(error);
    expect(await store.list(attemptSpace("family", "run"), {})).toEqual([]);
    expect(await ledger.once(key, give("yes"), Text)).toMatchObject({ status: "answered", paid: true });
  });

  test("rejects every caller of a commit that fails, and pays again when asked again", async () => {
    const ledger = open();
    vi.spyOn(store, "commit").mockRejectedValueOnce(new StoreError("the disk is full"));
    const answer = meeting(2);
    const calls = [1, 2].map((sample) => ledger.once({ ...key, sample }, answer("yes"), Text));
    const settled = await Promise.allSettled([...calls, ledger.once({ ...key, sample: 1 }, give("joined"), Text)]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await ledger.once({ ...key, sample: 1 }, give("yes"), Text)).toMatchObject({ paid: true });
    expect(ledger.paid).toBe(3);
  });

  test("pays again after a crash between the call and its commit, and only then", async () => {
    // The process that dies: its answer never reaches the store.
    const dying = createLedger({
      store: { ...store, commit: () => new Promise(() => {}) },
      family: "family",
      run: "run",
    });
    const paid = vi.fn(async () => ({ text: "lost" }));
    void dying.once(key, paid, Text);
    await vi.waitFor(() => expect(paid).toHaveBeenCalled(), { timeout: 20_000 });
    expect(await open().once(key, give("kept"), Text)).toMatchObject({ paid: true, answer: { text: "kept" } });
    expect(await open().once(key, give("never"), Text)).toMatchObject({ paid: false, answer: { text: "kept" } });
  });

  test("reads answers by their place, and leaves out those that are missing", async () => {
    const ledger = open();
    const { key: place } = await ledger.once(key, give("yes"), Text);
    expect(await ledger.answers([place, sha256("nowhere")], Text)).toEqual(new Map([[place, { text: "yes" }]]));
  });

  test("says so when a stored answer no longer fits", async () => {
    const space = answerSpace("family", hashJson(key));
    await store.commit([{ space, put: { answer: "{}" } }]);
    await expect(open().once(key, give("yes"), Text)).rejects.toThrow(/has an unexpected format: .* new fingerprint/);
  });
});
