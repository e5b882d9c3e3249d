import { expect, test } from "vitest";
import { hasRedis } from "../../support/redis-server.ts";
import { killStorm, networkStorm } from "../../support/durability/storms.ts";

test.skipIf(!hasRedis)(
  "a run over a network that fails 20 times ends the same, and nothing happens twice",
  async () => {
    const { runs, ...storm } = await networkStorm({ episodes: 20, seed: 1 });
    expect(storm).toEqual({ episodes: 20, same: runs, twice: 0, paidAgain: 0, unhandled: 0 });
  },
);

test.skipIf(!hasRedis)(
  "a server killed again and again with appendfsync always loses no acknowledged commit",
  async () => {
    const { acknowledged, ...storm } = await killStorm({ kills: 4, appendfsync: "always", seed: 1 });
    expect(storm).toEqual({ kills: 4, lost: 0, stopped: 0, misjudged: 0 });
    expect(acknowledged).toBeGreaterThan(40);
  },
);

test.skipIf(!hasRedis)(
  "a server killed with appendfsync everysec loses nothing without telling the writer",
  async () => {
    expect(await killStorm({ kills: 4, appendfsync: "everysec", seed: 1 })).toMatchObject({ misjudged: 0 });
  },
);
