import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import pLimit from "p-limit";
import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import { createServedModel } from "../../tests/support/model-server/served-model.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { textOf } from "../../skills/folder.ts";
import type { Task } from "../../state/task.ts";
import { withCalls } from "../../models/calls.ts";
import { OpenAIChat } from "../../models/dialects/openai-chat.ts";
import { parseAddress } from "../../models/server.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { noLimits } from "../../state/usage.ts";
import { createAccount } from "../../stores/ledger/account.ts";
import { createAttempts } from "../../stores/ledger/attempts.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { openStore } from "../../stores/open.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { startChild } from "../../tests/support/started/child.ts";
import { createExact } from "../../verifiers/exact.ts";
import { installAx } from "../ax.ts";
import { cpuSince } from "../clocked-analyst.ts";
import { median } from "../statistics.ts";
import { runParts } from "../parts.ts";
import { printLine, printTable } from "../table.ts";

const rounds = { count: 7, calls: 100, warm: 2 };
const rollouts = { count: 1000, inFlight: 32 };
/** Milliseconds a call takes, how much longer than through p-limit the rollouts may take, and rounds after those in which the code is compiled. */
const goals = [
  { latency: 50, goal: 1.1, warm: 3, rounds: 5 },
  { latency: 500, goal: 1.02, warm: 0, rounds: 3 },
];
const skill = minimalSkill("support", "Routes messages.");
const system = parseFrontmatter(textOf(skill) ?? "").body.trim();

/** One call of a model with this text; calls of a way have different texts. */
type Way = (input: string) => Promise<unknown>;

/** What a call costs beside the model: nothing but `fetch`, the client, the ledger on it, and @ax-llm/ax, side by side. */
export async function runModelCalls(words: string[]): Promise<void> {
  await runParts({ calls: measureCalls, rollouts: measureRollouts }, words);
}

async function measureCalls(): Promise<void> {
  const server = await startServer(0);
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-calls-"));
  const sqlite = await openStore(`file:${join(folder, "calls.db")}`);
  const ax = await installAx();
  if (typeof ax === "string") printLine(`skipped: @ax-llm/ax is not available (${ax})`);
  const ways: Record<string, Way> = {
    "raw `fetch`": fetchWay(server.url),
    ChatOpenAI: clientWay(server.url),
    "chat agent, ledger in memory": await agentWay(server.url, createMemoryStore()),
    "chat agent, ledger on SQLite": await agentWay(server.url, sqlite),
    ...(typeof ax === "string" ? {} : { [`@ax-llm/ax ${ax.version}`]: ax.connect(server.url, system) }),
  };
  const spent = await sideBySide(ways);
  const [raw] = Object.values(spent);
  printLine(
    `One call after the other, median of ${rounds.count} rounds of ${rounds.calls}; the server is another process`,
  );
  printTable(
    ["way", "CPU ms a call", "over raw", "wall ms a call", "over raw"],
    Object.entries(spent).map(([name, { cpu, wall }]) => [
      name,
      cpu.toFixed(2),
      (cpu - (raw?.cpu ?? 0)).toFixed(2),
      wall.toFixed(2),
      (wall - (raw?.wall ?? 0)).toFixed(2),
    ]),
  );
  if (typeof ax !== "string") ax.remove();
  await sqlite.close();
  rmSync(folder, { recursive: true });
  server.stop();
}

interface Spent {
  cpu: number;
  wall: number;
}

/** Rounds of all ways in turn, so that what else the machine does falls on all of them; the first rounds do not count. */
async function sideBySide(ways: Record<string, Way>): Promise<Record<string, Spent>> {
  const measured = new Map<string, Spent[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds.warm + rounds.count; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const [cpu, wall] = [process.cpuUsage(), performance.now()];
      for (let call = 0; call < rounds.calls; call += 1) await way(`message ${round} ${call}`);
      const spent = { cpu: cpuSince(cpu) / rounds.calls, wall: (performance.now() - wall) / rounds.calls };
      if (round >= rounds.warm) measured.get(name)?.push(spent);
    }
  }
  const middle = (all: Spent[]) => ({
    cpu: median(all.map(({ cpu }) => cpu)),
    wall: median(all.map(({ wall }) => wall)),
  });
  return Object.fromEntries([...measured].map(([name, all]) => [name, middle(all)]));
}

async function measureRollouts(): Promise<void> {
  for (const each of goals) await measureRolloutsAt(each);
}

