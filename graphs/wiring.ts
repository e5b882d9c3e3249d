import type { RunNode } from "../nodes/node.ts";
import { blotJson, createBlotter, withoutSecrets } from "../stores/secrets.ts";
import { RunState, type RunUpdate } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import { withSpan } from "../rollouts/tracing.ts";

const channels = new Set(RunState.getChannelKeys());

/** The node inside a span of its own, its update without known secrets, refusing an update of a channel that does not exist: LangGraph would drop it in silence. */
export function checked(name: string, node: RunNode): RunNode {
  return async function checkedNode(state, runtime): Promise<RunUpdate> {
    const { run = "" } = (runtime.metadata ?? {}) as { run?: string };
    const update = await withSpan(`node ${name}`, { run, node: name }, async (span) => {
      const given = blotJson(await withoutSecretsInErrors(async () => node(state, runtime)), createBlotter());
      span.setAttribute("skillgraph.generation", given.generation ?? state.generation);
      return given;
    });
    const unknown = Object.keys(update).find((channel) => !channels.has(channel));
    if (unknown === undefined) return update;
    throw new StateError(
      `Node "${name}" wrote "${unknown}", which is not a channel of the run state. Channels are: ${[...channels].join(", ")}.`,
    );
  };
}

/** All of these nodes, each `checked` under its name. */
export function checkedAll<Name extends string>(nodes: Record<Name, RunNode>): Record<Name, RunNode> {
  const entries = Object.entries<RunNode>(nodes).map(([name, node]) => [name, checked(name, node)] as const);
  return Object.fromEntries(entries) as Record<Name, RunNode>;
}

/** LangGraph stores the message of an error that ends a node, which may quote the request that failed. */
async function withoutSecretsInErrors<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) error.message = withoutSecrets(error.message);
    throw error;
  }
}
