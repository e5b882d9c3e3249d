import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { listRuns } from "../../runs/reading/list.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import type { RunResult } from "../../runs/result.ts";
import { openRuns } from "../../runs/session.ts";
import { show } from "../../runs/reading/show.ts";
import type { RunState } from "../../state/channels.ts";
import { hashJson } from "../../state/json.ts";
import { openStore } from "../../stores/open.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { temporaryFolder } from "../support/stores.ts";
import { startStudio, type StudioChild } from "../support/studio.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const nodes = [
  "task-sampler",
  "parent-selector",
  "rollout",
  "failure-analyzer",
  "diagnostician",
  "optimizer",
  "guard",
  "validator",
  "accept-gate",
  "archivist",
];
const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
const url = `file:${join(folder.path, "runs.db")}`;
const out = ["--out", join(folder.path, "out")];
const small = ["batch=10", "wave=6", "edits=2", "acceptance=no-worse"].flatMap((setting) => ["--set", setting]);

let studio: StudioChild;
let store: RecordStore;
const written = keepWritten();

beforeAll(async () => {
  store = await openStore(url);
  studio = await startStudio(["--store", url, "--tasks", tasks, ...small], folder.path);
});
afterAll(async () => {
  await studio?.end("SIGTERM");
  await store?.close();
  folder.remove();
});

/** A command of the command line, with the run's result where it prints one. */
async function command(...words: string[]): Promise<{ code: number; result: RunResult }> {
  written.stdout = "";
  const code = await runCommandLine([...words, "--store", url, ...(words[0] === "show" ? [] : out), "--json"]);
  return { code, result: JSON.parse(written.stdout.trimEnd().split("\n").at(-1) || "null") as RunResult };
}

const optimizeWords = (run: string, generations: number) => {
  return ["optimize", "--tasks", tasks, ...small, "--generations", String(generations), "--run", run];
};

/** The thread of a run, as soon as the server has it. */
async function threadNamed(run: string): Promise<string> {
  const find = async () => (await studio.client.threads.search({ metadata: { run } }))[0]?.thread_id;
  return vi.waitUntil(find, { timeout: 30_000, interval: 200 });
}

/** Streams a thread, and tells what came by mode. */
async function stream(thread: string, payload: object) {
  const seen: Record<string, unknown[]> = {};
  const streamMode = ["updates", "custom", "values"] as const;
  for await (const { event, data } of studio.client.runs.stream(thread, "skillgraph", {
    input: null,
    ...payload,
    streamMode: [...streamMode],
  }))
    (seen[event] ??= []).push(data);
  const updated = (seen["updates"] ?? []).flatMap((update) => Object.keys(update as object));
  return { seen, updated, error: seen["error"]?.[0] as { error: string; message: string } | undefined };
}

async function newThread(): Promise<string> {
  return (await studio.client.threads.create()).thread_id;
}

async function stateOf(thread: string) {
  return studio.client.threads.getState<RunState>(thread);
}

describe("the graph", () => {
  test("is an assistant, drawn as the loop is, with the schema of its state", async () => {
    const [assistant] = await studio.client.assistants.search();
    expect(assistant).toMatchObject({ graph_id: "skillgraph" });
    const drawing = await studio.client.assistants.getGraph(assistant!.assistant_id);
    expect(drawing.nodes.map(({ id }) => id).toSorted()).toEqual(["__start__", "__end__", ...nodes].toSorted());
    expect(drawing.edges).toHaveLength(12);
    const { state_schema: schema } = await studio.client.assistants.getSchemas(assistant!.assistant_id);
    expect(Object.keys(schema?.properties ?? {})).toContain("head");
  });

  test("may not be asked by pages of other sites", async () => {
    const allowed = async (origin: string) => {
      const response = await fetch(`${studio.url}/info`, { headers: { origin } });
      return response.headers.get("access-control-allow-origin");
    };
    expect(await allowed("https://smith.langchain.com")).toBe("https://smith.langchain.com");
    expect(await allowed("https://example.org")).toBeNull();
  });
});

