import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import pLimit from "p-limit";
import { z } from "zod";
import { draw } from "../../../state/draw.ts";
import { hashJson } from "../../../state/json.ts";

const { version } = createRequire(import.meta.url)("@langchain/langgraph-checkpoint-sqlite/package.json") as {
  version: string;
};

export type Durability = "sync" | "async";

/** What the rows of LangGraph's own saver are called. Its driver is libsql, which needs no compiler. */
export const saverName = `LangGraph SqliteSaver ${version}`;

/** A run has as many calls as that of the trials of skillgraph: three generations of a batch and a validation. */
export const generations = 3;
const callsOf = { rollout: 10, validator: 24 };
export const callsInAll = generations * (callsOf.rollout + callsOf.validator);
const concurrency = 4;

/** One loop of two nodes, each of which makes its calls in a pool and keeps a digest of all answers and the last 4 kB. */
export function createLoop(saver: BaseCheckpointSaver, call: (place: string) => Promise<string>) {
  const state = new StateSchema({ generation: z.number(), digest: z.string(), last: z.string() });
  const limit = pLimit(concurrency);
  async function answers(node: keyof typeof callsOf, generation: number, digest: string) {
    const places = Array.from({ length: callsOf[node] }, (_, index) => `${generation}/${node}/${index}`);
    const found = await Promise.all(places.map((place) => limit(call, place)));
    const next = hashJson({ digest, found });
    return { digest: next, last: next.repeat(64) };
  }
  return new StateGraph(state)
    .addNode("rollout", ({ generation, digest }) => answers("rollout", generation, digest))
    .addNode("validator", async ({ generation, digest }) => ({
      ...(await answers("validator", generation, digest)),
      generation: generation + 1,
    }))
    .addEdge(START, "rollout")
    .addEdge("rollout", "validator")
    .addConditionalEdges("validator", ({ generation }) => (generation < generations ? "rollout" : END), [
      "rollout",
      END,
    ])
    .compile({ checkpointer: saver });
}
export type Loop = ReturnType<typeof createLoop>;

export const config = { configurable: { thread_id: "t" } };
const input = { generation: 0, digest: "", last: "" };

/** Begins the thread or goes on with it, to its end; gives the digest of all answers. */
export async function goOn(loop: Loop, durability: Durability): Promise<string> {
  const state = await loop.getState(config);
  const isBegun = Object.keys(state.values as object).length > 0 || state.tasks.length > 0;
  // By the tasks that are pending: `next` is empty also where what they wrote waits for its checkpoint.
  if (isBegun && state.tasks.length === 0) return (state.values as typeof input).digest;
  return (await loop.invoke(isBegun ? null : input, { ...config, durability })).digest;
}

/** On a file or `:memory:`. Waits for other processes as better-sqlite3 does by default. */
export function openSaver(path: string): SqliteSaver {
  const saver = SqliteSaver.fromConnString(path);
  saver.db.exec("PRAGMA busy_timeout = 5000");
  return saver;
}

/** What the loop ends in when nothing happens to it. */
export function wholeDigest(): Promise<string> {
  return goOn(createLoop(openSaver(":memory:"), answerAtOnce), "sync");
}

export const answerAtOnce = async (place: string): Promise<string> => `answer of ${place}`;

/** A call of 10 to 30 ms whose beginning and end go to a file. */
export function createWitnessedCall(witness: string) {
  return async (place: string): Promise<string> => {
    appendFileSync(witness, `begin ${place}\n`);
    await sleep(10 + 20 * draw(5, 0, place, 0));
    appendFileSync(witness, `end ${place}\n`);
    return answerAtOnce(place);
  };
}

/** Calls begun so far. */
export function callsIn(witness: string): string[] {
  return linesIn(witness).filter((line) => line.startsWith("begin "));
}

export function linesIn(witness: string): string[] {
  return readFileSync(witness, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}
