import type { Redis } from "ioredis";
import type { RedisClient } from "./redis-client.ts";

/** What a server says of itself; null for what it does not tell this user. */
export interface RedisServer {
  isCluster: boolean;
  appendOnly: boolean | null;
  /** `always`, `everysec` or `no`. */
  appendFsync: string | null;
  maxMemory: number | null;
  evictionPolicy: string | null;
}

/** Every server that takes writes: the one, or the primaries of a cluster. */
export async function readServers(client: RedisClient): Promise<RedisServer[]> {
  return Promise.all("nodes" in client ? client.nodes("master").map(readServer) : [readServer(client)]);
}

async function readServer(client: Redis): Promise<RedisServer> {
  const info = await orNull(client.info());
  const ask = async (parameter: string) => {
    const answer = (await orNull(client.config("GET", parameter))) as string[] | null;
    return answer?.[1] ?? null;
  };
  const told = (field: string) => info?.match(new RegExp(`^${field}:(.*?)\\r?$`, "m"))?.[1] ?? null;
  const appendOnly = (await ask("appendonly")) ?? told("aof_enabled");
  const maxMemory = (await ask("maxmemory")) ?? told("maxmemory");
  return {
    isCluster: told("redis_mode") === "cluster" || told("cluster_enabled") === "1",
    appendOnly: appendOnly === null ? null : appendOnly === "yes" || appendOnly === "1",
    appendFsync: await ask("appendfsync"),
    maxMemory: maxMemory === null ? null : Number(maxMemory),
    evictionPolicy: (await ask("maxmemory-policy")) ?? told("maxmemory_policy"),
  };
}

/** A command that the user may not use, or that the service does not have, tells nothing. */
async function orNull<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (/^(NOPERM|ERR unknown command|ERR unknown subcommand)/i.test((error as Error).message)) return null;
    throw error;
  }
}

/** Why records of a run may not be kept there at all, or undefined. Without a limit of memory, nothing is evicted. */
export function refusalOf({ maxMemory, evictionPolicy }: RedisServer): string | undefined {
  if (maxMemory === 0 || evictionPolicy?.startsWith("allkeys-") !== true) return undefined;
  return (
    `it may evict records when its memory is full (maxmemory-policy ${evictionPolicy}): checkpoints, and answers that were ` +
    "paid for. Run CONFIG SET maxmemory-policy noeviction there, or use a separate Redis for skillgraph."
  );
}

/** What this server's settings put at risk, in words. */
export function risksOf(server: RedisServer): string[] {
  const { appendOnly, appendFsync, maxMemory, evictionPolicy } = server;
  const risks: string[] = [];
  if (appendOnly === false) {
    risks.push(
      "it does not write changes to disk (appendonly no): a crash or restart loses everything since the last snapshot, " +
        "acknowledged or not. Run CONFIG SET appendonly yes and CONFIG SET appendfsync always there, and keep both in its redis.conf",
    );
  } else if (appendOnly === true && appendFsync !== null && appendFsync !== "always") {
    const span =
      appendFsync === "everysec"
        ? "the last one or two seconds"
        : "what the operating system has not written yet, often 30 seconds,";
    risks.push(
      `it acknowledges writes before they are on disk (appendfsync ${appendFsync}): a crash or power cut may lose ${span} of ` +
        "acknowledged answers, which are then paid for again. Run CONFIG SET appendfsync always there to prevent that",
    );
  }
  if (maxMemory !== 0 && evictionPolicy?.startsWith("volatile-") === true) {
    risks.push(
      `it may evict the keys that prevent a write from being applied twice when its reply is lost (maxmemory-policy ${evictionPolicy}). ` +
        "Run CONFIG SET maxmemory-policy noeviction there",
    );
  }
  const unknown = [
    ...(appendOnly === null ? ["appendonly yes"] : []),
    ...(appendOnly !== false && appendFsync === null ? ["appendfsync always"] : []),
    ...(evictionPolicy === null ? ["maxmemory-policy noeviction"] : []),
  ];
  if (unknown.length > 0) {
    risks.push(
      `its settings could not be checked, because this user has no permission to read them. It should have ${unknown.join(", ")}`,
    );
  }
  return risks;
}
