import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import {
  Annotation,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fromGraph, type CompiledGraph } from "../../../agents/graph/from-graph.ts";
import { textOf, type SkillFolder } from "../../../skills/folder.ts";
import { ProviderError } from "../../../state/errors.ts";
import type { Answer, Question } from "../../../state/task.ts";
import { withCalls } from "../../../models/calls.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { skillOf } from "../../support/nodes.ts";
import { journaled, ScriptedModel, type Script } from "../../support/scripted-model.ts";

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  guide: Annotation<string>,
  notes: Annotation<string[]>({ reducer: (one, other) => [...one, ...other], default: () => [] }),
});
type State = typeof State.State;

const options = {
  fingerprint: "test@1",
  input: ({ input }: Question, skills: readonly SkillFolder[]) => ({
    messages: [new HumanMessage(input)],
    guide: skills.map((skill) => textOf(skill)).join("\n"),
  }),
  output: ({ messages }: State) => messages.at(-1)?.text ?? "",
};

interface Asking {
  skills?: readonly SkillFolder[];
  sample?: number;
  signal?: AbortSignal;
  store?: ReturnType<typeof createMemoryStore>;
  output?: (state: State) => string;
}

/** One rollout of the graph, the way the executor does it. */
async function ask(graph: CompiledGraph<State>, input: string, asking: Asking = {}): Promise<Answer> {
  const { skills = [skillOf("tea")], sample = 0, signal = new AbortController().signal } = asking;
  const agent = fromGraph(graph, { ...options, ...(asking.output === undefined ? {} : { output: asking.output }) });
  const ledger = createLedger({ store: asking.store ?? createMemoryStore(), family: "f", run: "r" });
  const work = { name: () => ({ input, sample }), ledger, signal };
  return (await withCalls(work, () => agent.answer({ id: input, input }, skills, { sample, signal }))).value;
}

/** A graph of one node that asks a model with the guide as its system prompt. */
function guided(script: Script) {
  const chat = new ScriptedModel(script);
  const model = journaled(chat);
  const graph = new StateGraph(State)
    .addNode("reply", async ({ guide, messages }) => ({
      messages: [await model.invoke([new SystemMessage(guide), ...messages])],
    }))
    .addEdge(START, "reply")
    .addEdge("reply", END)
    .compile();
  return { chat, graph };
}

const echo: Script = (messages) => `You said ${messages.at(-1)?.text}.`;

describe("a graph as the agent", () => {
  test("gets question and skills, and gives text, used skills, trace and cost", async () => {
    const { graph } = guided(echo);
    expect(await ask(graph, "hello")).toEqual({
      text: "You said hello.",
      used: ["guide"],
      trace: [
        { event: "node", node: "reply" },
        { event: "model", text: "You said hello." },
      ],
      cost: { inputTokens: 10, outputTokens: 5, usd: 0.1 },
    });
  });

  test("pays for a call once, and answers the same when the rollout is done again", async () => {
    const store = createMemoryStore();
    const { chat, graph } = guided(echo);
    const first = await ask(graph, "hello", { store });
    expect(await ask(graph, "hello", { store })).toEqual(first);
    expect(chat.asked).toBe(1);
    await ask(graph, "hello", { store, sample: 1 });
    expect(chat.asked).toBe(2);
  });

  test("keeps to what its `output` must give", async () => {
    const { graph } = guided(echo);
    await expect(ask(graph, "a", { output: () => 7 as never })).rejects.toThrow("`output` returned number");
  });
});

/** A graph that asks its model as a stream, in tools and in a subgraph, where config and runtime are passed on. */
function everywhere(script: Script) {
  const chat = new ScriptedModel(script);
  const model = journaled(chat);
  const inner = new StateGraph(State)
    .addNode("inside", async (_state, config) => ({ notes: [(await model.invoke("in a subgraph", config)).text] }))
    .addEdge(START, "inside")
    .compile();
  const look = tool(async ({ at }, runtime) => (await model.invoke(`in a tool: ${at}`, runtime)).text, {
    name: "look",
    description: "Looks.",
    schema: z.object({ at: z.string() }),
  });
  const callBoth = new AIMessage({
    content: "",
    tool_calls: ["one", "two"].map((at) => ({ id: at, name: "look", args: { at }, type: "tool_call" as const })),
  });
  const graph = new StateGraph(State)
    .addNode("streamed", async () => {
      let text = "";
      for await (const chunk of await model.stream("as a stream")) text += chunk.text;
      return { notes: [text], messages: [callBoth] };
    })
    .addNode("tools", new ToolNode([look]))
    .addNode("subgraph", inner)
    .addEdge(START, "streamed")
    .addEdge("streamed", "tools")
    .addEdge("tools", "subgraph")
    .compile();
  return { chat, graph };
}

test("calls in nodes, streams, tools and subgraphs all find the rollout around them, and stand in the trace", async () => {
  const store = createMemoryStore();
  const { chat, graph } = everywhere((messages) => messages.at(-1)!.text.toUpperCase());
  const output = ({ notes, messages }: State) => [...notes, ...messages.map(({ text }) => text)].join("|");
  const first = await ask(graph, "go", { store, output });
  expect(first.text).toBe("AS A STREAM|AS A STREAM|IN A SUBGRAPH|go||IN A TOOL: ONE|IN A TOOL: TWO");
  expect(first.cost.usd).toBeCloseTo(0.4);
  expect(first.used).toEqual([]);
  expect(first.trace.map(({ event, node, tool: name }) => [event, node ?? name].join(" ").trim())).toEqual([
    "node streamed",
    "model",
    "node tools",
    "tool look",
    "tool look",
    "model",
    "model",
    "node subgraph",
    "node inside",
    "model",
  ]);
  expect(first.trace[3]).toEqual({ event: "tool", tool: "look", input: '{"at":"one"}', output: "IN A TOOL: ONE" });
  expect(await ask(graph, "go", { store, output })).toEqual(first);
  expect(chat.asked).toBe(4);
});