describe("a run of the command line", () => {
  test("is a thread of the same id, with its state and its history", async () => {
    await command(...optimizeWords("here", 2));
    const thread = await threadNamed("here");
    expect((await listRuns({ store })).find(({ run }) => run === "here")?.thread).toBe(thread);
    const state = await stateOf(thread);
    expect(state).toMatchObject({ values: { generation: 2, stop: "generations" }, next: [] });
    const history = await studio.client.threads.getHistory(thread, { limit: 100 });
    const next = history.toReversed().map((each) => each.next[0] ?? null);
    expect(next).toEqual(["__start__", ...nodes, ...nodes, null]);
    expect(history[0]?.checkpoint).toEqual(state.checkpoint);
  });

  test("is forked from a checkpoint of its past by an update, and goes on from there; the command line agrees", async () => {
    const before = (await command("show", "here")).result;
    const thread = await threadNamed("here");
    const history = await studio.client.threads.getHistory<RunState>(thread, { limit: 100 });
    const { checkpoint, values } = history.find(
      (each) => each.values.generation === 1 && each.next[0] === "task-sampler",
    )!;
    const settings = { edits: 1, generations: 3 };
    await studio.client.threads.updateState(thread, {
      values: { settings, stop: null },
      asNode: "archivist",
      checkpoint,
    });
    expect((await stateOf(thread)).parent_checkpoint?.checkpoint_id).toBe(checkpoint.checkpoint_id);
    const { updated, error } = await stream(thread, {});
    expect(error).toBeUndefined();
    expect(updated).toEqual([...nodes, ...nodes]);
    const { result } = await command("show", "here");
    expect(result).toMatchObject({ status: "finished", generations: 3 });
    expect(result.digest).not.toBe(before.digest);
    const view = await show("here", { store });
    expect(view.settings).toMatchObject(settings);
    expect(hashJson(view.timeline[0])).toBe(values.record?.entry);
  });

  test("that waits for a person is answered in the server, and then on the command line", async () => {
    const waiting = await command(...optimizeWords("asks", 2), "--set", "approve=always");
    expect(waiting).toMatchObject({ code: 3, result: { status: "waiting" } });
    const thread = await threadNamed("asks");
    const { tasks: pending, next } = await stateOf(thread);
    expect(next).toEqual(["accept-gate"]);
    expect(pending[0]?.interrupts[0]?.value).toMatchObject({ generation: 1, verdict: { accepted: true } });

    const wrong = await stream(thread, { command: { resume: "perhaps" } });
    expect(wrong.error).toMatchObject({
      error: "SettingsError",
      message: expect.stringContaining("Answer true, false"),
    });
    const { updated, error } = await stream(thread, { command: { resume: { accept: false, because: "too narrow" } } });
    expect(error).toBeUndefined();
    expect(updated.slice(0, 2)).toEqual(["accept-gate", "archivist"]);
    expect(updated.at(-1)).toBe("__interrupt__");
    expect(await studio.client.threads.get(thread)).toMatchObject({ status: "interrupted" });

    expect(await command("approve", "asks")).toMatchObject({ code: 0, result: { status: "finished" } });
    const { timeline } = await show("asks", { store });
    expect(timeline.map(({ verdict }) => verdict.accepted)).toEqual([false, true]);
    expect(timeline[0]?.verdict.reason).toBe("turned down by a person: too narrow");
    expect((await stateOf(thread)).next).toEqual([]);
  });
});

describe("a run of the server", () => {
  test("streams its nodes and events, and is a run of the command line with the same digest as one made there", async () => {
    const thread = await newThread();
    const { seen, updated, error } = await stream(thread, { input: { run: "there", settings: { generations: 2 } } });
    expect(error).toBeUndefined();
    expect(updated).toEqual([...nodes, ...nodes]);
    expect(seen["custom"]?.map((event) => (event as { type: string }).type)).toContain("verdict");
    expect(seen["values"]?.at(-1)).toMatchObject({ stop: "generations" });
    const there = await command("show", "there");
    expect(there.result).toMatchObject({
      status: "finished",
      generations: 2,
      score: { test: { best: expect.any(Number) } },
    });
    expect((await listRuns({ store })).find(({ run }) => run === "there")?.thread).toBe(thread);
    const { result } = await command(...optimizeWords("as-there", 2));
    expect(result.digest).toBe(there.result.digest);
    // The name under which the list of threads shows it.
    expect(await threadNamed("there")).toBe(thread);
  });

  test("that is cancelled is paused, and the command line goes on with it to the end it would have had", async () => {
    const whole = await command(...optimizeWords("whole", 12), "--set", "target=null");
    const thread = await newThread();
    const { run_id: run } = await studio.client.runs.create(thread, "skillgraph", {
      input: { run: "cancelled", settings: { generations: 12, target: null } },
    });
    const generation = async () => (await stateOf(thread)).values.generation ?? 0;
    await vi.waitUntil(async () => (await generation()) >= 2, { timeout: 60_000, interval: 50 });
    await studio.client.runs.cancel(thread, run, true);
    await vi.waitUntil(async () => (await openRuns(store).leases.ownerOf(thread)) === undefined, { timeout: 60_000 });
    const paused = await command("show", "cancelled");
    expect(paused.result.status).toBe("paused");
    const { code, result } = await command("resume", "cancelled");
    expect(code).toBe(0);
    expect(result.digest).toBe(whole.result.digest);
  });
});

