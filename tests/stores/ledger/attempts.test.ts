import { describe, expect, test } from "vitest";
import { z } from "zod";
import { StoreError } from "../../../state/errors.ts";
import { sha256 } from "../../../state/json.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { Clock } from "../../../stores/lease/clock.ts";
import { createAccount } from "../../../stores/ledger/account.ts";
import { createAttempts, readHeld } from "../../../stores/ledger/attempts.ts";
import { createGroupCommit } from "../../../stores/ledger/group-commit.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { simulateStorm, storms } from "../../support/durability/attacks/storm.ts";

const never = { seed: 3, kills: 0, ageAt: () => 0 };
const tasks = Array.from({ length: 24 }, () => 40);

describe("a task that was in flight when the process ended", () => {
  test.each(storms)("is not held for what something else did: $name", async (storm) => {
    for (const concurrency of [1, 64]) {
      const end = await simulateStorm({ seed: 3, kills: 20, concurrency, ...storm });
      expect({ concurrency, ...end }).toMatchObject({ concurrency, held: [], answered: storm.tasks.length });
    }
  });

  test.each([1, 4, 64])(
    "is held after a few tries alone where it is what ends it, %i in flight",
    async (concurrency) => {
      for (const after of [0, 30, 700]) {
        const end = await simulateStorm({ ...never, concurrency, tasks, poison: { task: 5, after } });
        expect(end).toMatchObject({ held: ["5"], answered: 23 });
        expect(end.ends).toBeLessThanOrEqual(6);
      }
    },
  );

  test("is held where it is the only task, too", async () => {
    const end = await simulateStorm({ ...never, concurrency: 1, tasks: [40], poison: { task: 0, after: 30 } });
    expect(end).toMatchObject({ held: ["0"] });
    expect(end.ends).toBeLessThanOrEqual(6);
  });

  test("is held where it is killed from outside as well", async () => {
    const poison = { task: 5, after: 30 };
    const ageAt = (chance: number) => 1000 * chance;
    const end = await simulateStorm({ seed: 3, kills: 40, concurrency: 4, tasks, ageAt, poison });
    expect(end).toMatchObject({ held: ["5"], answered: 23 });
  });
});

/** How far a session is: `answering` is the commit of the answer. */
type Stage = "before" | "answering" | "after" | "end";

/** Sessions that each try one task, whose answer the store cannot take. Gives what is held in the end. */
async function failAtAnswers(sessions: number, isOut: (at: Stage) => boolean, processOf: (session: number) => string) {
  const memory = createMemoryStore();
  let now = 0;
  const sleep = async (milliseconds: number) => void (now += milliseconds);
  const clock: Clock = { now: () => now, sleep, every: () => () => {} };
  let at: Stage = "before";
  const store: RecordStore = {
    ...memory,
    async commit(batch) {
      const fails = isOut(at);
      if (at === "answering") at = "after";
      if (fails) throw new StoreError("The disk is full.", { isHostFault: true });
      return memory.commit(batch);
    },
  };
  const place = { store, family: "family", run: "run" };
  const asked = {
    kind: "rollout",
    fingerprint: "agent@1",
    saw: sha256("program"),
    question: sha256("question"),
    sample: 0,
  };
  for (let session = 0; session < sessions; session += 1) {
    at = "before";
    const commit = createGroupCommit(store);
    const attempts = createAttempts({ ...place, commit, clock, process: processOf(session) });
    const ledger = createLedger({
      ...place,
      books: { account: createAccount({ ...place, commit }), attempts, commit },
    });
    await attempts.open();
    const pay = async () => {
      at = "answering";
      return "answer";
    };
    const call = { ...asked, attempts: { suite: "train", task: "a" } as const };
    await ledger.once(call, pay, z.string()).catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
    at = "end";
    await attempts.close().catch(() => undefined);
  }
  return (await readHeld(place)).map(({ task }) => task);
}

describe("a task whose answer the store cannot take", () => {
  test.each<[string, (at: Stage) => boolean, (session: number) => string]>([
    ["for one commit", (at) => at === "answering", String],
    ["until the session ends", (at) => at === "answering" || at === "after", String],
    ["and nothing after it, in a process that lives on", (at) => at !== "before", () => "this one"],
  ])("is not held for it: %s", async (_, isOut, processOf) => {
    expect(await failAtAnswers(10, isOut, processOf)).toEqual([]);
  });

  test("counts as one that ended the process where the store takes nothing until the process is gone", async () => {
    expect(await failAtAnswers(10, (at) => at !== "before", String)).toEqual(["a"]);
  });
});
