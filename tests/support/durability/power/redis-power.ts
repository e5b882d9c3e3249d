import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { draw } from "../../../../state/draw.ts";
import { openRedisStore } from "../../../../stores/drivers/redis-open.ts";
import { createDisk } from "./power.ts";
import { startRedis } from "../../redis-server.ts";

export interface RedisPowerCut {
  /** Commits that were acknowledged before the cut, and how many of them are gone after it. */
  acknowledged: number;
  lost: number;
}

/** Cuts the power under a Redis server with four writers at a drawn moment, and looks at what it still has. */
export async function cutRedisPower(
  trial: number,
  { folder, appendfsync }: { folder: string; appendfsync: "always" | "everysec" },
): Promise<RedisPowerCut> {
  const disk = createDisk(join(folder, `redis-power-${appendfsync}-${trial}`));
  disk.make();
  const server = await startRedis({ appendonly: "yes", appendfsync, dir: disk.mount });
  const kept: Array<[space: string, key: string]> = [];
  const open = (total: number) => openRedisStore(server.url, { create: true, patience: { reply: 2_000, total } });
  try {
    const store = await open(200);
    const over = new AbortController();
    const write = async (space: string): Promise<void> => {
      for (let number = 1; !over.signal.aborted; number += 1) {
        const key = `record/${number}`;
        await store.commit([{ space, put: { [key]: "x".repeat(200) } }]);
        kept.push([space, key]);
      }
    };
    const writers = Promise.allSettled(["{a}/one", "{b}/one", "{c}/one", "alone"].map(write));
    await sleep(200 + draw(31, trial, "cut", 0) * 1500);
    // Between here and the cut nothing else happens in this process, so what was acknowledged came before it.
    const before = kept.slice();
    disk.cut();
    over.abort();
    await server.kill();
    await writers;
    await store.close();
    disk.comeBack();
    await server.restart();
    const after = await open(30_000);
    const found = await Promise.all(before.map(async ([space, key]) => (await after.get(space, [key])).size));
    await after.close();
    return { acknowledged: before.length, lost: found.filter((size) => size === 0).length };
  } finally {
    await server.stop();
    disk.remove();
  }
}
