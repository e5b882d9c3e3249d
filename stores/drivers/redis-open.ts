import type { Redis } from "ioredis";
import { StoreError } from "../../state/errors.ts";
import { withChecksums } from "../checksum.ts";
import { keepSecret } from "../secrets.ts";
import type { RecordStore } from "../record-store.ts";
import { createCaller, createClients, defaultPatience, type RedisCaller, type RedisPatience } from "./redis-client.ts";
import { format, formatKey } from "./redis-layout.ts";
import { readServers, refusalOf, risksOf } from "./redis-server.ts";
import { createRedisDriver } from "./redis.ts";
import { parseRedisUrl, type RedisAddress } from "./redis-url.ts";

/**
 * Opens the store at a Redis URL. A server that is part of a cluster is used as such, whether one of its hosts is given
 * or several. Throws a StoreError where nobody answers, where records may be evicted, and, unless `create`, where no store
 * was made before.
 */
export async function openRedisStore(
  url: string,
  { create, patience = defaultPatience }: { create: boolean; patience?: RedisPatience },
): Promise<RecordStore> {
  const address = parseRedisUrl(url);
  keepSecret("password of the store", address.password);
  const caller = await connect(address, patience);
  try {
    const servers = await caller.reach(readServers);
    const refusal = servers.map(refusalOf).find((text) => text !== undefined);
    if (refusal !== undefined) throw new StoreError(`The store ${address.shown} cannot be used: ${refusal}`);
    await checkFormat(caller, address, create);
    const risks = [...new Set(servers.flatMap(risksOf))].map((text) => `Redis at ${address.shown}: ${text}.`);
    return withChecksums(createRedisDriver(caller, { url: address.shown, prefix: address.prefix, risks }));
  } catch (error) {
    await caller.close();
    throw error;
  }
}

/** A caller on the first host that answers, or on the cluster it belongs to. */
async function connect(address: RedisAddress, patience: RedisPatience): Promise<RedisCaller> {
  const clients = await createClients(address);
  let problem: unknown;
  for (const host of address.hosts) {
    const caller = createCaller(clients.server(host), address.shown, patience);
    try {
      const [server] = await caller.reach(readServers);
      // On connecting, the client would go on in database 0 where this one does not exist.
      if (address.db > 0) await caller.call((client) => (client as Redis).select(address.db));
      if (server?.isCluster !== true && address.hosts.length === 1) return caller;
      await caller.close();
      if (server?.isCluster === true) return createCaller(clients.cluster(), address.shown, patience);
      throw new StoreError(`The store ${address.shown} lists several hosts that are not a cluster. Give one of them.`);
    } catch (error) {
      await caller.close();
      problem = error;
    }
  }
  throw problem;
}

async function checkFormat(caller: RedisCaller, { prefix, shown }: RedisAddress, create: boolean): Promise<void> {
  const key = formatKey(prefix);
  if (create) await caller.call((client) => client.setnx(key, String(format)));
  const found = await caller.call((client) => client.get(key));
  if (found === null) {
    throw new StoreError(
      `There is no store at ${shown}. Check address, database number and prefix, or start a run there first.`,
    );
  }
  if (found !== String(format)) {
    throw new StoreError(
      `${shown} has format ${found}; this skillgraph reads format ${format}. Use the version that wrote it, or another store.`,
    );
  }
}
