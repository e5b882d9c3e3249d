import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import { trickle } from "../../models/trickle.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createServedModel } from "../support/model-server/served-model.ts";
import { startModelServer } from "../support/model-server/server.ts";

describe("replies that come at once", () => {
  it("go on a few in a turn of the event loop, in their order, and one alone in the next", async () => {
    const seen: number[] = [];
    for (let reply = 0; reply < 10; reply += 1) void trickle(reply).then((one) => seen.push(one));
    const counts: number[] = [];
    while (seen.length < 10) {
      await nextTurn();
      counts.push(seen.length);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(counts.map((count, turn) => count - (counts[turn - 1] ?? 0)).every((more) => more <= 3)).toBe(true);
    expect(await trickle("alone")).toBe("alone");
  });

  it("are stored in several commits, so that the first goes on before the last is worked on", async () => {
    const count = 24;
    let [asked, release] = [0, () => {}];
    const together = new Promise<void>((resolve) => (release = resolve));
    const server = await startModelServer({
      brain: async () => {
        asked += 1;
        if (asked === count) release();
        await together;
        return { text: "delivery" };
      },
    });
    const store = createMemoryStore();
    const sizes: number[] = [];
    const place = { family: "f", run: "r" };
    const counted: typeof store = {
      ...store,
      async commit(batch) {
        // As a disk is waited for, which takes a turn.
        await nextTurn();
        sizes.push(batch.reduce((sum, { put = {} }) => sum + Object.keys(put).length, 0));
        return store.commit(batch);
      },
    };
    const [payload, ledger] = [createPayload({ ...place, store }), createLedger({ ...place, store: counted })];
    const agent = createChatAgent({ model: await createServedModel(server.url) });
    const pool = createLocalPool({ agent, verifier: createExact(), ledger, payload, concurrency: count });
    const tasks = Array.from({ length: count }, (_, index) => ({ id: `${index}`, input: `${index}`, expected: "" }));
    const program = await payload.putProgram([minimalSkill("support", "Routes messages.")]);
    const ref = { hash: await payload.putJson(tasks), size: count };
    await pool.roll({ program, suite: "test", tasks: ref, indices: tasks.map((_, index) => index), samples: 1 }, {});
    await server.close();
    expect(sizes.length).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThan(count);
  });
});
