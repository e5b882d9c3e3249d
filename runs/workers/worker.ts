import type { TaskAgent } from "../../agents/agent.ts";
import { createWork } from "../../rollouts/queue/work.ts";
import { ReplacedError } from "../../state/errors.ts";
import { createTurns, type Turns } from "../../stores/ledger/turns.ts";
import { queueNameOf, registerQueue } from "../../stores/queue/directory.ts";
import { defaultLockPace, openReceiver, type LockPace, type Receiver } from "../../stores/queue/receiver.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { checkCount, checkPart } from "../checks.ts";
import { defaultConcurrency, storeOf } from "../store.ts";
import { whoWaitsForOthers } from "./others.ts";
import { createRooms } from "./rooms.ts";

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
  const end = createEnd();
  let receiver: Receiver | undefined;
  const inRoom = createRooms({ store, concurrency, turns: createRestingTurns(() => receiver) });
  const work = createWork({ agent, verifier, inRoom, isOver: end.isAsked });
  receiver = await openReceiver({
    store,
    name: queueNameOf(doers),
    concurrency,
    perMinute: rolloutsPerMinute,
    pace,
    // Each of many jobs may have the same.
    onProblem: ({ message }) => warn(`The queue in ${store.url}: ${message.replaceAll(/[0-9a-f]{64}/g, "...")}`),
    async work(job) {
      try {
        return await work(job);
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

/** Turns of a process that takes no more jobs while one waits for its turn alone, which would otherwise not come. */
function createRestingTurns(receiver: () => Receiver | undefined): Turns {
  const turns = createTurns();
  let alone = 0;
  return {
    together: turns.together,
    async alone(rank) {
      alone += 1;
      receiver()?.rest();
      const end = await turns.alone(rank);
      let isEnded = false;
      return () => {
        end();
        if (isEnded) return;
        isEnded = true;
        alone -= 1;
        if (alone === 0) receiver()?.goOn();
      };
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
