import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { hashJson } from "../../../../state/json.ts";
import { openStore } from "../../../../stores/open.ts";
import type { RecordStore } from "../../../../stores/record-store.ts";
import { startRedis } from "../../redis-server.ts";
import { buryOwner, houseOn, runUntilDeath } from "../crashes.ts";
import { newWitness } from "../kill-points.ts";
import { createMoment, type Moment, type ReplacedTrial } from "./replaced.ts";

/** A server with a run half-way, and what it may be taken back to. */
export interface RedisUnderAttack {
  /** What is done to it, by name. Each leaves another store there than the one a process at work knows. */
  readonly replacements: Readonly<Record<string, () => Promise<void>>>;
  replace(name: string, at: Moment): Promise<ReplacedTrial>;
  close(): Promise<void>;
}

export async function attackRedis(folder: string): Promise<RedisUnderAttack> {
  const server = await startRedis();
  const admin = server.client();
  const [, home] = (await admin.config("GET", "dir")) as [string, string];
  const witness = newWitness(folder, "replaced-redis");
  const copyOf = (name: string) => join(folder, `${name}.rdb`);

  /** The server as it was when the copy was made; empty without one. */
  async function restart(name?: string): Promise<void> {
    await server.kill();
    if (name === undefined) rmSync(join(home, "dump.rdb"), { force: true });
    else copyFileSync(copyOf(name), join(home, "dump.rdb"));
    await server.restart();
  }
  async function keep(name: string): Promise<void> {
    await admin.save();
    copyFileSync(join(home, "dump.rdb"), copyOf(name));
  }

  const put = async (space: string) => {
    const store = await openStore(server.url);
    await store.commit([{ space, put: { key: "value" } }]);
    await store.close();
  };
  await put("other");
  await keep("other");
  await admin.flushall();
  const store = await openStore(server.url);
  await runUntilDeath(store, witness, { death: { atCommit: 20, when: "after" } });
  await buryOwner(store);
  await store.close();
  await keep("older");
  await put("later");
  await keep("base");

  const replacements: RedisUnderAttack["replacements"] = {
    "emptied by FLUSHALL": async () => void (await admin.flushall()),
    "restarted without its data": () => restart(),
    "an older copy restored": () => restart("older"),
    "another store restored": () => restart("other"),
    "emptied, and another store made in it": async () => {
      await admin.flushall();
      await put("made");
    },
    "a replica of an older copy, promoted": () => promoteOlder(admin, copyOf("older")),
  };

  async function replace(name: string, at: Moment): Promise<ReplacedTrial> {
    await restart("base");
    const opened = await openStore(server.url);
    const isNow = createMoment(at);
    let after = 0;
    let replacing: Promise<string> | undefined;
    const replaceNow = async () => {
      await replacements[name]?.();
      return contentOf(admin);
    };
    const attacked: RecordStore = {
      ...opened,
      async commit(batch) {
        if (isNow(batch)) replacing = replaceNow();
        // Commits that come meanwhile are later ones. What was begun before may be acknowledged, but not by what is there now.
        await replacing;
        const isLater = replacing !== undefined;
        const outcomes = await opened.commit(batch);
        if (isLater) after += 1;
        return outcomes;
      },
    };
    const end = await optimize(houseOn(attacked, witness))
      .then(async (run) => (await run.result()).status)
      .catch((error: unknown) => (error as Error).message);
    await opened.close().catch(() => undefined);
    const content = await replacing;
    return { end, commitsAfter: after, isKept: (await contentOf(admin)) === content };
  }

  return {
    replacements,
    replace,
    close: () => server.stop(),
  };
}

/** Takes over what another server has, which was started with the copy. */
async function promoteOlder(admin: Redis, copy: string): Promise<void> {
  const primary = await startRedis({ "repl-diskless-sync-delay": "0" });
  const other = primary.client();
  const [, home] = (await other.config("GET", "dir")) as [string, string];
  await primary.kill();
  copyFileSync(copy, join(home, "dump.rdb"));
  await primary.restart();
  await admin.replicaof("127.0.0.1", primary.port);
  while (!(await admin.info("replication")).includes("master_link_status:up")) await new Promise(setImmediate);
  await admin.replicaof("NO", "ONE");
  await primary.stop();
}

/** All that is on the server, but for how long it is still kept. */
async function contentOf(admin: Redis): Promise<string> {
  const keys = (await admin.keys("*")).toSorted();
  return hashJson(await Promise.all(keys.map(async (key) => [key, (await admin.dumpBuffer(key)).toString("base64")])));
}
