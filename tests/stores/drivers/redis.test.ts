import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ReplacedError, StoreError } from "../../../state/errors.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { openRedisStore } from "../../../stores/drivers/redis-open.ts";
import { argumentsOf, commitScript } from "../../../stores/drivers/redis-script.ts";
import { parseRedisUrl, withoutPassword } from "../../../stores/drivers/redis-url.ts";
import { createRedisStore } from "../../../stores/drivers/redis.ts";
import { startChild } from "../../support/started/child.ts";
import { startProxy, type Proxy } from "../../support/durability/proxy.ts";
import { hasRedis, startRedis, startRedisCluster, type RedisServer } from "../../support/redis-server.ts";
import { builtCommand } from "../../support/started/compiled.ts";

const hasty = { reply: 200, total: 600 };
const patient = { reply: 200, total: 20_000 };

describe("a Redis URL", () => {
  test("names hosts, user, password, database and prefix", () => {
    expect(parseRedisUrl("redis://localhost")).toEqual({
      hosts: [{ host: "localhost", port: 6379 }],
      username: undefined,
      password: undefined,
      db: 0,
      tls: false,
      prefix: "skillgraph:",
      shown: "redis://localhost",
    });
    expect(parseRedisUrl("rediss://me:p%40ss@one:7000,[::1]:7001,three/3?prefix=team%20a/")).toEqual({
      hosts: [
        { host: "one", port: 7000 },
        { host: "::1", port: 7001 },
        { host: "three", port: 6379 },
      ],
      username: "me",
      password: "p@ss",
      db: 3,
      tls: true,
      prefix: "team a/",
      shown: "rediss://me:***@one:7000,[::1]:7001,three/3?prefix=team%20a/",
    });
  });

  test("never shows its password, well-formed or not", () => {
    expect(withoutPassword("redis://:s3cret@host")).toBe("redis://:***@host");
    expect(withoutPassword("redis://host:6379/0?prefix=a@b")).toBe("redis://host:6379/0?prefix=a@b");
    for (const bad of [
      "redis://u:s3/cret@host",
      "redis://u:s3cret@host/x",
      "redis://u:s3cret@",
      "redis://u:s3cret%@h",
    ]) {
      expect(() => parseRedisUrl(bad)).toThrow(StoreError);
      expect(() => parseRedisUrl(bad)).not.toThrow(/cret/);
    }
  });

  test("is refused where it says what nobody reads, or a prefix that would take a family apart", () => {
    expect(() => parseRedisUrl("redis://host?cluster=true")).toThrow(/unknown option "cluster"\. Write redis:/);
    expect(() => parseRedisUrl("redis://host?prefix={a}")).toThrow(/a brace/);
    expect(() => parseRedisUrl("redis://host:99999")).toThrow(/invalid host and port/);
    expect(() => parseRedisUrl("redis://one,,two")).toThrow(/invalid host and port: ""/);
  });
});