async function measureRolloutsAt({ latency, goal, warm, rounds: counted }: (typeof goals)[number]): Promise<void> {
  const { count, inFlight } = rollouts;
  const server = await startServer(latency);
  const tasks: Task[] = Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    input: `message ${index}`,
    expected: "",
  }));
  const limited = (way: Way) => async () => {
    const limit = pLimit(inFlight);
    await Promise.all(tasks.map(({ input }) => limit(way, input)));
    return 0;
  };
  /** Each gives how often it waited for the store. */
  const works: Record<string, () => Promise<number>> = {
    "rollouts of the chat agent, SQLite": () => rollOut(server.url, tasks),
    "its client through p-limit": limited(ownClientWay(server.url)),
    "ChatOpenAI through p-limit": limited(clientWay(server.url)),
    "raw `fetch` through p-limit": limited(fetchWay(server.url)),
  };
  const spent = new Map<string, Array<Spent & { commits: number }>>(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < warm + counted; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const [cpu, wall] = [process.cpuUsage(), performance.now()];
      const commits = await work();
      if (round >= warm) spent.get(name)?.push({ cpu: cpuSince(cpu), wall: performance.now() - wall, commits });
    }
  }
  const [ours = NaN] = [...spent.values()].map((all) => median(all.map(({ wall }) => wall)));
  printLine(
    `${count} calls at ${latency} ms, ${inFlight} in flight, median of ${counted} rounds; goal: at most ${goal} x p-limit`,
  );
  printTable(
    ["work", "wall s", "rollouts over it", "CPU ms a call", "commits"],
    [...spent].map(([name, all], index) => {
      const wall = median(all.map((each) => each.wall));
      const commits = median(all.map((each) => each.commits));
      return [
        name,
        (wall / 1000).toFixed(2),
        index === 0 ? "" : (ours / wall).toFixed(3),
        (median(all.map(({ cpu }) => cpu)) / count).toFixed(2),
        index === 0 ? String(commits) : "",
      ];
    }),
  );
  server.stop();
}

/** As in a run: with the account of what is spent, and the notes of attempts. */
async function rollOut(url: string, tasks: readonly Task[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-rollouts-"));
  const opened = await openStore(`file:${join(folder, "runs.db")}`);
  let commits = 0;
  const store: RecordStore = {
    ...opened,
    commit(batch) {
      commits += 1;
      return opened.commit(batch);
    },
  };
  const place = { store, family: "f", run: "r" };
  const commit = createGroupCommit(store);
  const books = {
    account: createAccount({ ...place, commit }),
    attempts: createAttempts({ ...place, commit }),
    commit,
  };
  await books.account.open({ limits: noLimits, concurrency: rollouts.inFlight });
  await books.attempts.open();
  const [payload, ledger] = [createPayload(place), createLedger({ ...place, books })];
  const agent = createChatAgent({ model: await createServedModel(url) });
  const executor = createLocalPool({ agent, verifier: createExact(), ledger, payload, concurrency: rollouts.inFlight });
  const program = await payload.putProgram([skill]);
  const ref = { hash: await payload.putJson(tasks), size: tasks.length };
  const indices = tasks.map((_, index) => index);
  commits = 0;
  await executor.roll({ program, suite: "test", tasks: ref, indices, samples: 1 }, {});
  await store.close();
  rmSync(folder, { recursive: true });
  return commits;
}

function fetchWay(url: string): Way {
  return async (input) => {
    const messages = [
      { role: "system", content: system },
      { role: "user", content: input },
    ];
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer none" },
      body: JSON.stringify({ model: "simulated", temperature: 0, messages }),
    });
    return response.json();
  };
}

/** The client that models given by name have, without anything around it. */
function ownClientWay(url: string): Way {
  const address = parseAddress(url, "the address of the server");
  const chat = new OpenAIChat({
    model: "simulated",
    api: "chat",
    address,
    key: "none",
    temperature: 0,
    tokenField: "max_tokens",
  });
  return (input) => chat.invoke([new SystemMessage(system), new HumanMessage(input)]);
}

function clientWay(url: string): Way {
  const chat = chatAt(url);
  return (input) => chat.invoke([new SystemMessage(system), new HumanMessage(input)]);
}

async function agentWay(url: string, store: RecordStore): Promise<Way> {
  const agent = createChatAgent({ model: await createServedModel(url) });
  const ledger = createLedger({ store, family: "f", run: "r" });
  const { signal } = new AbortController();
  return (input) => {
    const work = { name: () => input, ledger, signal };
    return withCalls(work, () => agent.answer({ id: input, input }, [skill], { sample: 0, signal }));
  };
}

function chatAt(url: string): ChatOpenAI {
  const configuration = { baseURL: url };
  return new ChatOpenAI({ model: "simulated", temperature: 0, apiKey: "none", configuration, maxRetries: 0 });
}

async function startServer(latency: number): Promise<{ url: string; stop(): void }> {
  const child = startChild("model-server/server-child.ts", String(latency));
  return { url: await child.line(), stop: () => child.process.stdin?.end() };
}
