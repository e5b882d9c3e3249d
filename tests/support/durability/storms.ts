import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { openRedisStore } from "../../../stores/drivers/redis-open.ts";
import { placeOf, sequencesKey } from "../../../stores/drivers/redis-layout.ts";
import { runUntilDeath } from "./crashes.ts";
import { modes, startProxy, type Proxy } from "./proxy.ts";
import { startRedis, type RedisServer } from "../redis-server.ts";
import { executionsIn } from "../world.ts";

/** What storms must leave untouched: all counts of harm are 0, `same` is `runs`. */
export interface NetworkStorm {
  episodes: number;
  runs: number;
  /** Runs that ended in the digest of the run without faults. */
  same: number;
  /** Commits that are in the store more often than they were acknowledged. */
  twice: number;
  /** Executions of the agent that were paid again. */
  paidAgain: number;
  unhandled: number;
}

/** Runs over a network that fails in seeded ways, one episode after the other, until there were so many. */
export async function networkStorm({
  episodes,
  seed,
  onEpisode = () => {},
}: {
  episodes: number;
  seed: number;
  onEpisode?: (done: number) => void;
}): Promise<NetworkStorm> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-storm-"));
  const server = await startRedis();
  const proxy = await startProxy(server.port);
  const weather = createWeather(proxy, { episodes, seed, onEpisode });
  const totals: NetworkStorm = { episodes: 0, runs: 0, same: 0, twice: 0, paidAgain: 0, unhandled: 0 };
  const onUnhandled = () => {
    totals.unhandled += 1;
  };
  process.on("unhandledRejection", onUnhandled);
  const newWitness = (name: string) => {
    const file = join(folder, name);
    writeFileSync(file, "");
    return file;
  };
  try {
    const whole = await runUntilDeath(createMemoryStore(), newWitness("whole"));
    const storm = weather.begin();
    while (!weather.isOver()) {
      totals.runs += 1;
      const { same, twice, paidAgain } = await runThrough(server, proxy, {
        witness: newWitness(String(totals.runs)),
        prefix: `run-${totals.runs}:`,
        digest: whole.result?.digest,
      });
      totals.same += same ? 1 : 0;
      totals.twice += twice;
      totals.paidAgain += paidAgain;
    }
    totals.episodes = await storm;
    return totals;
  } finally {
    process.off("unhandledRejection", onUnhandled);
    await proxy.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runThrough(
  server: RedisServer,
  proxy: Proxy,
  { witness, prefix, digest }: { witness: string; prefix: string; digest: string | undefined },
) {
  const url = `redis://127.0.0.1:${proxy.port}?prefix=${prefix}`;
  const store = await openRedisStore(url, { create: true, patience: { reply: 200, total: 30_000 } });
  const { counted, acknowledged } = countCommits(store);
  const { result } = await runUntilDeath(counted, witness);
  await store.close();
  const executions = executionsIn(witness);
  return {
    same: result?.digest === digest,
    twice: await unacknowledged(server, prefix, acknowledged),
    paidAgain: executions.length - new Set(executions).size,
  };
}

/** The store, and how many commits of each space it has acknowledged. */
function countCommits(store: RecordStore): { counted: RecordStore; acknowledged: Map<string, number> } {
  const acknowledged = new Map<string, number>();
  const counted: RecordStore = {
    ...store,
    async commit(batch) {
      const outcomes = await store.commit(batch);
      for (const [index, { space }] of batch.entries()) {
        if (outcomes[index]?.committed === true) acknowledged.set(space, (acknowledged.get(space) ?? 0) + 1);
      }
      return outcomes;
    },
  };
  return { counted, acknowledged };
}

/** How many more commits the server has than were acknowledged; where it has fewer, they count too. */
async function unacknowledged(
  server: RedisServer,
  prefix: string,
  acknowledged: ReadonlyMap<string, number>,
): Promise<number> {
  const client = server.client();
  let differing = 0;
  for (const [space, count] of acknowledged) {
    const { root, name } = placeOf(prefix, space);
    differing += Math.abs(Number(await client.hget(sequencesKey(root), name)) - count);
  }
  return differing;
}

/** Episodes of 20 to 300 ms, some longer than a reply is waited for, with up to 60 ms of calm between. */
function createWeather(
  proxy: Proxy,
  { episodes, seed, onEpisode }: { episodes: number; seed: number; onEpisode: (done: number) => void },
) {
  let passed = 0;
  return {
    isOver: () => passed >= episodes,
    async begin() {
      while (passed < episodes) {
        const fault = modes[1 + Math.floor(draw(seed, passed, "fault", 0) * (modes.length - 1))] ?? "reset";
        await sleep(60 * draw(seed, passed, "calm", 0));
        proxy.set(fault, 20 + 100 * draw(seed, passed, "delay", 0));
        await sleep(20 + 280 * draw(seed, passed, "length", 0));
        proxy.set("pass");
        passed += 1;
        onEpisode(passed);
      }
      return passed;
    },
  };
}

/** What kills of the server must leave: nothing `misjudged`, and with `appendfsync always` nothing `lost` or `stopped`. */
export interface KillStorm {
  kills: number;
  acknowledged: number;
  lost: number;
  /** How often a writer was told that the server has lost something, and had to begin anew. */
  stopped: number;
  /** Commits that came out as refused, or under another sequence than the writer's own count. */
  misjudged: number;
}

/** Four writers commit without a pause while the server is killed with SIGKILL and started again. */
export async function killStorm({
  kills,
  appendfsync,
  seed,
  onKill = () => {},
}: {
  kills: number;
  appendfsync: "always" | "everysec";
  seed: number;
  onKill?: (done: number) => void;
}): Promise<KillStorm> {
  const server = await startRedis({ appendonly: "yes", appendfsync });
  const open = () => openRedisStore(server.url, { create: true, patience: { reply: 2_000, total: 30_000 } });
  const kept: Array<[space: string, key: string]> = [];
  const storm = { isOver: false, stopped: 0, misjudged: 0 };

  /** Commits until the storm is over or the server has lost something. */
  async function write(space: string, life: number): Promise<void> {
    const store = await open();
    let expected: number | undefined;
    try {
      for (let number = 1; !storm.isOver; number += 1) {
        const key = `record/${life}/${number}`;
        const [outcome] = await store.commit([{ space, expect: [[key, "absent"]], put: { [key]: "x".repeat(200) } }]);
        const sequence = outcome?.committed === true ? outcome.sequence : undefined;
        if (sequence !== undefined) kept.push([space, key]);
        if (sequence === undefined || sequence !== (expected ?? sequence)) storm.misjudged += 1;
        expected = (sequence ?? 0) + 1;
      }
    } catch (error) {
      if (!(error as Error).message.includes("has lost acknowledged writes")) throw error;
      storm.stopped += 1;
    } finally {
      await store.close();
    }
    if (!storm.isOver) await write(space, life + 1);
  }

  try {
    const writers = Promise.all(["{a}/one", "{b}/one", "{c}/one", "alone"].map((space) => write(space, 1)));
    for (let killed = 0; killed < kills; killed += 1) {
      const enough = kept.length + 10 + Math.floor(50 * draw(seed, killed, "kill", 0));
      while (kept.length < enough) await Promise.race([sleep(1), writers]);
      await server.kill();
      await server.restart();
      onKill(killed + 1);
    }
    storm.isOver = true;
    await writers;
    const store = await open();
    const found = await Promise.all(kept.map(async ([space, key]) => (await store.get(space, [key])).size));
    await store.close();
    const lost = found.filter((size) => size === 0).length;
    return { kills, acknowledged: kept.length, lost, stopped: storm.stopped, misjudged: storm.misjudged };
  } finally {
    storm.isOver = true;
    await server.stop();
  }
}
