import { EventEmitter, on } from "node:events";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { RunControl } from "@langchain/langgraph";
import { pausesRun } from "../../state/errors.ts";
import type { RunEvent } from "../../state/events.ts";
import { hostErrorOf } from "../../state/host-fault.ts";
import type { Limits } from "../../state/usage.ts";
import type { Lease } from "../../stores/lease/held-lease.ts";
import { advance, tellFindings, untilDrained, type Way } from "./advance.ts";
import { lookAtTest } from "../evaluation/evaluate.ts";
import { blotJson, createBlotter, withoutSecrets } from "../../stores/secrets.ts";
import { watchMinutes } from "../limits.ts";
import { resultOf, spentOf, type RunResult } from "../result.ts";
import { writeRunRecord, type RunRecord, type SpentUsage } from "../run-record.ts";
import type { Session } from "../session.ts";

/** A run at work. It begins on the next turn of the event loop, so that `events()` called at once misses nothing. */
export interface Run {
  readonly name: string;
  readonly thread: string;
  /** What happens from now on, until the run ends; nothing after that. The last event is `run-end`. */
  events(): AsyncIterable<RunEvent>;
  /** Starts nothing more, waits for what is in flight, saves, and ends with status `paused`. */
  pause(): void;
  /** Agent calls under way: what may be paid again if the process is killed now. */
  inFlight(): number;
  /** Really spent so far, over all sessions. */
  spent(): SpentUsage;
  /** What it may really spend. */
  readonly limits: Limits;
  /** The end of the run. Rejects with the error that stopped it; what was saved stays saved. */
  result(): Promise<RunResult>;
}

interface Start {
  session: Session;
  lease: Lease;
  record: RunRecord;
  concurrency: number;
  close(): Promise<void>;
}

export function startRun({ session, lease, record: before, concurrency, close }: Start): Run {
  const { control, leaving, drain } = createDrain();
  const emitter = new EventEmitter<{ event: [RunEvent]; end: [] }>();
  const blot = createBlotter();
  const tell = (event: RunEvent) => emitter.emit("event", blotJson(event, blot));
  const { warnings } = session.runs.store;
  const { account } = session.books;
  const begun: RunRecord = { ...before, failure: null, pause: null };
  let hasEnded = false;

  async function work(): Promise<RunResult> {
    const stopListening = warnings.listen((message) => tell({ type: "warning", message }));
    for (const message of warnings.all()) tell({ type: "warning", message });
    drainWith(lease, drain);
    const begin = () => beginIn(session, { lease, record: begun, concurrency });
    try {
      const record = await goOn(session, { control, drain, leaving, tell, record: begun, begin });
      const result = await resultOf(session.runs, await leave(session, lease, record));
      const isFinished = result.status === "finished";
      const best = result.skill.hash;
      if (isFinished && best !== before.input.start) await tellFindings(session, { of: "best", program: best, tell });
      tell({
        type: "run-end",
        status: result.status,
        reason: result.reason ?? control.drainReason ?? "paused",
      });
      return result;
    } catch (error) {
      const failure = withoutSecrets(error instanceof Error ? error.message : String(error));
      const isPause = pausesRun(error);
      const left = isPause ? { ...before, pause: failure, failure: null } : { ...before, failure };
      // The store may be what failed: then there is nothing to save to, and the first error is the one to report.
      await leave(session, lease, left).catch(() => lease.release().catch(() => undefined));
      tell({ type: "run-end", status: isPause ? "paused" : "failed", reason: failure });
      throw error;
    } finally {
      stopListening();
      hasEnded = true;
      emitter.emit("end");
    }
  }

  const ended = new Promise((resolve) => setImmediate(resolve)).then(() => byItself(work));
  const closed = ended.finally(close);
  closed.catch(() => undefined);
  return {
    name: before.name,
    thread: before.thread,
    events: () => (hasEnded ? noEvents() : eventsOf(emitter)),
    pause: () => drain("pause"),
    inFlight: () => session.executor.inFlight(),
    spent: () => spentOf(account.balance()),
    limits: before.limits,
    result: () => closed,
  };
}

