import { randomUUID } from "node:crypto";
import type { Origin } from "../../rollouts/queue/job.ts";
import type { WorkRoom } from "../../rollouts/queue/work.ts";
import { RunError } from "../../state/errors.ts";
import { createAccount } from "../../stores/ledger/account.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import type { Turns } from "../../stores/ledger/turns.ts";
import { createCommonLimits } from "../../stores/limits/common-limits.ts";
import { createWorkerAttempts } from "../../stores/ledger/worker-attempts.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { attemptSpace, threadSpace } from "../../stores/spaces.ts";
import { dropDeserted } from "../closed-runs.ts";
import { readRunRecord } from "../run-record.ts";
import { openRuns } from "../session.ts";

/** Sessions of runs that a worker keeps open. */
const mostRooms = 64;

/** For how long a run that was there is taken to be there before something is begun for it, in milliseconds. */
const freshFor = 1_000;

interface Room extends WorkRoom {
  /** When the run was last seen in the store, on the monotonic clock. */
  seenAt: number;
}

interface Needs {
  store: RecordStore;
  concurrency: number;
  /** Those of this process. */
  turns: Turns;
}

/** The runs that jobs come from, each session by itself: its limits may be other ones. */
export function createRooms({ store, concurrency, turns }: Needs) {
  const rooms = new Map<string, Promise<Room>>();
  const runs = openRuns(store);
  const process = randomUUID();
  const limits = createCommonLimits(store);

  async function open({ run, family }: Origin): Promise<Room> {
    const record = await readRunRecord(store, { family, thread: run });
    if (record === undefined) throw missing(run);
    const home = { store, family, run };
    const commit = createGroupCommit(store);
    const account = createAccount({ ...home, commit, sharing: "worker" });
    await account.open({ limits: record.limits, concurrency });
    const attempts = createWorkerAttempts({ ...home, commit, turns, process });
    const ledger = createLedger({ ...home, isBranch: run !== family, books: { account, attempts, commit }, limits });
    return { payload: createPayload(home), ledger, attempts, seenAt: performance.now() };
  }

  function missing(run: string): RunError {
    return new RunError("missing", run, `The run on thread "${run}" is not in ${store.url}; it may have been removed.`);
  }

  function roomOf(origin: Origin): Promise<Room> {
    const key = keyOf(origin);
    const room = rooms.get(key) ?? open(origin);
    rooms.delete(key);
    rooms.set(key, room);
    room.catch(() => rooms.delete(key));
    const [oldest] = rooms.keys();
    if (rooms.size > mostRooms && oldest !== undefined) rooms.delete(oldest);
    return room;
  }

  /** Throws where the run was removed. What was written for it meanwhile goes too: whoever removed it may not have seen it. */
  async function confirm(origin: Origin, room: Room): Promise<void> {
    const { run, family } = origin;
    // From the first lease on a run has an epoch; its removal drops it before it looks for what else there is of the run.
    if ((await store.get(threadSpace(family, run), ["epoch"], () => undefined)).size > 0) {
      room.seenAt = performance.now();
      return;
    }
    rooms.delete(keyOf(origin));
    await store.commit([{ space: attemptSpace(family, run), drop: true }]);
    await dropDeserted(runs, family);
    throw missing(run);
  }

  return async function inRoom<Value>(origin: Origin, work: (room: WorkRoom) => Promise<Value>): Promise<Value> {
    const room = await roomOf(origin);
    if (performance.now() - room.seenAt > freshFor) await confirm(origin, room);
    try {
      return await work(room);
    } finally {
      await confirm(origin, room);
    }
  };
}

const keyOf = ({ run, session }: Origin) => `${run} ${session}`;
