import { afterAll, expect, onTestFinished, test } from "vitest";
import { replacedReason, replaceStore, replacements } from "../../support/durability/attacks/replaced.ts";
import { attackRedis } from "../../support/durability/attacks/replaced-redis.ts";
import { hasRedis } from "../../support/redis-server.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test.each(Object.keys(replacements))("a run whose store is %s says so, ends, and writes no more", async (name) => {
  for (const at of [3, "release"] as const) {
    const { end, ...found } = await replaceStore(name, { folder: folder.path, at });
    expect(end).toMatch(replacedReason);
    expect({ at, ...found }).toEqual({ at, commitsAfter: 0, isKept: true });
  }
});

test.runIf(hasRedis)(
  "a run whose Redis is emptied or taken back to an older copy says so, ends, and writes no more",
  async () => {
    const attack = await attackRedis(folder.path);
    onTestFinished(() => attack.close());
    const names = ["emptied by FLUSHALL", "an older copy restored", "another store restored"];
    for (const [index, name] of names.entries()) {
      const at = index === 1 ? "release" : 3 + index * 20;
      const { end, ...found } = await attack.replace(name, at);
      expect(end).toMatch(replacedReason);
      expect({ name, ...found }).toEqual({ name, commitsAfter: 0, isKept: true });
    }
  },
);