describe.skipIf(!hasRedis)("a store on a Redis server", () => {
  let server: RedisServer;
  let admin: Redis;
  const opened: RecordStore[] = [];
  beforeAll(async () => {
    server = await startRedis({ appendonly: "yes", appendfsync: "always" });
    admin = server.client();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => void (await admin.flushall()));
  afterEach(async () => void (await Promise.all(opened.splice(0).map((store) => store.close()))));

  async function open(
    url = server.url,
    patience = patient,
  ): Promise<{ store: RecordStore; warnings: readonly string[] }> {
    const store = await openRedisStore(url, { create: true, patience });
    opened.push(store);
    return { store, warnings: store.warnings.all() };
  }
  const put = (store: RecordStore, key: string) => store.commit([{ space: "{f}/thread/t", put: { [key]: "1" } }]);

  test("is found again by another process, under its prefix and number only", async () => {
    await put((await open()).store, "a");
    const { store } = await open();
    expect(await store.list("{f}/thread/t", {})).toEqual([{ key: "a", value: "1", version: 1 }]);
    for (const other of [`${server.url}/1`, `${server.url}?prefix=other:`]) {
      await expect(openStore(other, { create: false })).rejects.toThrow(/There is no store at redis:.*Check address/);
      expect(await (await open(other)).store.list("{f}/thread/t", {})).toEqual([]);
    }
    await expect(open(`${server.url}/99`)).rejects.toThrow(/no database with this number/);
  });

  test("keeps all keys of a family under one hash tag", async () => {
    const { store } = await open();
    await store.commit(["thread/t", "answer/1", "answer/2"].map((name) => ({ space: `{f}/${name}`, put: { a: "1" } })));
    await store.commit([{ space: "directory", put: { a: "1" } }]);
    const keys = (await admin.keys("*")).map((key) => key.replace(/writer\/.*/, "writer/W")).toSorted();
    expect(keys).toEqual([
      "skillgraph:format",
      "skillgraph:store",
      ...["records", "sequences", "writer/W"].map((name) => `skillgraph:{/directory}/${name}`),
      ...["records", "sequences", "writer/W"].map((name) => `skillgraph:{f}/${name}`),
    ]);
  });

  test("refuses the layout of a newer skillgraph", async () => {
    await admin.set("skillgraph:format", "4");
    await expect(open()).rejects.toThrow(/has format 4; this skillgraph reads format 3/);
  });

  test("answers a call that comes again from memory, and refuses one that comes after a later one", async () => {
    const keys = ["{f}/records", "{f}/sequences", "{f}/writer/w"];
    const call = (number: number, acknowledged: number, key: string) => {
      const change = argumentsOf("s", { space: "s", put: { [key]: "1" } });
      return admin.eval(commitScript, 3, ...keys, number, acknowledged, 60, ...change);
    };
    expect([await call(4, 0, "a"), await call(4, 0, "a"), await call(5, 4, "b")]).toEqual(["1", "1", "2"]);
    await expect(call(4, 0, "a")).rejects.toThrow(/^STALE/);
    await expect(call(7, 6, "a")).rejects.toThrow(/^LOST/);
    expect(await admin.ttl("{f}/writer/w")).toBeGreaterThan(50);
  });

  test("takes 1,200 changes in one commit, each decided after those before it", async () => {
    const { store } = await open();
    const batch = Array.from({ length: 1_200 }, (_, index) => ({
      space: "{f}/thread/t",
      expect: [["count", index === 0 ? ("absent" as const) : index] as const],
      put: { count: "x".repeat(100) },
    }));
    const outcomes = await store.commit(batch);
    expect(outcomes.at(-1)).toEqual({ committed: true, sequence: 1_200 });
  });

  test("loses no commit of four processes that count at the same time", async () => {
    const children = Array.from({ length: 4 }, () => startChild("durability/count-up.ts", server.url, "50"));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expect(await (await open()).store.get("counter", ["count"])).toEqual(
      new Map([["count", { value: "200", version: 200 }]]),
    );
  });

  test.each([
    [{ appendonly: "yes", appendfsync: "always" }, []],
    [{ appendonly: "yes", appendfsync: "everysec" }, [/one or two seconds of acknowledged answers/]],
    [{ appendonly: "yes", appendfsync: "no" }, [/often 30 seconds/]],
    [{ appendonly: "no" }, [/crash or restart loses everything since the last snapshot/]],
    [{ "maxmemory-policy": "allkeys-lru" }, []],
    [
      { "maxmemory-policy": "volatile-lru", maxmemory: "100mb" },
      [/may evict the keys that prevent a write from being applied twice/],
    ],
  ])("says what %o puts at risk", async (settings, expected) => {
    for (const [name, value] of Object.entries(settings)) await admin.config("SET", name, value);
    try {
      const { warnings } = await open();
      expect(warnings).toHaveLength(expected.length);
      for (const [index, text] of expected.entries()) expect(warnings[index]).toMatch(text);
    } finally {
      await admin.config("SET", "appendonly", "yes", "appendfsync", "always");
      await admin.config("SET", "maxmemory", "0", "maxmemory-policy", "noeviction");
    }
  });

  test("is refused where records may be evicted", async () => {
    await admin.config("SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lfu");
    await expect(open()).rejects.toThrow(/may evict records .*allkeys-lfu.*noeviction/);
    await admin.config("SET", "maxmemory", "0", "maxmemory-policy", "noeviction");
  });

  test("is for users with a password and with rights; what they may not see is said", async () => {
    await admin.acl("SETUSER", "reader", "on", ">s3cret", "~*", "+@all", "-config", "-eval");
    const url = server.url.replace("//", "//reader:s3cret@");
    const { store, warnings } = await open(url);
    expect(store.url).toBe(server.url.replace("//", "//reader:***@"));
    expect(warnings).toEqual([expect.stringMatching(/could not be checked.*appendfsync always\.$/)]);
    await expect(put(store, "a")).rejects.toThrow(/lacks permissions that a store needs/);
    await expect(open(url.replace("s3cret", "s3cre7"))).rejects.toThrow(
      /reader:\*\*\*@.*rejected the user or password/,
    );
    await admin.acl("SETUSER", "default", "resetpass", ">other");
    try {
      await expect(open()).rejects.toThrow(/requires a password/);
    } finally {
      await admin.acl("SETUSER", "default", "nopass");
      await admin.acl("DELUSER", "reader");
    }
  });

  test("says that memory is full, keeps what it had, and goes on once there is room", async () => {
    const { store } = await open();
    await put(store, "a");
    await admin.config("SET", "maxmemory", "1");
    await expect(put(store, "b")).rejects.toThrow(/memory is full.*acknowledged writes are kept/);
    expect((await store.list("{f}/thread/t", {})).map(({ key }) => key)).toEqual(["a"]);
    await admin.config("SET", "maxmemory", "0");
    expect(await put(store, "b")).toEqual([{ committed: true, sequence: 2 }]);
  });

  test("waits for a replica to be promoted, and says what it is where that takes too long", async () => {
    const [{ store }, { store: impatient }] = [await open(), await open(server.url, hasty)];
    await admin.replicaof("127.0.0.1", "1");
    await expect(put(impatient, "a")).rejects.toThrow(/read-only replica\. Use the address of the primary/);
    const commit = put(store, "a");
    await sleep(200);
    await admin.replicaof("NO", "ONE");
    expect(await commit).toEqual([{ committed: true, sequence: 1 }]);
  });

  test("refuses an address where nobody listens, and names that are not known, without waiting", async () => {
    const begin = performance.now();
    await expect(openStore("redis://127.0.0.1:1")).rejects.toThrow(/connection refused\. Start redis-server/);
    await expect(openStore("redis://no-such-host.invalid")).rejects.toThrow(/host name/);
    await expect(openStore(`${server.url},127.0.0.1:${server.port}`)).rejects.toThrow(
      /several hosts that are not a cluster/,
    );
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test("is closed once and for all", async () => {
    const { store } = await open();
    await store.close();
    await store.close();
    await expect(put(store, "a")).rejects.toThrow(/is closed/);
  });

  test("warns on stderr when used from the command line", () => {
    const words = [builtCommand, "evaluate"];
    const tasks = fileURLToPath(new URL("../../../examples/support-messages", import.meta.url));
    const skill = fileURLToPath(new URL("../../../README.md", import.meta.url));
    const url = `${server.url}?prefix=cli:`;
    const setting = (value: string) =>
      spawnSync("redis-cli", ["-p", `${server.port}`, "CONFIG", "SET", "appendfsync", value]);
    setting("everysec");
    const run = spawnSync(process.execPath, [...words, "--skill", skill, "--tasks", tasks, "--store", url], {
      encoding: "utf8",
    });
    setting("always");
    expect(run.stderr).toContain(`warning: Redis at ${url}: it acknowledges writes before they are on disk`);
    expect(run.status).toBe(0);
  });
});

describe.skipIf(!hasRedis)("a store on Redis over a network that fails", () => {
  let server: RedisServer;
  let proxy: Proxy;
  let store: RecordStore;
  beforeEach(async () => {
    server = await startRedis({ appendonly: "yes", appendfsync: "always", "repl-diskless-sync-delay": "0" });
    proxy = await startProxy(server.port);
    store = await openRedisStore(`redis://127.0.0.1:${proxy.port}`, { create: true, patience: patient });
  });
  afterEach(async () => {
    await store?.close();
    await proxy?.close();
    await server?.stop();
  });

  test.each(["cut-reply", "reset", "blackhole"] as const)("commits once where it meets %s", async (fault) => {
    for (let number = 1; number <= 3; number += 1) {
      proxy.set(fault);
      const commit = store.commit([{ space: "s", put: { [`${number}`]: "1" } }]);
      await sleep(300);
      proxy.set("pass");
      expect(await commit).toEqual([{ committed: true, sequence: number }]);
    }
    expect(await store.list("s", {})).toHaveLength(3);
  });

  test("fails in bounded time where nobody answers, on opening too, and works again later", async () => {
    const url = `redis://127.0.0.1:${proxy.port}`;
    const impatient = await openRedisStore(url, { create: true, patience: hasty });
    proxy.set("blackhole");
    const commit = impatient.commit([{ space: "s", put: { a: "1" } }]);
    await expect(commit).rejects.toThrow(/connection was lost.*Check that the server is running/);
    await expect(openRedisStore(url, { create: true, patience: hasty })).rejects.toThrow(StoreError);
    proxy.set("pass");
    expect(await impatient.get("s", ["b"])).toEqual(new Map());
    await impatient.close();
  });

  test("outlives its server while nobody asks, and finds it again", async () => {
    await store.commit([{ space: "s", put: { a: "1" } }]);
    await server.kill();
    await sleep(200);
    await server.restart();
    expect(await store.get("s", ["a"])).toEqual(new Map([["a", { value: "1", version: 1 }]]));
  });

  test("takes no more from a writer once another store stands in its place", async () => {
    await store.commit([{ space: "s", put: { a: "1" } }]);
    await server.client().set("skillgraph:store", "another");
    const commit = () => store.commit([{ space: "t", put: { b: "1" } }]);
    await expect(commit()).rejects.toThrow(/This process stopped writing to it/);
    await expect(commit()).rejects.toBeInstanceOf(ReplacedError);
    await expect(store.get("s", ["a"])).rejects.toBeInstanceOf(ReplacedError);
    expect(await server.client().exists("skillgraph:{/t}/records")).toBe(0);
  });

  test("takes no more from a writer that it knows nothing of, also in a family that the writer has not written to", async () => {
    await store.commit([{ space: "s", put: { a: "1" } }]);
    const admin = server.client();
    const id = (await admin.get("skillgraph:store")) as string;
    // As an older copy has it.
    await admin.multi().flushall().set("skillgraph:store", id).exec();
    await expect(store.commit([{ space: "t", put: { b: "1" } }])).rejects.toBeInstanceOf(ReplacedError);
    expect(await admin.keys("*")).toEqual(["skillgraph:store"]);
  });

  test("takes no more from a process that has read in a store that was emptied since", async () => {
    await store.commit([{ space: "s", put: { a: "1" } }]);
    const reader = await openRedisStore(server.url, { create: true });
    expect((await reader.get("s", ["a"])).size).toBe(1);
    await server.client().flushall();
    await expect(reader.commit([{ space: "s", put: { b: "1" } }])).rejects.toBeInstanceOf(ReplacedError);
    await reader.close();
  });

  test("takes no more from a writer whose acknowledged commits are lost, until it is opened again", async () => {
    await server.client().config("SET", "appendonly", "no");
    await store.commit([{ space: "s", put: { a: "1" } }]);
    await server.client().flushall();
    const builtOnIt = () => store.commit([{ space: "s", put: { b: "1" } }]);
    await expect(builtOnIt()).rejects.toThrow(/has lost acknowledged writes.*Resume the run from what is still stored/);
    await expect(builtOnIt()).rejects.toThrow(StoreError);
    const again = await openRedisStore(server.url, { create: true });
    expect(await again.commit([{ space: "s", put: { b: "1" } }])).toEqual([{ committed: true, sequence: 1 }]);
    await again.close();
  });

  test("goes on with a promoted replica when the primary is cut off", async () => {
    const replica = await startRedis({ replicaof: `127.0.0.1 ${server.port}` });
    const admin = replica.client();
    await store.commit([{ space: "s", put: { a: "1" } }]);
    while (!(await admin.info("replication")).includes("master_link_status:up")) await sleep(20);
    await store.commit([{ space: "s", put: { b: "1" } }]);
    while ((await admin.hget("skillgraph:{/s}/sequences", "s")) !== "2") await sleep(20);
    proxy.set("blackhole");
    const begin = performance.now();
    const commit = store.commit([{ space: "s", expect: [["b", 2]], put: { c: "1" } }]);
    await admin.replicaof("NO", "ONE");
    proxy.aim(replica.port);
    await server.kill();
    proxy.set("pass");
    expect(await commit).toEqual([{ committed: true, sequence: 3 }]);
    expect(performance.now() - begin).toBeLessThan(10_000);
    await store.close();
    await replica.stop();
  });

  test("works on a client of one's own", async () => {
    const client = new Redis(server.port, { lazyConnect: true });
    const own = createRedisStore({ client, url: server.url, prefix: "own:" });
    expect(await own.commit([{ space: "s", put: { a: "1" } }])).toEqual([{ committed: true, sequence: 1 }]);
    await server.kill();
    const commit = own.commit([{ space: "s", put: { a: "2" } }]);
    await server.restart();
    expect(await commit).toEqual([{ committed: true, sequence: 2 }]);
    await own.close();
  });
});

describe.skipIf(!hasRedis)("a store on a Redis cluster", () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());

  test("commits a batch over families that lie on different nodes, from one host or several", async () => {
    const families = Array.from({ length: 12 }, (_, index) => `f${index}`);
    for (const [round, url] of [cluster.url, cluster.servers[1]?.url as string].entries()) {
      const store = await openRedisStore(url, { create: true });
      const batch = families.flatMap((family) => [
        { space: `{${family}}/thread/t`, put: { a: "1" } },
        { space: `{${family}}/thread/t`, put: { b: "1" } },
      ]);
      const outcomes = await store.commit([...batch, { space: "directory", put: { a: "1" } }]);
      expect(outcomes.map((outcome) => outcome.committed && outcome.sequence)).toEqual([
        ...families.flatMap(() => [2 * round + 1, 2 * round + 2]),
        round + 1,
      ]);
      expect(await store.get("{f7}/thread/t", ["a", "b"])).toHaveProperty("size", 2);
      expect(await store.list("{f3}/thread/t", { reverse: true, limit: 1 })).toMatchObject([{ key: "b" }]);
      await store.close();
    }
    const sizes = await Promise.all(cluster.servers.map((server) => server.client().dbsize()));
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });

  test("follows a slot to another node", async () => {
    const store = await openRedisStore(cluster.url, { create: true });
    await store.commit([{ space: "{moved}/thread/t", put: { a: "1" } }]);
    const clients = cluster.servers.map((server) => server.client());
    const key = "skillgraph:{moved}/records";
    const slot = await (clients[0] as Redis).cluster("KEYSLOT", key);
    const ids = await Promise.all(clients.map((client) => client.cluster("MYID")));
    const from = (await Promise.all(clients.map((client) => client.cluster("COUNTKEYSINSLOT", slot)))).indexOf(3);
    const to = (from + 1) % 3;
    await clients[to]!.cluster("SETSLOT", slot, "IMPORTING", ids[from] as string);
    await clients[from]!.cluster("SETSLOT", slot, "MIGRATING", ids[to] as string);
    const keys = await clients[from]!.cluster("GETKEYSINSLOT", slot, 10);
    await clients[from]!.migrate("127.0.0.1", cluster.servers[to]!.port, "", 0, 1_000, "KEYS", ...keys);
    for (const client of clients) await client.cluster("SETSLOT", slot, "NODE", ids[to] as string);
    expect(await store.commit([{ space: "{moved}/thread/t", expect: [["a", 1]], put: { a: "2" } }])).toEqual([
      { committed: true, sequence: 2 },
    ]);
    await store.close();
  });

  test("has one database", async () => {
    await expect(openRedisStore(`${cluster.servers[0]?.url}/1`, { create: true })).rejects.toThrow(
      /has only database 0/,
    );
  });
});
