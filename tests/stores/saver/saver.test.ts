import { Annotation, END, interrupt, Command, MemorySaver, Send, START, StateGraph } from "@langchain/langgraph";
import {
  emptyCheckpoint,
  ERROR,
  INTERRUPT,
  uuid6,
  type BaseCheckpointSaver,
  type Checkpoint,
} from "@langchain/langgraph-checkpoint";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLeases, type Leases } from "../../../stores/lease/lease.ts";
import { currentOwner } from "../../../stores/lease/owner.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createRegistry } from "../../../stores/registry.ts";
import { createSaver } from "../../../stores/saver/saver.ts";
import { createLoop, loopInput } from "../../support/loop-graph.ts";
import { drivers, type TestStore } from "../../support/stores.ts";

const metadata = { source: "loop" as const, step: 0, parents: {} };
const configOf = (thread: string, id?: string, namespace = "") => ({
  configurable: { thread_id: thread, checkpoint_ns: namespace, ...(id === undefined ? {} : { checkpoint_id: id }) },
});

/** All channels at the same version. */
function checkpointOf(values: Record<string, unknown>, version: number, id = uuid6(0)): Checkpoint {
  const versions = Object.fromEntries(Object.keys(values).map((channel) => [channel, version]));
  return { ...emptyCheckpoint(), id, channel_values: values, channel_versions: versions };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe.each(drivers)("the saver over $name", ({ open }) => {
  let opened: TestStore;
  let store: RecordStore;
  let leases: Leases;
  let saver: BaseCheckpointSaver;
  beforeEach(() => {
    opened = open();
    store = opened.store;
    const registry = createRegistry(store);
    leases = createLeases({ store, registry });
    saver = createSaver({ store, registry, leases });
  });
  afterEach(() => opened.dispose());

  /** A saver of a process that died: its lease can be taken over at once. */
  const saverOfDeadProcess = () => {
    const registry = createRegistry(store);
    const owner = { ...currentOwner(), pid: 2 ** 22 + 1, startTime: null };
    return createSaver({ store, registry, leases: createLeases({ store, registry, owner }) });
  };

  const idsOf = async (thread: string, options = {}) =>
    (await collect(saver.list(configOf(thread), options))).map(({ checkpoint }) => checkpoint.id);
  const valuesAt = async (thread: string, id: string) =>
    (await saver.getTuple(configOf(thread, id)))?.checkpoint.channel_values;

  test("keeps the values of both branches of a fork, though their versions are the same", async () => {
    const root = checkpointOf({ skill: "seed", count: 0 }, 1, "root");
    await saver.put(configOf("t"), root, metadata, root.channel_versions);
    for (const branch of ["main", "fork"]) {
      const next = checkpointOf({ skill: branch, count: 0 }, 2, branch);
      next.channel_versions["count"] = 1;
      await saver.put(configOf("t", "root"), next, metadata, { skill: 2 });
      const last = checkpointOf({ skill: branch, count: branch.length }, 2, `${branch} end`);
      await saver.put(configOf("t", branch), last, metadata, { count: 2 });
    }
    expect(await valuesAt("t", "root")).toEqual({ skill: "seed", count: 0 });
    expect(await valuesAt("t", "main")).toEqual({ skill: "main", count: 0 });
    expect(await valuesAt("t", "fork")).toEqual({ skill: "fork", count: 0 });
    expect(await valuesAt("t", "main end")).toEqual({ skill: "main", count: 4 });
    expect((await saver.getTuple(configOf("t", "fork end")))?.parentConfig).toEqual(configOf("t", "fork"));
  });

  test("orders by commit, even where the clock in the ids goes back", async () => {
    const ids = ["3", "1", "2"].map((digit) => `1ef${digit}0000-0000-6000-8000-000000000000`);
    for (const id of ids) await saver.put(configOf("t"), checkpointOf({ a: id }, 1, id), metadata, { a: 1 });
    expect((await saver.getTuple(configOf("t")))?.checkpoint.id).toBe(ids[2]);
    expect(await idsOf("t")).toEqual(ids.toReversed());
    expect(await idsOf("t", { before: configOf("t", ids[2]) })).toEqual([ids[1], ids[0]]);
    expect(await idsOf("t", { before: configOf("t", ids[1]), limit: 1 })).toEqual([ids[0]]);
    expect(await idsOf("t", { before: configOf("t", "unknown") })).toEqual([]);
  });

  test("applies `before` across the namespaces of a thread", async () => {
    const namespaces = ["", "sub|a:1", "", "sub|a:1"];
    for (const [index, namespace] of namespaces.entries()) {
      await saver.put(configOf("t", undefined, namespace), checkpointOf({}, 1, `c${index}`), metadata, {});
    }
    const all = { configurable: { thread_id: "t" } };
    const before = await collect(saver.list(all, { before: configOf("t", "c2") }));
    expect(before.map(({ config }) => config)).toEqual([configOf("t", "c0"), configOf("t", "c1", "sub|a:1")]);
    expect(await collect(saver.list(all))).toHaveLength(4);
  });

  test("reads a long history in pages, and only as far as it is asked for", async () => {
    for (let index = 0; index < 130; index += 1) {
      await saver.put(configOf("t"), checkpointOf({ index }, 1, `c${index}`), metadata, { index: 1 });
    }
    const list = vi.spyOn(store, "list");
    const items = saver.list(configOf("t"));
    expect((await items.next()).value?.checkpoint.id).toBe("c129");
    await items.return(undefined);
    const read = await Promise.all(list.mock.results.map(({ value }) => value as Promise<unknown[]>));
    expect(read.flat().length).toBeLessThan(60);
    expect(await idsOf("t")).toEqual(Array.from({ length: 130 }, (_, index) => `c${129 - index}`));
  });

  test("keeps the first write of a position, and the last of an error or interrupt", async () => {
    await saver.put(configOf("t"), checkpointOf({}, 1, "c"), metadata, {});
    const at = configOf("t", "c");
    await saver.putWrites(
      at,
      [
        ["a", "first"],
        [ERROR, "boom"],
      ],
      "task",
    );
    await saver.putWrites(
      at,
      [
        ["a", "second"],
        ["b", "added"],
        [ERROR, "bang"],
      ],
      "task",
    );
    await saver.putWrites(at, [[INTERRUPT, "ask"]], "task");
    expect((await saver.getTuple(at))?.pendingWrites).toEqual([
      ["task", INTERRUPT, "ask"],
      ["task", ERROR, "bang"],
      ["task", "a", "first"],
      ["task", "b", "added"],
    ]);
  });

  test("loses no write of tasks that write at the same moment", async () => {
    await saver.put(configOf("t"), checkpointOf({}, 1, "c"), metadata, {});
    const writes = Array.from({ length: 8 }, (_, index) =>
      saver.putWrites(configOf("t", "c"), [["a", index]], `t${index % 4}`),
    );
    await Promise.all([...writes, saver.putWrites(configOf("t", "c"), [[ERROR, "e"]], "t0")]);
    expect((await saver.getTuple(configOf("t", "c")))?.pendingWrites).toHaveLength(5);
  });

  test("gives writes back in the order of their task paths, then tasks by code point, then positions", async () => {
    await saver.put(configOf("t"), checkpointOf({}, 1, "c"), metadata, {});
    const at = configOf("t", "c");
    await saver.putWrites(
      at,
      [
        ["x", 5],
        ["x", 6],
      ],
      "a task",
      "~__pregel_push, 0000000002",
    );
    await saver.putWrites(at, [["x", 4]], "\u{1f600}", "~__pregel_push, 0000000001");
    await saver.putWrites(at, [["x", 3]], "\u{ffff}", "~__pregel_push, 0000000001");
    await saver.putWrites(
      at,
      [
        ["x", 1],
        ["x", 2],
      ],
      "z task",
    );
    expect((await saver.getTuple(at))?.pendingWrites?.map(([, , value]) => value)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("keeps binary values and writes, and values that only look like a packed one", async () => {
    const values = {
      bytes: new Uint8Array([0, 255, 128]),
      empty: new Uint8Array(),
      fake: ["bytes", "AP+A"],
      none: null,
    };
    const checkpoint = checkpointOf(values, 1, "c");
    await saver.put(configOf("t"), checkpoint, metadata, checkpoint.channel_versions);
    await saver.putWrites(configOf("t", "c"), [["bytes", new Uint8Array([1])]], "task");
    const tuple = await saver.getTuple(configOf("t", "c"));
    expect(tuple?.checkpoint.channel_values).toEqual(values);
    expect(tuple?.pendingWrites).toEqual([["task", "bytes", new Uint8Array([1])]]);
  });

  test("keeps writes that come before their checkpoint", async () => {
    await saver.putWrites(configOf("t", "c"), [["a", 1]], "task");
    await saver.put(configOf("t"), checkpointOf({}, 1, "c"), metadata, {});
    expect((await saver.getTuple(configOf("t", "c")))?.pendingWrites).toEqual([["task", "a", 1]]);
  });

  test("stores a checkpoint whole when the parent it names was never stored", async () => {
    const checkpoint = checkpointOf({ kept: "yes", new: "yes" }, 3, "c");
    await saver.put(configOf("t", "never stored"), checkpoint, metadata, { new: 3 });
    expect(await valuesAt("t", "c")).toEqual({ kept: "yes", new: "yes" });
  });

  test("copies a run by one tuple: the copy goes on, the original stays where it was", async () => {
    const graph = createLoop({ saver, generations: 2 });
    const end = await graph.invoke(loopInput, configOf("main"));
    const middle = (await collect(saver.list(configOf("main")))).find(({ metadata: found }) => found?.step === 10)!;
    const { checkpoint, metadata: found } = middle;
    await saver.put(configOf("copy"), checkpoint, { ...found!, source: "fork" }, checkpoint.channel_versions);
    expect((await saver.getTuple(configOf("copy")))?.checkpoint).toEqual(checkpoint);
    const mainIds = await idsOf("main");
    expect(await graph.invoke(null, configOf("copy"))).toEqual(end);
    expect(await idsOf("main")).toEqual(mainIds);
  });

  test("resumes a loop whose process died at any step, to the end that was never interrupted", async () => {
    const config = { ...configOf("whole"), durability: "sync" as const };
    const whole = await createLoop({ saver: new MemorySaver(), generations: 2 }).invoke(loopInput, config);
    for (const deadly of [0, 7, 13, 19]) {
      const run = { ...configOf(`dies at ${deadly}`), durability: "sync" as const };
      const steps: number[] = [];
      const dying = createLoop({
        saver: saverOfDeadProcess(),
        generations: 2,
        onNode: (_, step) => {
          if (step === deadly) throw new Error("killed");
          steps.push(step);
        },
      });
      await expect(dying.invoke(loopInput, run)).rejects.toThrow("killed");
      const resumed = createLoop({ saver, generations: 2, onNode: (_, step) => steps.push(step) });
      expect(await resumed.invoke(null, run)).toEqual(whole);
      expect(steps).toEqual(Array.from({ length: 20 }, (_, step) => step));
    }
  });

  test("holds an interrupt for a person, a fan-out, and a subgraph of its own namespace", async () => {
    const State = Annotation.Root({
      items: Annotation<string[]>({ reducer: (left, right) => left.concat(right), default: () => [] }),
      verdict: Annotation<string>(),
    });
    const inner = new StateGraph(State)
      .addNode("ask", () => ({ verdict: interrupt("keep it?") as string }))
      .addEdge(START, "ask")
      .compile({ checkpointer: true });
    const graph = new StateGraph(State)
      .addNode("one", (state: { items: string[] }) => ({ items: [`got ${state.items[0]}`] }))
      .addNode("person", inner)
      .addConditionalEdges(START, () => ["a", "b", "c"].map((item) => new Send("one", { items: [item] })), ["one"])
      .addEdge("one", "person")
      .addEdge("person", END)
      .compile({ checkpointer: saver });
    const config = { configurable: { thread_id: "t" } };
    await graph.invoke({ items: [] }, config);
    expect((await graph.getState(config)).tasks[0]?.interrupts[0]?.value).toBe("keep it?");
    const namespaces = (await collect(saver.list(config))).map((tuple) => tuple.config.configurable?.["checkpoint_ns"]);
    expect(new Set(namespaces).size).toBe(2);
    const end = await graph.invoke(new Command({ resume: "yes" }), config);
    expect(end.verdict).toBe("yes");
    expect(end.items.slice(0, 3)).toEqual(["got a", "got b", "got c"]);
  });

  test("registers an unknown thread on its first write, and takes its lease", async () => {
    expect(await saver.getTuple(configOf("new"))).toBeUndefined();
    expect(leases.held("new")).toBeUndefined();
    await Promise.all(["a", "b"].map((task) => saver.putWrites(configOf("new", "c"), [["x", task]], task)));
    expect(await createRegistry(store).find("new")).toEqual({ name: "new", thread: "new", family: "new" });
    expect(leases.held("new")?.space).toBe("{new}/thread/new");
  });

  test("refuses a thread id that is the name of another run", async () => {
    await createRegistry(store).register({ name: "demo", thread: "t-1", family: "t-1" });
    expect(await saver.getTuple(configOf("demo"))).toBeUndefined();
    await expect(saver.put(configOf("demo"), checkpointOf({}, 1), metadata, {})).rejects.toMatchObject({
      problem: "exists",
    });
  });

  test("does not write past a writer that took over, not even once that one is done", async () => {
    const zombie = saverOfDeadProcess();
    await zombie.put(configOf("t"), checkpointOf({ a: 1 }, 1, "before"), metadata, { a: 1 });
    await saver.put(configOf("t", "before"), checkpointOf({ a: 2 }, 2, "after"), metadata, { a: 2 });
    await leases.held("t")?.release();
    const late = zombie.put(configOf("t", "before"), checkpointOf({ a: 3 }, 2, "late"), metadata, { a: 2 });
    await expect(late).rejects.toMatchObject({ problem: "fenced" });
    await expect(zombie.putWrites(configOf("t", "before"), [["a", 3]], "task")).rejects.toMatchObject({
      problem: "fenced",
    });
    expect(await idsOf("t")).toEqual(["after", "before"]);
  });

  test("refuses to write where a live process writes, and reads all the same", async () => {
    const registry = createRegistry(store);
    const other = createSaver({ store, registry, leases: createLeases({ store, registry }) });
    await saver.put(configOf("t"), checkpointOf({ a: 1 }, 1, "c"), metadata, { a: 1 });
    await expect(other.put(configOf("t"), checkpointOf({}, 1), metadata, {})).rejects.toMatchObject({
      problem: "owned",
    });
    expect((await other.getTuple(configOf("t")))?.checkpoint.id).toBe("c");
  });

  test("stores what the label function adds in the checkpoint's own commit", async () => {
    const registry = createRegistry(store);
    const labelled = createSaver({
      store,
      registry,
      leases,
      label: async ({ id }, _, family) => ({ [`seen/${id}`]: family }),
    });
    await labelled.put(configOf("t"), checkpointOf({}, 1, "c"), metadata, {});
    const found = await store.get("{t}/thread/t", ["seen/c", "checkpoint//0000000001"]);
    expect([...found.values()].map(({ version }) => version)).toEqual([2, 2]);
  });

  test("deletes a thread with all that is in it, frees its name, and lets it begin again", async () => {
    await createLoop({ saver, generations: 8 }).invoke(loopInput, configOf("t"));
    await saver.put(configOf("u"), checkpointOf({}, 1, "kept"), metadata, {});
    await saver.deleteThread("t");
    await saver.deleteThread("never there");
    expect((await store.list("{t}/thread/t", {})).map(({ key }) => key)).toEqual(["epoch"]);
    expect((await createRegistry(store).entries()).map(({ name }) => name)).toEqual(["u"]);
    expect(await idsOf("t")).toEqual([]);
    await saver.put(configOf("t"), checkpointOf({}, 1, "anew"), metadata, {});
    expect(await idsOf("t")).toEqual(["anew"]);
    expect(await idsOf("u")).toEqual(["kept"]);
  });

  test("says which value a damaged checkpoint has lost", async () => {
    await saver.put(configOf("t"), checkpointOf({ a: 1 }, 1, "one"), metadata, { a: 1 });
    await saver.put(configOf("t", "one"), checkpointOf({ a: 1 }, 1, "two"), metadata, {});
    await leases.held("t")?.commit({ delete: ["checkpoint//0000000001"] });
    await expect(saver.getTuple(configOf("t", "two"))).rejects.toThrow(/is missing, and with it the value of "a"/);
  });
});

test("a superstep costs less than 4 kB, pending writes included, however long the run", async () => {
  for (const generations of [5, 25]) {
    const { store } = drivers[0]!.open();
    const registry = createRegistry(store);
    const saver = createSaver({ store, registry, leases: createLeases({ store, registry }) });
    await createLoop({ saver, generations }).invoke(loopInput, configOf("t"));
    const records = await store.list("{t}/thread/t", {});
    const bytes = records.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
    expect(bytes / (generations * 10)).toBeLessThan(2_500);
  }
});
