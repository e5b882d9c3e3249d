import { randomUUID } from "node:crypto";
import { withChecksums } from "../checksum.ts";
import type { Driver, RecordStore, SpaceCommit } from "../record-store.ts";
import {
  createCaller,
  defaultPatience,
  placeAround,
  type RedisCaller,
  type RedisClient,
  type RedisPatience,
} from "./redis-client.ts";
import { createRedisIdentity, type RedisIdentity } from "./redis-identity.ts";
import { createLanes } from "./redis-lanes.ts";
import { boundsOf, boundsOfKey, placeOf, recordOf, recordsKey, sequencesKey, writerKey } from "./redis-layout.ts";
import { argumentsOf, commitScript, outcomesOf, sizeScript } from "./redis-script.ts";
import { defaultPrefix } from "./redis-url.ts";

/** Records looked at in one call for their size: a script keeps the server from all else while it runs. */
const sizedRecords = 2_000;

/** How long a call is remembered: far longer than any of its attempts can be on its way. */
const rememberedSeconds = 3_600;

export interface RedisStoreNeeds {
  /** A client of ioredis. The store closes it. */
  client: RedisClient;
  /** Where the client is connected to, for messages; without the password. */
  url: string;
  /** What all keys begin with. */
  prefix?: string;
  patience?: RedisPatience;
}

/**
 * Records in plain Redis 7 or Valkey, one server or a cluster, safe for many processes on many hosts. As durable as the
 * server is set up to be: `appendonly yes` with `appendfsync always` for what the contract says. A commit whose reply is
 * lost is sent again and happens once; once the server has lost an acknowledged commit of this store, it takes no more.
 */
export function createRedisStore({ client, url, ...needs }: RedisStoreNeeds): RecordStore {
  const caller = createCaller(client, url, needs.patience ?? defaultPatience);
  return withChecksums(createRedisDriver(caller, { prefix: defaultPrefix, ...needs, url, risks: [] }));
}

/** The driver on a caller that may have been used to look at the server before. */
export function createRedisDriver(
  caller: RedisCaller,
  { url, prefix, risks }: { url: string; prefix: string; risks: readonly string[] },
): Driver {
  const identity = createRedisIdentity(caller, { prefix, url });
  const lanes = createWriter(caller, { prefix, identity });
  return {
    url,
    risks,
    async get(space, keys) {
      await identity.meet();
      const { root, name } = placeOf(prefix, space);
      const members = await caller.call((client) => readKeys(client, recordsKey(root), { name, keys }));
      return new Map(
        members.map((member) => {
          const { key, value, version } = recordOf(name, member);
          return [key, { value, version }];
        }),
      );
    },
    async commit(batch) {
      await identity.meet();
      return lanes.commit(batch.map((change): [string, SpaceCommit] => [placeOf(prefix, change.space).root, change]));
    },
    async list(space, { reverse = false, limit = Infinity, ...range }) {
      if (limit <= 0) return [];
      await identity.meet();
      const { root, name } = placeOf(prefix, space);
      const [lowest, highest] = boundsOf(name, range);
      const count = Number.isFinite(limit) ? limit : -1;
      const members = await caller.call((client) =>
        reverse
          ? client.zrevrangebylex(recordsKey(root), highest, lowest, "LIMIT", 0, count)
          : client.zrangebylex(recordsKey(root), lowest, highest, "LIMIT", 0, count),
      );
      return members.map((member) => recordOf(name, member));
    },
    async spaces(familyPrefix) {
      await identity.meet();
      const { root, name: start } = placeOf(prefix, familyPrefix);
      const names = await caller.call((client) => client.hkeys(sequencesKey(root)));
      const spaces = names
        .filter((name) => name.startsWith(start))
        .map((name) => Buffer.from(familyPrefix + name.slice(start.length)));
      return spaces.toSorted(Buffer.compare).map(String);
    },
    redis: placeAround(caller, prefix),
    bytes: (familyPrefix) => bytesAt(caller, placeOf(prefix, familyPrefix).root),
    close: () => caller.close(),
  };
}

/**
 * Commits under a name of its own, numbered. Each shows the server the last one of its family that was acknowledged; where there is none
 * yet, the store has to have the id that it had, and to know the last one of another family.
 */
function createWriter(caller: RedisCaller, { prefix, identity }: { prefix: string; identity: RedisIdentity }) {
  const writer = randomUUID();
  const acknowledged = new Map<string, { number: number; at: number }>();
  const remembered = (root: string) => {
    const last = acknowledged.get(root);
    return last !== undefined && performance.now() - last.at < (rememberedSeconds / 2) * 1_000 ? last : undefined;
  };

  async function refuseOlder(client: RedisClient): Promise<void> {
    await identity.check(client);
    const other = [...acknowledged.keys()].findLast((root) => remembered(root) !== undefined);
    if (other === undefined) return;
    const expected = remembered(other)?.number ?? 0;
    const found = await client.get(writerKey(other, writer));
    if (Number.parseInt(found ?? "0", 10) < expected) identity.refuse("a call that it acknowledged is not known");
  }

  return createLanes(async (root, number, changes) => {
    const last = remembered(root);
    const names = changes.map(({ space }) => placeOf(prefix, space).name);
    const keys = [recordsKey(root), sequencesKey(root), writerKey(root, writer)];
    const words = changes.flatMap((change, index) => argumentsOf(names[index] as string, change));
    const values = [number, last?.number ?? 0, rememberedSeconds, ...words];
    const commit = caller.call(async (client) => {
      // Anew with each attempt: the connection may have been lost to another store.
      if (last === undefined) await refuseOlder(client);
      return client.eval(commitScript, keys.length, ...keys, ...values);
    });
    const reply = await commit.catch(identity.refuseFrom);
    acknowledged.delete(root);
    acknowledged.set(root, { number, at: performance.now() });
    return outcomesOf(String(reply), changes);
  });
}

async function bytesAt(caller: RedisCaller, root: string): Promise<number> {
  let sum = 0;
  for (let first = 0; ; first += sizedRecords) {
    const last = first + sizedRecords - 1;
    const reply = await caller.call((client) => client.eval(sizeScript, 1, recordsKey(root), first, last));
    const [count, bytes] = reply as [number, number];
    sum += bytes;
    if (count < sizedRecords) return sum;
  }
}

/** All keys as they are at one moment. */
async function readKeys(
  client: RedisClient,
  records: string,
  { name, keys }: { name: string; keys: readonly string[] },
): Promise<string[]> {
  if (keys.length === 0) return [];
  const bounds = keys.map((key) => boundsOfKey(name, key));
  if (bounds.length === 1) return client.zrangebylex(records, ...(bounds[0] as [string, string]));
  const transaction = client.multi();
  for (const [lowest, highest] of bounds) transaction.zrangebylex(records, lowest, highest);
  const replies = (await transaction.exec()) ?? [];
  return replies.flatMap(([error, members]) => {
    if (error !== null) throw error;
    return members as string[];
  });
}
