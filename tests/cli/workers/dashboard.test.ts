import { expect, onTestFinished, test } from "vitest";
import { openDashboard } from "../../../cli/workers/dashboard.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openStore } from "../../../stores/open.ts";
import { openQueue } from "../../../stores/queue/bullmq.ts";
import { queueNameOf, registerQueue } from "../../../stores/queue/directory.ts";
import { hasRedis, startRedis } from "../../support/redis-server.ts";

test.skipIf(!hasRedis)(
  "the dashboard shows the queues of a store to whoever has its address, and changes nothing",
  async () => {
    const server = await startRedis();
    const store = await openStore(server.url);
    const doers = { agent: "agent@1", verifier: "exact@1" };
    await registerQueue(store, doers);
    const queue = await openQueue(store, queueNameOf(doers));
    await queue.add("rollout", { index: 1 }, { jobId: "one" });
    const dashboard = await openDashboard(store, 0);
    onTestFinished(async () => {
      await dashboard.close();
      await queue.close();
      await store.close();
      await server.stop();
    });
    const page = await fetch(`${dashboard.url}/`);
    const text = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    const script = /static\/[^"']+\.js/.exec(text)?.[0];
    expect((await fetch(`${dashboard.url}/${script}`)).headers.get("content-type")).toContain("javascript");
    const shown = (await (await fetch(`${dashboard.url}/api/queues`)).json()) as { queues: object[] };
    expect(shown.queues).toMatchObject([{ name: queueNameOf(doers), counts: { waiting: 1 }, readOnlyMode: true }]);
    for (const [path, method] of [
      ["pause", "PUT"],
      ["one/clean", "PUT"],
      ["obliterate", "PUT"],
    ] as const) {
      const asked = await fetch(`${dashboard.url}/api/queues/${queueNameOf(doers)}/${path}`, { method });
      expect(asked.ok).toBe(false);
    }
    expect(await queue.isPaused()).toBe(false);
    expect(await queue.getJob("one")).toBeDefined();
    expect((await fetch(new URL("/api/queues", dashboard.url))).status).toBe(401);
  },
);

test("the dashboard needs a store in Redis", async () => {
  await expect(openDashboard(createMemoryStore(), 0)).rejects.toThrow("this store is memory:");
});