/** Notes that the run is at work, and reads what its earlier sessions spent and left. */
export async function beginIn(
  { books }: Session,
  { lease, record, concurrency }: Pick<Start, "lease" | "record" | "concurrency">,
): Promise<void> {
  await writeRunRecord(lease, record);
  await books.account.open({ limits: record.limits, concurrency });
  await books.attempts?.open();
}

/**
 * Saves what this session used and lets go of the run. Where it pauses as the store can store nothing now, that is all the same
 * a pause: what was stored before is there to go on from.
 */
export async function leave({ books, executor }: Session, lease: Lease, record: RunRecord): Promise<RunRecord> {
  await executor.close();
  const left = { ...record, usage: spentOf(books.account.balance()) };
  try {
    await books.attempts?.close();
    await books.account.close();
    await writeRunRecord(lease, left);
    await lease.release();
  } catch (error) {
    if (record.pause === null || !pausesRun(error)) throw error;
    await lease.release().catch(() => undefined);
  }
  return left;
}

/** How a run is stopped short: the graph drains, and pending questions are cancelled. */
function createDrain(): Pick<Way, "control" | "leaving"> & { drain(reason: string): void } {
  const control = new RunControl();
  const leaving = new AbortController();
  return {
    control,
    leaving: leaving.signal,
    drain(reason) {
      control.requestDrain(reason);
      leaving.abort();
    },
  };
}

/** A run that is begun in a node of another graph would be taken for a part of it, by the context that LangGraph hands on. */
function byItself<Value>(work: () => Promise<Value>): Promise<Value> {
  return AsyncLocalStorageProviderSingleton.runWithConfig(undefined, work, true);
}

/** Nothing more is started once the lease is lost (what this session stores next is refused) or a pause was asked for. */
function drainWith({ lost, pauseAsked }: Lease, drain: (reason: string) => void): void {
  const reasons = [
    [lost, "the lease was lost"],
    [pauseAsked, "pause"],
  ] as const;
  for (const [signal, reason] of reasons) {
    if (signal.aborted) drain(reason);
    else signal.addEventListener("abort", () => drain(reason), { once: true });
  }
}

interface Steps {
  drain(reason: string): void;
  begin(): Promise<void>;
}

/**
 * Works until the run is finished or drained, or cannot go on as something it needs is not available. Gives the record
 * with the looks at the test split, and with why it paused by itself.
 */
async function goOn(session: Session, way: Way & Steps): Promise<RunRecord> {
  const { record, drain, begin } = way;
  let stopWatch = () => {};
  let pause: string | null = null;
  try {
    await begin();
    stopWatch = watchMinutes(record.limits, session.books.account.balance().seconds, (reason) => {
      pause = reason;
      drain(reason);
    });
    const isDrained = (await advance(session, way)) === null;
    const looked = isDrained ? undefined : await untilDrained(lookAtTest(session, record, way));
    return looked ?? { ...record, pause };
  } catch (error) {
    const cause = hostErrorOf(error) ?? error;
    if (pausesRun(cause)) return { ...record, pause: withoutSecrets(cause.message) };
    throw error;
  } finally {
    stopWatch();
  }
}

async function* fromEmitter(events: AsyncIterable<[RunEvent]>): AsyncIterable<RunEvent> {
  for await (const [event] of events) yield event;
}

async function* noEvents(): AsyncIterable<RunEvent> {}

/** Listens from the moment of the call, not from the first `next()`. */
function eventsOf(emitter: EventEmitter<{ event: [RunEvent]; end: [] }>): AsyncIterable<RunEvent> {
  return fromEmitter(on(emitter, "event", { close: ["end"] }) as AsyncIterable<[RunEvent]>);
}