describe("a rollout of a graph with a saver", () => {
  /** A graph that loads its skills once a thread, as agents do that keep a list of them in their state. */
  function caching(saver: MemorySaver, threads: string[] = []) {
    const Cached = Annotation.Root({ ...State.spec, cached: Annotation<string> });
    return new StateGraph(Cached)
      .addNode("load", ({ cached, guide, messages }, { configurable }: LangGraphRunnableConfig) => {
        threads.push(String(configurable?.thread_id));
        const known = cached ?? guide;
        return { cached: known, messages: [new AIMessage(`${messages.length} ${known.includes("- milk")}`)] };
      })
      .addEdge(START, "load")
      .compile({ checkpointer: saver });
  }

  test("begins on an empty thread, so that no skill and no message of another is seen, and leaves nothing behind", async () => {
    const saver = new MemorySaver();
    const graph = caching(saver);
    expect((await ask(graph, "a", { skills: [skillOf("tea")] })).text).toBe("1 false");
    expect((await ask(graph, "a", { skills: [skillOf("milk")] })).text).toBe("1 true");
    expect((await ask(graph, "a", { skills: [skillOf("milk")] })).text).toBe("1 true");
    expect(Object.keys(saver.storage)).toEqual([]);
  });

  test("has a thread named after program, task and sample", async () => {
    const threads: string[] = [];
    const graph = caching(new MemorySaver(), threads);
    for (const [input, topic, sample] of [
      ["a", "tea", 0],
      ["b", "tea", 0],
      ["a", "milk", 0],
      ["a", "tea", 1],
      ["a", "tea", 0],
    ] as const)
      await ask(graph, input, { skills: [skillOf(topic)], sample });
    expect(new Set(threads).size).toBe(4);
    expect(threads[4]).toBe(threads[0]);
  });
});

describe("a graph that comes to no answer", () => {
  const graphOf = (node: (state: State) => Partial<State>) =>
    new StateGraph(State).addNode("node", node).addEdge(START, "node");

  test("rejects with the error of its node", async () => {
    const failing = graphOf(() => {
      throw new Error("The till is closed.");
    });
    await expect(ask(failing.compile(), "a")).rejects.toThrow("The till is closed.");
  });

  test("rejects when it takes more steps than its limit, and says how to raise it", async () => {
    const endless = graphOf(() => ({ notes: ["again"] })).addEdge("node", "node" as never);
    const limited = endless.compile().withConfig({ recursionLimit: 7 });
    await expect(ask(limited, "a")).rejects.toThrow(
      /Recursion limit of 7 .* graph\.withConfig\(\{ recursionLimit \}\)/,
    );
  });

  test("rejects when it stops to ask a person", async () => {
    const asking = graphOf(() => ({ notes: [interrupt("Really?")] }));
    await expect(ask(asking.compile({ checkpointer: new MemorySaver() }), "a")).rejects.toThrow(
      "stopped at an interrupt",
    );
  });

  test("is told of an abort", async () => {
    const controller = new AbortController();
    const chat = new ScriptedModel(echo);
    const waiting = graphOf(() => {
      controller.abort(new Error("enough"));
      return {};
    })
      .addNode("later", async () => ({ messages: [await journaled(chat).invoke("x")] }))
      .addEdge("node", "later");
    await expect(ask(waiting.compile(), "a", { signal: controller.signal })).rejects.toThrow();
    expect(chat.asked).toBe(0);
  });
});

/** A graph whose only model call is inside a tool, where LangGraph turns errors into messages. */
function withTool(call: () => Promise<{ text: string }>) {
  const risky = tool(async () => (await call()).text, { name: "risky", description: "Asks.", schema: z.object({}) });
  const calling = new AIMessage({ content: "", tool_calls: [{ id: "1", name: "risky", args: {}, type: "tool_call" }] });
  return new StateGraph(State)
    .addNode("call", () => ({ messages: [calling] }))
    .addNode("tools", new ToolNode([risky]))
    .addEdge(START, "call")
    .addEdge("call", "tools")
    .compile();
}

describe("what must not be swallowed", () => {
  test("a model that is not journaled is refused before it is asked, with what to do", async () => {
    const chat = new ScriptedModel(echo);
    const graph = withTool(() => chat.invoke("a"));
    await expect(ask(graph, "a")).rejects.toThrow(/ScriptedModel.* not journaled.* createModel/);
    expect(chat.asked).toBe(0);
  });

  test("a provider that is not available ends the rollout, though the graph goes on", async () => {
    const model = journaled(
      new ScriptedModel(() => {
        throw new ProviderError("The key was refused.", { status: 401 });
      }),
    );
    await expect(
      ask(
        withTool(() => model.invoke("a")),
        "a",
      ),
    ).rejects.toThrow(ProviderError);
  });
});

test("a trace is cut where it is long", async () => {
  const { graph } = guided(() => "x".repeat(5_000));
  const { text, trace } = await ask(graph, "a");
  expect(text).toHaveLength(5_000);
  expect(trace[1]?.text).toMatch(/^x{2000} \.\.\. \(3000 more characters\)$/);

  const endless = new StateGraph(State)
    .addNode("node", () => ({ notes: ["again"] }))
    .addEdge(START, "node")
    .addConditionalEdges("node", ({ notes }) => (notes.length < 105 ? "node" : END));
  const long = await ask(endless.compile().withConfig({ recursionLimit: 150 }), "a", { output: () => "" });
  expect(long.trace).toHaveLength(101);
  expect(long.trace.at(-1)).toEqual({ event: "more", steps: 5 });
});
