import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { PartError } from "../../state/errors.ts";
import { openQueue, queuePlaceOf } from "../../stores/queue/bullmq.ts";
import { readQueues } from "../../stores/queue/directory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { openLocalServer } from "../studio/local-server.ts";

/** The header by which the pages know the guard before them. */
const keyHeader = "x-skillgraph-dashboard";

/** The page loads nothing from elsewhere, such as the fonts that it asks for, and tells nobody its address. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

/** Milliseconds between looks for queues that are new. */
const lookEvery = 5_000;

export interface Dashboard {
  /** With the token. */
  url: string;
  close(): Promise<void>;
}

/** bull-board, which is installed by those who want to watch queues. */
async function loadBoard() {
  try {
    const [{ createBullBoard }, { BullMQAdapter }, { HonoAdapter }, { Hono }, { serve }, { serveStatic }] =
      await Promise.all([
        import("@bull-board/api"),
        import("@bull-board/api/bullMQAdapter"),
        import("@bull-board/hono"),
        import("hono"),
        import("@hono/node-server"),
        import("@hono/node-server/serve-static"),
      ]);
    return { createBullBoard, BullMQAdapter, HonoAdapter, Hono, serve, serveStatic };
  } catch (error) {
    throw new PartError(
      "The dashboard needs packages that are not installed. Install them in the same project: " +
        "npm install @bull-board/api@9.10.1 @bull-board/hono@9.10.1 hono @hono/node-server",
      { cause: error },
    );
  }
}

/** Serves bull-board over all queues of a store on the loopback interface, to whoever has its address. Nothing can be changed there. */
export async function openDashboard(store: RecordStore, port: number): Promise<Dashboard> {
  queuePlaceOf(store);
  const board = await loadBoard();
  const key = randomBytes(24).toString("base64url");
  const door = await openLocalServer({ port, origins: [], key: [keyHeader, key] });
  const files = (options: object) =>
    board.serveStatic({ ...options, rewriteRequestPath: (path) => path.replace(/^\/static/, "") });
  const adapter = new board.HonoAdapter(files as typeof board.serveStatic).setBasePath(new URL(door.url).pathname);
  const { addQueue } = board.createBullBoard({ queues: [], serverAdapter: adapter });
  const app = new board.Hono();
  app.use("*", async (asked, next) => {
    if (asked.req.header(keyHeader) !== key) return asked.text("", 403);
    for (const [name, value] of Object.entries(pageHeaders)) asked.header(name, value);
    return next();
  });
  app.route("/", adapter.registerPlugin());

  const known = new Map<string, Awaited<ReturnType<typeof openQueue>>>();
  const look = async () => {
    for (const name of (await readQueues(store)).keys()) {
      if (known.has(name)) continue;
      const queue = await openQueue(store, name);
      known.set(name, queue);
      addQueue(new board.BullMQAdapter(queue, { readOnlyMode: true }));
    }
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), lookEvery);
  const server = board.serve({ fetch: app.fetch, port: door.behind, hostname: "127.0.0.1" });
  await once(server, "listening");
  return {
    url: door.url,
    async close() {
      clearInterval(timer);
      await door.close();
      const closed = once(server, "close");
      server.close();
      await closed;
      await Promise.all([...known.values()].map((queue) => queue.close()));
    },
  };
}
