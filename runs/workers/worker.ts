import type { TaskAgent } from "../../agents/agent.ts";
import { createWork, type WorkRoom } from "../../rollouts/queue/work.ts";
import type { Origin } from "../../rollouts/queue/job.ts";
import { ReplacedError, RunError } from "../../state/errors.ts";
import { createAccount } from "../../stores/ledger/account.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { queueNameOf, registerQueue } from "../../stores/queue/directory.ts";
import { defaultLockPace, openReceiver, type LockPace } from "../../stores/queue/receiver.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { checkCount, checkPart } from "../checks.ts";
import { readRunRecord } from "../run-record.ts";
import { defaultConcurrency, storeOf } from "../store.ts";
import { whoWaitsForOthers } from "./others.ts";

export interface WorkerOptions {
  agent: TaskAgent;
  verifier: Verifier;
  /** `redis://HOST`, or an open store, which is then left open: that of the runs. */
  store: string | RecordStore;
  /** Rollouts under way at a time, of all runs together. */
  concurrency?: number;
  /** Rollouts that all workers with this agent and verifier together may begin in a minute; give each the same number. By default there is no limit. */
  rolloutsPerMinute?: number;
  pace?: LockPace;
  /** Takes what its user should know, such as a connection that was lost. Each text comes once. */
  onWarning?: (message: string) => void;
}

/** A process that does rollouts of runs elsewhere. */
export interface RolloutWorker {
  /** Rollouts under way. */
  inFlight(): number;
  /** Takes no more, waits for those under way, and ends. */
  close(): Promise<void>;
  /** Resolves when it was closed; rejects where it cannot go on, as its store is another one now. */
  ended: Promise<void>;
}

/** Takes rollouts of any number of runs with this agent and verifier, whose store it shares, until it is closed. */
export async function startWorker(options: WorkerOptions): Promise<RolloutWorker> {
  const { concurrency, rolloutsPerMinute } = options;
  checkPart("agent", options.agent);
  checkPart("verifier", options.verifier);
  for (const [name, value] of Object.entries({ concurrency, rolloutsPerMinute }))
    if (value !== undefined) checkCount(name, value);
  const { store, close } = await storeOf(options.store);
  try {
    return await workOn(store, options, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function workOn(
  store: RecordStore,
  {
    agent,
    verifier,
    concurrency = defaultConcurrency,
    rolloutsPerMinute,
    pace = defaultLockPace,
    onWarning,
  }: WorkerOptions,
  close: () => Promise<void>,
): Promise<RolloutWorker> {
  const warn = once(onWarning);
  const doers = { agent: agent.fingerprint, verifier: verifier.fingerprint };
  await registerQueue(store, doers);
  // Reported once: what waits later on is reported by the runs.
  for (const text of await whoWaitsForOthers(store, doers)) warn(text);
  const work = createWork({ agent, verifier, room: createRooms(store, concurrency) });
  const end = createEnd();
  const receiver = await openReceiver({
    store,
    name: queueNameOf(doers),
    concurrency,
    perMinute: rolloutsPerMinute,
    pace,
    // Each of many jobs may have the same.
    onProblem: ({ message }) => warn(`The queue in ${store.url}: ${message.replaceAll(/[0-9a-f]{64}/g, "...")}`),
    async work(data) {
      try {
        return await work(data);
      } catch (error) {
        // A worker that is being closed waits for its jobs: then they fail.
        if (!(error instanceof ReplacedError) || end.isAsked()) throw error;
        end.fail(error);
        // The job is for another worker, as soon as this one is gone.
        return new Promise<string>(() => undefined);
      }
    },
  });
  const leave = async (leaving: Promise<void>) => {
    await leaving;
    await close();
  };
  const ended = end.asked.then(
    () => leave(receiver.close()),
    async (error: unknown) => {
      await leave(receiver.abandon()).catch(() => undefined);
      throw error;
    },
  );
  ended.catch(() => undefined);
  return {
    inFlight: receiver.inFlight,
    ended,
    async close() {
      end.ask();
      await ended;
    },
  };
}

/** Each text comes once, without secrets. */
function once(onWarning: WorkerOptions["onWarning"]): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    const text = withoutSecrets(message);
    if (!told.has(text)) onWarning?.(text);
    told.add(text);
  };
}

function createEnd() {
  let ask!: () => void;
  let fail!: (error: unknown) => void;
  let isAsked = false;
  const asked = new Promise<void>((resolve, reject) => {
    ask = resolve;
    fail = reject;
  });
  return {
    asked,
    isAsked: () => isAsked,
    ask() {
      isAsked = true;
      ask();
    },
    fail,
  };
}

/** Sessions of runs that a worker keeps open. */
const mostRooms = 64;

/** The runs that jobs come from, each session by itself: its limits may be other ones. */
function createRooms(store: RecordStore, concurrency: number) {
  const rooms = new Map<string, Promise<WorkRoom>>();

  async function open({ run, family }: Origin): Promise<WorkRoom> {
    const record = await readRunRecord(store, { family, thread: run });
    if (record === undefined) {
      throw new RunError(
        "missing",
        run,
        `The run on thread "${run}" is not in ${store.url}; it may have been removed.`,
      );
    }
    const home = { store, family, run };
    const commit = createGroupCommit(store);
    const account = createAccount({ ...home, commit, sharing: "worker" });
    await account.open({ limits: record.limits, concurrency });
    const ledger = createLedger({ ...home, isBranch: run !== family, books: { account, commit } });
    return { payload: createPayload(home), ledger };
  }

  return (origin: Origin): Promise<WorkRoom> => {
    const key = `${origin.run} ${origin.session}`;
    const room = rooms.get(key) ?? open(origin);
    rooms.delete(key);
    rooms.set(key, room);
    room.catch(() => rooms.delete(key));
    const [oldest] = rooms.keys();
    if (rooms.size > mostRooms && oldest !== undefined) rooms.delete(oldest);
    return room;
  };
}
