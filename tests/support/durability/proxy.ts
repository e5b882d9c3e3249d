import { EventEmitter, once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What happens to the bytes: passed on; held until the mode changes, as in a partition that heals; passed on late; every
 * connection reset; each connection cut in the middle of its next reply, or where it is new of one of those after the
 * greeting, so that what the client sends again is cut short too; replies a few bytes at a time.
 */
export const modes = ["pass", "blackhole", "delay", "reset", "cut-reply", "drip"] as const;
type Mode = (typeof modes)[number];

/** A network between a client and a server on this host. */
export interface Proxy {
  readonly port: number;
  /** From now on, for open connections and new ones. `delay` is in milliseconds a chunk. */
  set(mode: Mode, delay?: number): void;
  /** Where new connections go from now on; open ones stay. */
  aim(port: number): void;
  close(): Promise<void>;
}

export async function startProxy(target: number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  const now: { aim: number; mode: Mode; delay: number } = { aim: target, mode: "pass", delay: 0 };
  let connections = 0;
  const changes = new EventEmitter().setMaxListeners(0);

  async function carry(chunk: Buffer, pair: Pair, isReply: boolean): Promise<void> {
    const to = isReply ? pair.client : pair.server;
    while (now.mode === "blackhole") await once(changes, "mode");
    if (now.mode === "delay") await sleep(now.delay);
    if (isReply) pair.replies += 1;
    if (now.mode === "cut-reply" && isReply && pair.replies > pair.uncut) {
      to.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => destroy(pair));
    } else if (now.mode === "drip" && isReply) {
      for (let from = 0; from < chunk.length && !to.destroyed; from += 8) {
        to.write(chunk.subarray(from, from + 8));
        await sleep(1);
      }
    } else if (!to.destroyed) to.write(chunk);
  }

  async function pump(pair: Pair, isReply: boolean): Promise<void> {
    const from = isReply ? pair.server : pair.client;
    try {
      for await (const chunk of from) await carry(chunk as Buffer, pair, isReply);
    } catch {
      // A connection that was reset has ended all the same.
    }
    // What was held is on its way to the server, though the client is gone.
    if (isReply) destroy(pair);
    else pair.server.end();
  }

  const listener = createServer((client) => {
    if (now.mode === "reset") {
      client.resetAndDestroy();
      return;
    }
    connections += 1;
    const uncut = now.mode === "cut-reply" ? 2 + (connections % 4) : 0;
    const pair = { client, server: connect(now.aim, "127.0.0.1"), replies: 0, uncut };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) socket.setNoDelay(true).on("error", () => undefined);
    pair.server.on("close", () => pairs.delete(pair));
    void pump(pair, false);
    void pump(pair, true);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");

  return {
    port: (listener.address() as { port: number }).port,
    set(next, milliseconds = 0) {
      [now.mode, now.delay] = [next, milliseconds];
      changes.emit("mode");
      if (next === "reset") for (const pair of pairs) pair.client.resetAndDestroy();
    },
    aim(port) {
      now.aim = port;
    },
    async close() {
      now.mode = "pass";
      changes.emit("mode");
      for (const pair of pairs) destroy(pair);
      const closed = once(listener, "close");
      listener.close();
      await closed;
    },
  };
}

interface Pair {
  client: Socket;
  server: Socket;
  /** Chunks of replies so far, and how many of them are spared from being cut. */
  replies: number;
  uncut: number;
}

function destroy({ client, server }: Pair): void {
  client.destroy();
  server.destroy();
}