describe("what the server refuses", () => {
  test("is input for a run that has its own, another kind of input, a name that is taken, and a graph of other policies", async () => {
    const thread = await threadNamed("there");
    const messages = [
      (await stream(thread, { input: { run: "new" } })).error,
      (await stream(await newThread(), { input: { agent: "command:rm" } })).error,
      (await stream(await newThread(), { input: { run: "there" } })).error,
      (await stream(await newThread(), { input: { settings: { generations: "many" } } })).error,
      (await stream((await studio.client.threads.copy(thread)).thread_id, {})).error,
    ].map((error) => error?.message);
    expect(messages).toEqual([
      expect.stringContaining('is run "there", which already has its input'),
      expect.stringContaining("this one has the keys agent"),
      expect.stringContaining('Run "there" already exists'),
      expect.stringContaining('Setting "generations" cannot be "many"'),
      expect.stringContaining('a copy of the thread of run "there"'),
    ]);
    const update = (values: object) => studio.client.threads.updateState(thread, { values, asNode: "archivist" });
    await expect(update({ settings: { acceptance: "strict" } })).rejects.toThrow(
      "cannot be changed. Branch the run instead",
    );
    await expect(update({ nothing: 1 })).rejects.toThrow("is not a channel of the run state");
  });

  test("is work on a run that lives in another process, which can be read all the same", async () => {
    let answerAll = () => {};
    const asked = new Promise<void>((resolve) => (answerAll = resolve));
    const { agent } = houseParts();
    const slow = {
      ...agent,
      answer: async (...call: Parameters<typeof agent.answer>) => (await asked, agent.answer(...call)),
    };
    const partNames = { agent: "procedure", analyst: "statistical", verifier: "exact" };
    const house = { ...houseParts(slow), partNames, program: houseProgram, tasks: houseSuites };
    const run = await optimize({ ...house, settings: houseSettings, store, run: "busy" });
    const thread = await threadNamed("busy");
    await vi.waitUntil(async () => (await stateOf(thread)).next[0] === "rollout", { timeout: 60_000 });
    const { error } = await stream(thread, {});
    expect(error).toMatchObject({ error: "RunError", message: expect.stringContaining(`process ${process.pid}`) });
    const update = studio.client.threads.updateState(thread, { values: { stop: null }, asNode: "archivist" });
    await expect(update).rejects.toThrow(`process ${process.pid}`);
    answerAll();
    expect(await run.result()).toMatchObject({ status: "finished" });
    expect((await stateOf(thread)).values.stop).toBe("generations");
  });
});

test("a server that is killed leaves a run that the command line takes to the same end", async () => {
  const whole = await command("show", "whole");
  const thread = await newThread();
  await studio.client.runs.create(thread, "skillgraph", {
    input: { run: "killed", settings: { generations: 12, target: null } },
  });
  const generation = async () => (await stateOf(thread)).values.generation ?? 0;
  await vi.waitUntil(async () => (await generation()) >= 2, { timeout: 60_000, interval: 50 });
  const owner = await openRuns(store).leases.ownerOf(thread);
  process.kill(owner!.pid, "SIGKILL");
  expect(await studio.ended).toBe(1);
  expect(studio.stderr()).toContain("The server stopped unexpectedly");
  const { code, result } = await command("resume", "killed");
  expect(code).toBe(0);
  expect(result.digest).toBe(whole.result.digest);
  expect(written.stderr).toContain("continuing after generation");
});
