import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { z } from "zod";

/** The shape of the canonical loop, for measuring: ten nodes, 22 small channels, each node writes two or three. */
const writers: Record<string, string[]> = {
  "task-sampler": ["generation", "batch"],
  "parent-selector": ["parent"],
  rollout: ["rollouts", "seen", "replay"],
  "failure-analyzer": ["failures", "categories"],
  diagnostician: ["deficiencies"],
  optimizer: ["candidates", "tried"],
  guard: ["findings", "blocked"],
  validator: ["columns", "candidate", "evidence"],
  "accept-gate": ["verdict", "head", "best"],
  archivist: ["memories", "record", "stop"],
};
const nodes = Object.keys(writers);
const given = ["settings"];
const channels = [...given, ...Object.values(writers).flat()];

/** A hundred and twenty characters: a hash and a little more, which is what most channels hold. */
function valueOf(channel: string, generation: number): string {
  return `${channel} of generation ${generation} `.padEnd(120, "0123456789abcdef");
}

export const loopNodes = nodes.length;

/** The input that starts the loop. */
export const loopInput = { settings: valueOf("settings", 0), step: 0 };

/**
 * Runs `generations` times around; `onNode` is called as each node runs. With `appended`, rollouts are kept in the state
 * and grow by so many characters a generation, as in a naive design.
 */
export function createLoop({
  saver,
  generations,
  appended = 0,
  onNode = () => {},
}: {
  saver: BaseCheckpointSaver;
  generations: number;
  appended?: number;
  onNode?: (node: string, step: number) => void;
}) {
  const state = new StateSchema({
    ...Object.fromEntries(channels.map((channel) => [channel, z.string().default("")])),
    step: z.number(),
  });
  // The names of nodes and channels are data here, which the builder's types cannot follow.
  const builder = new StateGraph(state) as unknown as LooseBuilder;
  for (const node of nodes) {
    builder.addNode(node, ({ step, rollouts }) => {
      onNode(node, step);
      const generation = Math.floor(step / nodes.length) + 1;
      const written = (writers[node] as string[]).map((channel) => [channel, valueOf(channel, generation)]);
      const kept = node === "rollout" && appended > 0 ? { rollouts: `${rollouts}${"x".repeat(appended)}` } : {};
      return { ...Object.fromEntries(written), ...kept, step: step + 1 };
    });
  }
  builder.addEdge(START, nodes[0] as string);
  for (const [index, node] of nodes.slice(1).entries()) builder.addEdge(nodes[index] as string, node);
  const isDone = ({ step }: { step: number }) => (step >= generations * nodes.length ? END : (nodes[0] as string));
  builder.addConditionalEdges(nodes.at(-1) as string, isDone, [nodes[0] as string, END]);
  return builder.compile({ checkpointer: saver }).withConfig({ recursionLimit: 10_000 });
}

interface LooseBuilder {
  addNode(name: string, node: (state: { step: number; rollouts: string }) => Record<string, unknown>): void;
  addEdge(from: string, to: string): void;
  addConditionalEdges(from: string, to: (state: { step: number }) => string, targets: string[]): void;
  compile(options: { checkpointer: BaseCheckpointSaver }): ReturnType<InstanceType<typeof StateGraph>["compile"]>;
}
