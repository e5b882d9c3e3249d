import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StoreError } from "../../state/errors.ts";
import { under, type RecordStore, type SpaceCommit } from "../../stores/record-store.ts";
import { drivers, type TestStore } from "../support/stores.ts";

describe.each(drivers)("a record store: $name", ({ open }) => {
  let opened: TestStore;
  let store: RecordStore;
  beforeEach(() => {
    opened = open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const commit = async (change: Omit<SpaceCommit, "space">) => (await store.commit([{ space: "s", ...change }]))[0];
  const keysOf = async (range: Parameters<RecordStore["list"]>[1]) =>
    (await store.list("s", range)).map(({ key }) => key);

  test("keeps what was put, with the version of its commit", async () => {
    await commit({ put: { a: "1", b: "2" } });
    await commit({ put: { b: "3" } });
    expect(await store.get("s", ["a", "b", "c"])).toEqual(
      new Map([
        ["a", { value: "1", version: 1 }],
        ["b", { value: "3", version: 2 }],
      ]),
    );
  });

  test("gives every commit of a space the next integer, also when it only deletes or does nothing", async () => {
    const outcomes = [
      await commit({ put: { a: "1" } }),
      await commit({ delete: ["a", "never there"] }),
      await commit({}),
      await commit({ put: { a: "1" } }),
    ];
    expect(outcomes.map((outcome) => outcome?.committed === true && outcome.sequence)).toEqual([1, 2, 3, 4]);
  });

  test("takes no sequence for a refused commit, changes nothing, and names what was not as expected", async () => {
    await commit({ put: { a: "1", b: "1" } });
    const refused = await commit({
      expect: [
        ["a", 1],
        ["b", 7],
        ["c", 1],
        ["a", "absent"],
      ],
      put: { a: "changed" },
      delete: ["b"],
    });
    expect(refused).toEqual({ committed: false, conflicts: ["b", "c", "a"] });
    expect(await commit({ expect: [["c", "absent"]], put: { c: "1" } })).toEqual({ committed: true, sequence: 2 });
    expect((await store.get("s", ["a", "b"])).get("a")).toEqual({ value: "1", version: 1 });
  });

  test("commits the other spaces of a batch where one is refused, and lets later ones see earlier ones", async () => {
    const outcomes = await store.commit([
      { space: "one", put: { a: "1" } },
      { space: "two", expect: [["a", 1]], put: { a: "1" } },
      { space: "one", expect: [["a", 1]], put: { a: "2" } },
      { space: "one", expect: [["a", "absent"]], put: { a: "3" } },
    ]);
    expect(outcomes).toEqual([
      { committed: true, sequence: 1 },
      { committed: false, conflicts: ["a"] },
      { committed: true, sequence: 2 },
      { committed: false, conflicts: ["a"] },
    ]);
    expect((await store.get("one", ["a"])).get("a")).toEqual({ value: "2", version: 2 });
    expect(await store.list("two", {})).toEqual([]);
  });

  test("lists from inclusive to exclusive, from either end, up to a limit", async () => {
    await commit({ put: { c: "3", a: "1", d: "4", b: "2" } });
    expect(await keysOf({})).toEqual(["a", "b", "c", "d"]);
    expect(await keysOf({ from: "b", to: "d" })).toEqual(["b", "c"]);
    expect(await keysOf({ reverse: true, limit: 2 })).toEqual(["d", "c"]);
    expect(await keysOf({ from: "b", to: "d", reverse: true, limit: 1 })).toEqual(["c"]);
    expect(await keysOf({ from: "x" })).toEqual([]);
    expect(await keysOf({ from: "c", to: "b" })).toEqual([]);
    expect(await keysOf({ limit: 0 })).toEqual([]);
    expect(await store.list("other", {})).toEqual([]);
  });

  test("orders keys by their UTF-8 bytes, which is not the order of JavaScript's <", async () => {
    const ordered = ["", "A", "a", "a/", "a/b", "a0", "\u{e9}", "\u{ffff}", "\u{1f600}", "\u{10ffff}"];
    await commit({ put: Object.fromEntries(ordered.toReversed().map((key) => [key, "x"])) });
    expect(await keysOf({})).toEqual(ordered);
    expect(await keysOf(under("a/"))).toEqual(["a/", "a/b"]);
  });

  test("names the spaces of a family, also those that are empty now, and no others", async () => {
    const names = [
      "{f}/thread/\u{1f600}",
      "{f}/thread/\u{ffff}",
      "{f}/answer/1",
      "{ff}/thread/a",
      "{f}x",
      "s",
      "{e}/thread/a",
    ];
    for (const space of names) await store.commit([{ space, put: { a: "1" } }]);
    await store.commit([
      { space: "{f}/answer/1", delete: ["a"] },
      { space: "{f}/refused", expect: [["a", 1]] },
    ]);
    expect(await store.spaces("{f}/")).toEqual(["{f}/answer/1", "{f}/thread/\u{ffff}", "{f}/thread/\u{1f600}"]);
    expect(await store.spaces("{none}/")).toEqual([]);
  });

  test("forgets a space that is dropped, its sequence too, and nothing beside it; not where a version is not as expected", async () => {
    const beside = ["s0", "s\u0001", "t"];
    for (const space of ["s", ...beside]) await store.commit([{ space, put: { a: "1", b: "2" } }]);
    expect(await commit({ expect: [["a", 7]], drop: true })).toEqual({ committed: false, conflicts: ["a"] });
    expect(await keysOf({})).toEqual(["a", "b"]);
    expect(await commit({ expect: [["a", 1]], drop: true })).toEqual({ committed: true, sequence: 0 });
    expect(await keysOf({})).toEqual([]);
    for (const space of beside) expect((await store.list(space, {})).length).toBe(2);
    expect(await commit({ drop: true })).toEqual({ committed: true, sequence: 0 });
    expect(await commit({ put: { a: "again" } })).toEqual({ committed: true, sequence: 1 });
  });

  test("drops among other commits of a batch, one after the other", async () => {
    const [space, other] = ["{f}/blob/1", "{f}/blob/2"];
    await store.commit([{ space, put: { a: "1" } }]);
    const outcomes = await store.commit([
      { space, drop: true },
      { space: other, put: { a: "1" } },
      { space, expect: [["a", "absent"]], put: { a: "2" } },
      { space: other, drop: true },
    ]);
    expect(outcomes).toEqual([0, 1, 1, 0].map((sequence) => ({ committed: true, sequence })));
    expect(await store.spaces("{f}/")).toEqual([space]);
  });

  test("counts the bytes of a family, and of nothing else", async () => {
    expect(await store.bytes("{f}/")).toBe(0);
    await store.commit([{ space: "{f}/a", put: { key: "x".repeat(1_000) } }]);
    const one = await store.bytes("{f}/");
    expect(one).toBeGreaterThan(1_000);
    expect(one).toBeLessThan(1_100);
    await store.commit([{ space: "{f}/b", put: { key: "\u{1f600}".repeat(250) } }]);
    await store.commit([{ space: "{g}/b", put: { key: "1" } }]);
    expect(await store.bytes("{f}/")).toBe(2 * one);
    await store.commit([{ space: "{f}/b", drop: true }]);
    expect(await store.bytes("{f}/")).toBe(one);
  });

  test("lists a thousand records, all of them and in pages", async () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `k/${String(index).padStart(4, "0")}`);
    await commit({ put: Object.fromEntries(keys.map((key) => [key, key.repeat(20)])) });
    expect(await keysOf(under("k/"))).toEqual(keys);
    expect(await keysOf({ from: keys[990] as string, limit: 100 })).toEqual(keys.slice(990));
  });

  test("refuses NUL and halves of surrogate pairs, anywhere, before anything is written", async () => {
    const fine: SpaceCommit = { space: "s", put: { fine: "1" } };
    const bad: SpaceCommit[] = [
      { space: "s\0" },
      { space: "s", put: { "a\0": "1" } },
      { space: "s", put: { a: "\0" } },
      { space: "s", put: { a: "half \ud83d pair" } },
      { space: "s", delete: ["\udc00"] },
    ];
    for (const change of bad) await expect(store.commit([fine, change])).rejects.toThrow(StoreError);
    expect(await store.list("s", {})).toEqual([]);
  });

  test("keeps any JSON text, and keys that are special to JavaScript", async () => {
    const value = JSON.stringify("NUL \0, half \ud83d, whole \u{1f600}, line\u2028, mark \ufeff");
    await commit({ put: { ["__proto__"]: value, constructor: "2", "\ufeffmark": "3" } });
    expect((await store.get("s", ["__proto__"])).get("__proto__")?.value).toBe(value);
    expect(await keysOf({})).toEqual(["__proto__", "constructor", "\ufeffmark"]);
  });

  test("is closed while commits are under way, and refuses what comes meanwhile and afterwards", async () => {
    const before = Promise.allSettled(Array.from({ length: 20 }, (_, at) => commit({ put: { [`${at}`]: "1" } })));
    const closed = store.close();
    const meanwhile = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return commit({ put: { late: "1" } });
    };
    const late = await Promise.allSettled(Array.from({ length: 20 }, meanwhile));
    await closed;
    const refused = { status: "rejected", reason: { message: expect.stringContaining("is closed. Open it again") } };
    expect(late).toMatchObject(late.map(() => refused));
    for (const end of await before) if (end.status === "rejected") expect(end).toMatchObject(refused);
    await expect(commit({ put: { a: "1" } })).rejects.toThrow(StoreError);
    await expect(keysOf({})).rejects.toThrow(/is closed/);
    await store.close();
  });

  test("behaves like a plain model under any sequence of commits", async () => {
    const key = fc.constantFrom("a", "b", "c", "\u{1f600}", "\u{fffd}");
    const version = fc.oneof(fc.constant("absent" as const), fc.integer({ min: 1, max: 6 }));
    const change = fc.record({
      expect: fc.array(fc.tuple(key, version), { maxLength: 1 }),
      put: fc.dictionary(key, fc.constantFrom("x", "y"), { maxKeys: 3 }),
      delete: fc.array(key, { maxLength: 2 }),
    });
    let round = 0;
    const sameAsModel = fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      round += 1;
      const space = `round ${round}`;
      const model = new Map<string, { value: string; version: number }>();
      let sequence = 0;
      for (const { expect: expected, put, delete: gone } of changes) {
        const [outcome] = await store.commit([{ space, expect: expected, put, delete: gone }]);
        const conflicts = expected.filter(([name, at]) => (model.get(name)?.version ?? "absent") !== at);
        if (conflicts.length > 0) {
          expect(outcome).toEqual({ committed: false, conflicts: conflicts.map(([name]) => name) });
          continue;
        }
        sequence += 1;
        expect(outcome).toEqual({ committed: true, sequence });
        for (const name of gone) model.delete(name);
        for (const [name, value] of Object.entries(put)) model.set(name, { value, version: sequence });
      }
      const byBytes = [...model].toSorted(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
      expect(await store.list(space, {})).toEqual(byBytes.map(([name, record]) => ({ key: name, ...record })));
    });
    await fc.assert(sameAsModel, { numRuns: 60 });
  });
});
