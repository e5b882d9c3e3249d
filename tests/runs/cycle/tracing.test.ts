import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { SystemMessage } from "@langchain/core/messages";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-node";
import { afterEach, describe, expect, test } from "vitest";
import { fromGraph } from "../../../agents/graph/from-graph.ts";
import { optimize, type OptimizeOptions } from "../../../runs/cycle/optimize.ts";
import { textOf } from "../../../skills/folder.ts";
import { knownVerifier, listingAnalyst, skillOf, tasksOf } from "../../support/nodes.ts";
import { journaled, ScriptedModel } from "../../support/scripted-model.ts";

const topics = ["tea", "milk", "bread", "salt"];
const tasks = {
  train: tasksOf("train", topics),
  validation: tasksOf("validation", topics),
  sealed: [],
  test: tasksOf("test", []),
};

/** A graph whose model knows the topics that stand in the skill. */
function knowingGraph() {
  const model = journaled(
    new ScriptedModel(([guide, question]) => (guide!.text.includes(`- ${question!.text}\n`) ? "known" : "unknown")),
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("reply", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addEdge(START, "reply")
    .compile();
  return fromGraph(graph, {
    fingerprint: "knowing@1",
    input: ({ input }, skills) => ({ messages: [new SystemMessage(textOf(skills[0]!) ?? ""), input] }),
    output: ({ messages }) => messages.at(-1)?.text ?? "",
  });
}

/** One generation: a batch of 4, a candidate, and both measured on 4 tasks. */
async function runOnce(options: Partial<OptimizeOptions> = {}) {
  const parts = { agent: knowingGraph(), analyst: listingAnalyst, verifier: knownVerifier };
  const settings = { generations: 1, batch: 4, edits: 2 };
  const place = { store: "memory:", run: "traced" };
  const started = await optimize({ ...parts, program: [skillOf("tea")], tasks, settings, ...place, ...options });
  return started.result();
}

const nodes = (
  "task-sampler parent-selector rollout failure-analyzer diagnostician " +
  "optimizer guard validator accept-gate archivist"
).split(" ");

describe("with a provider of OpenTelemetry", () => {
  afterEach(() => trace.disable());

  async function spansOf(options: Partial<OptimizeOptions> = {}): Promise<ReadableSpan[]> {
    const exporter = new InMemorySpanExporter();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
    await runOnce(options).catch(() => undefined);
    return exporter.getFinishedSpans();
  }

  test("each node and each rollout is a span, rollouts inside of their node", async () => {
    const spans = await spansOf();
    const named = spans.filter(({ name }) => name.startsWith("node "));
    expect(named.map(({ name }) => name)).toEqual(nodes.map((node) => `node ${node}`));
    expect(named.map(({ attributes }) => attributes)).toEqual(
      nodes.map((node) => ({ "skillgraph.run": "traced", "skillgraph.node": node, "skillgraph.generation": 1 })),
    );
    const parentOf = (span: ReadableSpan) =>
      spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name;
    const rollouts = spans.filter(({ name }) => name === "rollout");
    expect(rollouts.map(parentOf)).toEqual([
      ...Array.from({ length: 4 }, () => "node rollout"),
      ...Array.from({ length: 8 }, () => "node validator"),
    ]);
    expect(rollouts.map(({ attributes }) => attributes)).toContainEqual({
      "skillgraph.generation": 1,
      "skillgraph.suite": "train",
      "skillgraph.task": "train-0",
      "skillgraph.sample": 0,
      "skillgraph.status": "answered",
      "skillgraph.score": 1,
    });
  });

  test("nothing of a task, a skill, an answer or an error is in a span but its id and kind", async () => {
    const failing = { ...listingAnalyst, analyze: () => Promise.reject(new RangeError("It said: unknown milk.")) };
    const spans = await spansOf({ analyst: failing });
    const last = spans.at(-1)!;
    expect([last.name, last.status, last.attributes["error.type"]]).toEqual([
      "node failure-analyzer",
      { code: 2 },
      "RangeError",
    ]);
    const told = JSON.stringify(
      spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    );
    expect(told).not.toMatch(/milk|label-of|meta-of|known|Guide/);
  });
});

interface Heard {
  kind: string;
  name: string;
  parent: string | undefined;
  metadata: Record<string, unknown>;
}

/** A tracer such as LangSmith's: hears of every run below the graph, with what goes in and comes out. */
class Listener extends BaseCallbackHandler {
  override name = "listener";
  readonly heard = new Map<string, Heard>();
  readonly texts: string[] = [];

  override handleChainStart(...[, inputs, run, parent, , metadata, kind, name]: unknown[]): void {
    this.#hear(run, { kind: String(kind ?? "chain"), name: String(name), parent, metadata });
    this.texts.push(JSON.stringify(inputs));
  }

  override handleChainEnd(outputs: unknown): void {
    this.texts.push(JSON.stringify(outputs));
  }

  override handleChatModelStart(...[model, messages, run, parent, , , metadata]: unknown[]): void {
    this.#hear(run, { kind: "model", name: (model as { id: string[] }).id.at(-1)!, parent, metadata });
    this.texts.push(JSON.stringify(messages));
  }

  #hear(run: unknown, heard: { kind: string; name: string; parent: unknown; metadata: unknown }): void {
    this.heard.set(run as string, heard as Heard);
  }

  /** Names from a run up to the root. */
  pathOf({ name, parent }: Heard): string[] {
    const above = parent === undefined ? undefined : this.heard.get(parent);
    return above === undefined ? [name] : [name, ...this.pathOf(above)];
  }
}

describe("with callbacks of LangChain", () => {
  test("calls of models are inside of their rollouts, and rollouts inside of their nodes", async () => {
    const listener = new Listener({ _awaitHandler: true });
    await runOnce({ callbacks: [listener] });
    const models = [...listener.heard.values()].filter(({ kind }) => kind === "model");
    const paths = models.map((model) => listener.pathOf(model).join(" < "));
    const inside = "reply < LangGraph < rollout";
    expect(new Set(paths)).toEqual(
      new Set(
        ["rollout", "validator"].flatMap((node) => [
          `JournaledModel < ${inside} < ${node} < skillgraph`,
          `ScriptedModel < JournaledModel < ${inside} < ${node} < skillgraph`,
        ]),
      ),
    );
    const [first] = models;
    expect(first?.metadata).toMatchObject({ run: "traced", generation: 1, suite: "train", sample: 0 });
    expect(first?.metadata.task).toMatch(/^train-\d$/);
  });

  test("what is expected of a task is not among what goes in or out, and neither is what a task says beside", async () => {
    const listener = new Listener({ _awaitHandler: true });
    await runOnce({ callbacks: [listener] });
    const [asked, told] = [/- tea/, /label-of|meta-of/].map((text) => listener.texts.some((heard) => text.test(heard)));
    expect({ asked, told }).toEqual({ asked: true, told: false });
  });

  test("a run comes to the same, listened to or not", async () => {
    const listener = new Listener({ _awaitHandler: true });
    expect((await runOnce({ callbacks: [listener] })).digest).toBe((await runOnce()).digest);
  });
});
