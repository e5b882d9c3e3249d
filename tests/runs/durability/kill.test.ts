import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openStore } from "../../../stores/open.ts";
import { compiled } from "../../support/started/compiled.ts";
import { acknowledged, paidAgain, runUntilDeath } from "../../support/durability/crashes.ts";
import { hasRedis, startRedis } from "../../support/redis-server.ts";
import { executionsIn } from "../../support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const child = compiled("tests/support/durability/crash-child.ts");

const places = [
  { name: "SQLite", open: async () => ({ url: `file:${join(folder, "runs.db")}`, stop: async () => undefined }) },
  ...(hasRedis ? [{ name: "Redis", open: () => startRedis({ appendonly: "yes", appendfsync: "always" }) }] : []),
];

test.each(places)(
  "a process killed again and again on $name ends in the same digest, and nothing acknowledged is paid again",
  async ({ name, open }) => {
    const place = await open();
    onTestFinished(() => place.stop());
    const [witness, other] = [join(folder, `witness ${name}`), join(folder, `other ${name}`)];
    writeFileSync(witness, "");
    writeFileSync(other, "");
    const whole = await runUntilDeath(createMemoryStore(), other);
    let end: { digest?: string; status?: string } = {};
    let kills = 0;
    for (; end.digest === undefined; kills += 1) {
      expect(kills).toBeLessThan(20);
      const store = await openStore(place.url);
      const before = { count: executionsIn(witness).length, kept: await acknowledged(store, witness) };
      await store.close();
      const atCommit = 60 + Math.floor(draw(2, kills, "kill-point", 0) * 60);
      const when = draw(2, kills, "kill-point", 1) < 0.5 ? "before" : "after";
      const run = spawnSync(process.execPath, [child, place.url, witness, String(atCommit), when], {
        encoding: "utf8",
      });
      if (run.signal === null) expect(run.stderr).toBe("");
      else expect(run.signal).toBe("SIGKILL");
      expect(paidAgain(witness, before.count, before.kept)).toEqual([]);
      if (run.signal === null) end = JSON.parse(run.stdout) as typeof end;
    }
    expect(kills).toBeGreaterThan(1);
    expect(end).toMatchObject({ status: "finished", digest: whole.result?.digest });
  },
);
