import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { sha256 } from "../../../state/json.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { Clock } from "../../../stores/lease/clock.ts";
import { createAttemptNotes } from "../../../stores/ledger/attempt-notes.ts";
import { createGroupCommit } from "../../../stores/ledger/group-commit.ts";
import { createTurns } from "../../../stores/ledger/turns.ts";
import { createWorkerAttempts } from "../../../stores/ledger/worker-attempts.ts";

const question = sha256("question");
const task = { suite: "train", task: "1" } as const;

/** Workers on one store, whose clock goes on by hand. */
function createWorkers() {
  const store = createMemoryStore();
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
  one.suspect(question);
  expect(await one.begin(question, task)).toBe(true);
  // Another sample comes, and waits for its turn.
  void one.begin(question, task);
  await pass(1_000);
  expect(await note()).toMatchObject({ phase: "alone", ends: 0 });
  const other = open("other");
  other.suspect(question);
  expect(await other.begin(question, task)).toBe(true);
  expect(await note()).toMatchObject({ phase: "alone", ends: 1, process: "other" });
});

test("what was lost after its answer was stored says nothing of the next attempt of the task", async () => {
  const { open, note } = createWorkers();
  const one = open("one");
  const clear = one.suspect(question);
  clear();
  expect(await one.begin(question, task)).toBe(true);
  expect(await note()).toBeUndefined();
  // Of two that were lost, the other is still suspected.
  const other = open("other");
  const clearFirst = other.suspect(question);
  other.suspect(question);
  clearFirst();
  expect(await other.begin(question, task)).toBe(true);
  expect(await note()).toMatchObject({ phase: "alone" });
});
