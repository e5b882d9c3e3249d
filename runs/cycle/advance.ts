import type { RunnableConfig } from "@langchain/core/runnables";
import { Command, isGraphDrained, type RunControl } from "@langchain/langgraph";
import { initialState } from "../../state/channels.ts";
import type { RunEvent } from "../../state/events.ts";
import type { Hash } from "../../state/json.ts";
import { approvalAsked } from "./approval.ts";
import { fork } from "./fork.ts";
import { stateOf } from "../result.ts";
import type { RunRecord } from "../run-record.ts";
import type { Session } from "../session.ts";
import { stateUnder } from "./settings-change.ts";
import { lastSound } from "./soundness.ts";

export interface Way {
  control: RunControl;
  /** Fires with the drain. */
  leaving: AbortSignal;
  tell(event: RunEvent): void;
  record: RunRecord;
}

/** Streams the graph until it stops by itself (the reason), is drained, or waits for a person who does not answer (null). */
export async function advance(session: Session, way: Way): Promise<string | null> {
  const { runs, place, config, drive } = session;
  const { tell, record } = way;
  await fork(session, record);
  const state = await stateUnder(session, record);
  if (state !== undefined && state.stop !== null && drive === undefined) return state.stop;
  const start = state === undefined ? initialState(record.input) : null;
  const from = state !== undefined && drive?.isAddressed !== true ? await lastSound(session) : config;
  if (state === undefined) await tellFindings(session, { of: "start", program: record.input.start, tell });
  const open: Open = (input, options) => openStream(session, way, { input, options, from });
  if (drive === undefined) await followAnswering(session, way, { start, open });
  else await untilDrained(drive.stream(start, open));
  return (await stateOf(runs, place.thread))?.stop ?? null;
}

interface Opening {
  input: unknown;
  options: Omit<RunnableConfig, "store">;
  from: RunnableConfig;
}

/** The graph's stream with what belongs to the run: its thread, its name, its callbacks, its drain. */
function openStream({ graph, config }: Session, { control }: Way, { input, options, from }: Opening) {
  return graph.stream(input as null, {
    ...config,
    ...options,
    configurable: { ...options.configurable, ...from.configurable },
    metadata: { ...options.metadata, ...config.metadata },
    control,
  });
}

type Open = (input: unknown, options: object) => Promise<AsyncIterable<unknown>>;

/** Tells the events of the stream. Where the gate asks, whoever approves is asked, and the stream goes on with the answer. */
async function followAnswering(
  { runs, place, approve }: Session,
  { tell, leaving }: Way,
  { start, open }: { start: unknown; open: Open },
): Promise<void> {
  let input = start;
  for (;;) {
    const follow = async () => {
      for await (const event of await open(input, { streamMode: "custom" })) tell(event as RunEvent);
    };
    await untilDrained(follow());
    if (approve === undefined || leaving.aborted) return;
    const request = await approvalAsked(runs, place.thread);
    const answer = request === null ? undefined : await approve(request, { signal: leaving });
    if (answer === undefined) return;
    input = new Command({ resume: answer });
  }
}

interface Inspection {
  of: "start" | "best";
  program: Hash;
  tell(event: RunEvent): void;
}

export async function tellFindings(session: Session, { of, program, tell }: Inspection): Promise<void> {
  const findings = await session.inspect(program);
  if (findings.length > 0) tell({ type: "program-inspected", of, program, findings });
}

/** What the work gives; undefined where a drain ended it. */
export async function untilDrained<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isGraphDrained(error)) return undefined;
    throw error;
  }
}
