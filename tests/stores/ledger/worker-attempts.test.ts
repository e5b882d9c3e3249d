import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { sha256 } from "../../../state/json.ts";
import { StoreError } from "../../../state/errors.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { Clock } from "../../../stores/lease/clock.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createAttemptNotes } from "../../../stores/ledger/attempt-notes.ts";
import { createGroupCommit } from "../../../stores/ledger/group-commit.ts";
import { createTurns } from "../../../stores/ledger/turns.ts";
import { createWorkerAttempts } from "../../../stores/ledger/worker-attempts.ts";

const question = sha256("question");
const task = { suite: "train", task: "1" } as const;

/** Workers on one store, whose clock goes on by hand. */
function createWorkers() {
  const memory = createMemoryStore();
  let [reads, isAway] = [0, false];
  const store: RecordStore = {
    ...memory,
    async get(...request) {
      reads += 1;
      if (isAway) throw new StoreError("The store is away.");
      return memory.get(...request);
    },
  };
  let now = 0;
  const looks: Array<() => void> = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (milliseconds) => void (now += milliseconds),
    every(_, look) {
      looks.push(look);
      return () => void looks.splice(looks.indexOf(look), 1);
    },
  };
  const place = { store, family: "family", run: "run" };
  const commit = createGroupCommit(store);
  return {
    reads: () => reads,
    failReads: () => void (isAway = true),
    open: (process: string) => createWorkerAttempts({ ...place, commit, clock, process, turns: createTurns() }),
    note: async () => (await createAttemptNotes(place, commit).find(question)).note,
    async pass(milliseconds: number) {
      now += milliseconds;
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      for (const look of looks) look();
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    },
  };
}

test("the end of a worker counts though it had two attempts of the task, one of which waited", async () => {
  const { open, note, pass } = createWorkers();
  const one = open("one");
  one.announce(question, true);
  expect(await one.begin(question, task)).toBe(true);
  // Another sample comes, and waits for its turn.
  void one.begin(question, task);
  await pass(1_000);
  expect(await note()).toMatchObject({ phase: "alone", ends: 0 });
  const other = open("other");
  other.announce(question, true);
  expect(await other.begin(question, task)).toBe(true);
  expect(await note()).toMatchObject({ phase: "alone", ends: 1, process: "other" });
});

test("what was lost after its answer was stored says nothing of the next attempt of the task", async () => {
  const { open, note } = createWorkers();
  const one = open("one");
  const clear = one.announce(question, true);
  clear();
  expect(await one.begin(question, task)).toBe(true);
  expect(await note()).toBeUndefined();
  // Of two that were lost, the other is still suspected.
  const other = open("other");
  const clearFirst = other.announce(question, true);
  other.announce(question, true);
  clearFirst();
  expect(await other.begin(question, task)).toBe(true);
  expect(await note()).toMatchObject({ phase: "alone" });
});

test("what is noted of a task is read once, when its attempt is announced; each attempt reads for itself", async () => {
  const { open, reads } = createWorkers();
  const one = open("one");
  one.announce(question, false);
  const announced = reads();
  expect(announced).toBe(1);
  expect(await one.begin(question, task)).toBe(true);
  expect(reads()).toBe(announced);
  expect(await one.begin(question, task)).toBe(true);
  expect(reads()).toBe(announced + 1);
});

test("a store that fails while an attempt is announced fails the attempt, and nothing else", async () => {
  const { open, failReads } = createWorkers();
  const one = open("one");
  failReads();
  one.announce(question, false);
  await nextTurn();
  await expect(one.begin(question, task)).rejects.toThrow("The store is away.");
});
