import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

if (!hasRedis && process.env["CI"] !== undefined) {
  throw new Error("The tests of Redis need redis-server. Install it: apt-get install redis-server.");
}
if (!hasRedis) {
  process.stderr.write("SKIPPED: the tests of Redis, as there is no redis-server. apt-get install redis-server.\n");
}

/** A redis-server of this test's own, in a folder of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** A client for the test itself; its errors are of no interest. */
  client(): Redis;
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>;
  /** On the same port and folder, after a kill. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Ends with this process at the latest. `settings` are words of redis.conf: `{ appendonly: "yes" }`. */
export async function startRedis(settings: Record<string, string> = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-redis-"));
  const port = await freePort();
  const words = Object.entries({ save: "", ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  const clients: Redis[] = [];
  let server: ChildProcess;

  async function start(): Promise<void> {
    server = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(server, "close").then(([code]) => {
      throw new Error(`redis-server ended with ${code} before it was ready.`);
    });
    ended.catch(() => undefined);
    await Promise.race([readiness(server), ended]);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, "close");
    server.kill(signal);
    await closed;
  }

  const onExit = () => server.kill("SIGKILL");
  await start();
  process.on("exit", onExit);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    client() {
      const client = new Redis(port, { lazyConnect: false });
      client.on("error", () => undefined);
      clients.push(client);
      return client;
    },
    kill: () => end("SIGKILL"),
    restart: start,
    async stop() {
      for (const client of clients) client.disconnect();
      await end("SIGKILL");
      process.off("exit", onExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Listens all the while: texts that come at once would be missed by one that waits for each. */
function readiness({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let log = "";
    stdout?.on("data", (text: Buffer) => {
      if (log.includes(ready)) return;
      log += text.toString();
      if (log.includes(ready)) resolve();
    });
  });
}

const ready = "Ready to accept connections";

/** Three primaries without replicas that share all slots. */
export async function startRedisCluster(): Promise<{ servers: RedisServer[]; url: string; stop(): Promise<void> }> {
  const servers = await Promise.all(
    [0, 1, 2].map(() => startRedis({ "cluster-enabled": "yes", "cluster-node-timeout": "2000" })),
  );
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`);
  const made = spawnSync("redis-cli", ["--cluster", "create", ...hosts, "--cluster-yes"], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`redis-cli made no cluster: ${made.stdout}${made.stderr}`);
  await Promise.all(servers.map(isWhole));
  return {
    servers,
    url: `redis://${hosts.join(",")}`,
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

async function isWhole(server: RedisServer): Promise<void> {
  const client = server.client();
  while (!(await client.cluster("INFO")).includes("cluster_state:ok")) await sleep(20);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  // The bus of a cluster's node listens 10000 above.
  return port < 55_000 ? port : freePort();
}
