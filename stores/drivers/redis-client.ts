import type { Cluster, Redis } from "ioredis";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../../state/errors.ts";
import { problemOf, storeProblem } from "./redis-errors.ts";
import type { RedisAddress } from "./redis-url.ts";

/** A client of ioredis, for one server or a cluster. */
export type RedisClient = Redis | Cluster;

/** How long a store waits, in milliseconds. */
export interface RedisPatience {
  /** For one reply; then the connection counts as lost. */
  reply: number;
  /** For a command in all, with every new attempt; then it fails. */
  total: number;
}

export const defaultPatience: RedisPatience = { reply: 10_000, total: 30_000 };

/** Runs work on a client until it is done, with new attempts while waiting may help. The work may happen twice. */
export interface RedisCaller {
  readonly client: RedisClient;
  call<Result>(work: (client: RedisClient) => Promise<Result>): Promise<Result>;
  /** The same for opening: an address where nobody is fails at once. */
  reach<Result>(work: (client: RedisClient) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The Redis that records lie in, for what else lies there. */
export interface RedisPlace {
  /** What all keys begin with. */
  prefix: string;
  caller: RedisCaller;
  /** One more client, whose commands wait for the connection, however long that takes. Its user disconnects it. */
  waiting(): RedisClient;
}

const endless = {
  enableOfflineQueue: true,
  lazyConnect: true,
  maxRetriesPerRequest: null,
  // Otherwise a command that was on its way when the connection was lost is neither sent again nor rejected.
  autoResendUnfulfilledCommands: true,
} as const;

export function placeAround(caller: RedisCaller, prefix: string): RedisPlace {
  const { client } = caller;
  const waiting = () => {
    const other =
      "nodes" in client
        ? client.duplicate(undefined, {
            ...endless,
            redisOptions: { ...client.options.redisOptions, ...endless } as never,
          })
        : client.duplicate(endless);
    // A connection that is lost is made anew.
    other.on("error", () => undefined);
    return other;
  };
  return { prefix, caller, waiting };
}

/** Clients whose errors are listened to: those of a connection that is lost would otherwise end the process. */
export function createCaller(client: RedisClient, url: string, patience: RedisPatience): RedisCaller {
  let connection: Error | undefined;
  let connectedAt = 0;
  let closed = false;
  client.on("error", (error: Error) => {
    connection = error;
  });
  client.on("connect", () => {
    connectedAt = performance.now();
  });
  client.on("ready", () => {
    connection = undefined;
  });

  async function attempt<Result>(work: (client: RedisClient) => Promise<Result>): Promise<Result> {
    if (client.status === "wait") await client.connect();
    return work(client);
  }

  async function run<Result>(work: (client: RedisClient) => Promise<Result>, isOpening: boolean): Promise<Result> {
    const end = performance.now() + patience.total;
    for (let pause = 20; ; pause = Math.min(2 * pause, 250)) {
      if (closed) throw new StoreError(`The store ${url} is closed. Open it again to continue.`);
      try {
        return await within(patience.reply, attempt(work));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        const problem = problemOf(error, connection);
        const { remedy, kind } = problem;
        const isLate = performance.now() + pause > end;
        if (remedy === "none" || isLate || (isOpening && kind === "address")) throw storeProblem(url, problem, error);
        // A greeting without an answer would otherwise be waited for until the system gives the connection up.
        const isStuck = client.status === "connect" && performance.now() - connectedAt > patience.reply;
        if (remedy === "reconnect" && (client.status === "ready" || isStuck)) client.disconnect(true);
        await sleep(pause);
      }
    }
  }

  return {
    client,
    call: (work) => run(work, false),
    reach: (work) => run(work, true),
    async close() {
      closed = true;
      if (client.status === "ready") await within(patience.reply, client.quit()).catch(() => undefined);
      client.disconnect();
    },
  };
}

class SilenceError extends Error {}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const silence = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new SilenceError(`no reply within ${milliseconds / 1_000} seconds`);
  });
  silence.catch(() => undefined);
  try {
    return await Promise.race([work, silence]);
  } finally {
    timer.abort();
  }
}

/** Commands fail at once while there is no connection: the caller decides how long to try. */
const oneAttempt = { enableOfflineQueue: false, lazyConnect: true } as const;

export async function createClients(address: RedisAddress) {
  const { Cluster, Redis } = await import("ioredis");
  const { username, password, db, tls, hosts } = address;
  const retryStrategy = (times: number) => Math.min(25 * 2 ** Math.min(times, 5), 500);
  const common = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  };
  return {
    server: ({ host, port }: { host: string; port: number }): RedisClient =>
      new Redis({ ...common, ...oneAttempt, host, port, db, retryStrategy }),
    cluster: (): RedisClient =>
      new Cluster(hosts, {
        ...oneAttempt,
        redisOptions: common,
        clusterRetryStrategy: retryStrategy,
        // Certificates name hosts, not the addresses they resolve to.
        ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
      }),
  };
}
