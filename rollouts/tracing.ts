import { CallbackManager } from "@langchain/core/callbacks/manager";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { SpanStatusCode, trace, type Span } from "@opentelemetry/api";
import type { RolloutRow, SuiteName } from "../state/task.ts";

/** Names and numbers; never the text of a task, a skill or an answer. */
export type Facts = Readonly<Record<string, string | number>>;

/**
 * Does some work inside a span of OpenTelemetry; where no provider is registered, that costs nothing. An error is told by
 * its kind: its message may hold what was sent. A drain or an interrupt is none.
 */
export function withSpan<Value>(
  name: string,
  facts: Facts,
  work: (span: Span) => Promise<Value> | Value,
): Promise<Value> {
  // Asked for anew each time: a provider may be registered at any moment.
  return trace.getTracer("skillgraph").startActiveSpan(name, { attributes: named(facts) }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const { name: kind = "Error", is_bubble_up: bubblesUp } = (error ?? {}) as Thrown;
      if (bubblesUp !== true) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", kind);
      throw error;
    } finally {
      span.end();
    }
  });
}

interface Thrown {
  name?: string;
  is_bubble_up?: boolean;
}

interface RolloutFacts {
  generation: number | undefined;
  suite: SuiteName;
  task: string;
  sample: number;
}

/** A rollout as a span, and as a run of LangChain where callbacks listen, so that what the agent calls is inside of it. */
export function traceRollout<RolledOut extends { row: RolloutRow }>(
  { generation, ...place }: RolloutFacts,
  rollOut: () => Promise<RolledOut>,
): Promise<RolledOut> {
  const facts = generation === undefined ? place : { generation, ...place };
  return withSpan("rollout", facts, async (span) => {
    const rolledOut = await (isListenedTo() ? asRun(facts, rollOut) : rollOut());
    const { row } = rolledOut;
    span.setAttribute("skillgraph.status", row.status);
    if (row.score !== null) span.setAttribute("skillgraph.score", row.score.value);
    if (row.status === "missing") span.setStatus({ code: SpanStatusCode.ERROR });
    return rolledOut;
  });
}

/** Whether callbacks were given to the graph around, or LangSmith tracing is switched on. */
function isListenedTo(): boolean {
  const around = AsyncLocalStorageProviderSingleton.getRunnableConfig()?.callbacks;
  return (CallbackManager.configure(around)?.handlers.length ?? 0) > 0;
}

/** The run tells the facts going in and the status coming out; score and feedback stay here. */
async function asRun<RolledOut extends { row: RolloutRow }>(
  facts: Facts,
  rollOut: () => Promise<RolledOut>,
): Promise<RolledOut> {
  const ended: RolledOut[] = [];
  const run = RunnableLambda.from(async () => {
    const rolledOut = await rollOut();
    ended.push(rolledOut);
    return { status: rolledOut.row.status };
  });
  await run.invoke(facts, { runName: "rollout", metadata: facts });
  return ended[0] as RolledOut;
}

function named(facts: Facts): Record<string, string | number> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`skillgraph.${name}`, value]));
}
