import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hasRedis } from "../../support/redis-server.ts";
import { stormWorkers } from "../../support/workers/worker-storm.ts";

test.skipIf(!hasRedis)(
  "two runs with two workers end the same, whatever is done to hosts, clocks, Redis and runs",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "skillgraph-storm-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const stormed = await stormWorkers({ seed: 3, runs: 2, hosts: 2, lanes: 2, between: 9, isApart: false, folder });
    expect({ ...stormed, dealt: undefined, executions: undefined }).toMatchObject({
      same: 2,
      paidAgain: 0,
      problems: [],
    });
    const blows = Object.values(stormed.dealt);
    expect(blows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
  },
);
