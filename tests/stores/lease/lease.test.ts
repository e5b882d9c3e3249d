import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Clock } from "../../../stores/lease/clock.ts";
import { createLeases, type Leases } from "../../../stores/lease/lease.ts";
import { openStore } from "../../../stores/open.ts";
import { currentOwner, type Owner } from "../../../stores/lease/owner.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createRegistry } from "../../../stores/registry.ts";
import { startChild } from "../../support/started/child.ts";
import { drivers, temporaryFolder, type TestStore } from "../../support/stores.ts";

const self = currentOwner();
/** Time that passes only while somebody sleeps. What falls due meanwhile, such as a heartbeat, is then in the store. */
function withSteppedClock(opened: RecordStore): { store: RecordStore; clock: Clock } {
  const underWay = new Set<Promise<unknown>>();
  const repeated = new Set<{ next: number; again(): void }>();
  let now = 0;
  const store: RecordStore = {
    ...opened,
    commit(batch) {
      const done = opened.commit(batch).finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    },
  };
  const clock: Clock = {
    now: () => now,
    async sleep(milliseconds) {
      now += milliseconds;
      for (const each of repeated) if (each.next <= now) each.again();
      await Promise.allSettled(underWay);
    },
    every(milliseconds, work) {
      const one = { next: now + milliseconds, again: () => ((one.next = now + milliseconds), work()) };
      repeated.add(one);
      return () => repeated.delete(one);
    },
  };
  return { store, clock };
}

/** No process has this pid: Linux ends at 2^22, macOS far before. */
const noPid = 2 ** 22 + 1;

describe.each(drivers)("the lease of a run over $name", ({ open }) => {
  let opened: TestStore;
  let store: RecordStore;
  let clock: Clock;
  beforeEach(async () => {
    opened = open();
    ({ store, clock } = withSteppedClock(opened.store));
    await createRegistry(store).register({ name: "run", thread: "t", family: "f" });
  });
  const made: Leases[] = [];
  afterEach(async () => {
    // No heart goes on beating on a store that is closed.
    for (const leases of made.splice(0)) await leases.held("t")?.release();
    await opened.dispose();
  });

  function leasesOf(owner: Owner = self, pace = { every: 20, ttl: 200 }): Leases {
    const leases = createLeases({ store, registry: createRegistry(store), owner, pace, clock });
    made.push(leases);
    return leases;
  }
  const valueOf = async (space: string, key: string) => (await store.get(space, [key])).get(key)?.value;

  test("is taken with a new epoch, and given back without one", async () => {
    const leases = leasesOf();
    const first = await leases.acquire("t");
    expect(first).toMatchObject({ thread: "t", family: "f", space: "{f}/thread/t" });
    expect(leases.held("t")).toBe(first);
    expect(JSON.parse((await valueOf(first.space, "owner")) as string)).toEqual({ ...self, token: expect.any(String) });
    await first.release();
    expect(leases.held("t")).toBeUndefined();
    expect(await valueOf(first.space, "owner")).toBeUndefined();
    expect(await valueOf(first.space, "epoch")).toBe("1");
    const second = await leases.acquire("t");
    expect(await valueOf(second.space, "epoch")).toBe("2");
  });

  test("cannot be had for a run that is not registered, nor by its name", async () => {
    await expect(leasesOf().acquire("unknown")).rejects.toMatchObject({ problem: "missing" });
    await expect(leasesOf().acquire("run")).rejects.toMatchObject({ problem: "missing" });
  });

  test("is refused a second time in one process, however it is asked for", async () => {
    const leases = leasesOf();
    const [one, other] = await Promise.allSettled([leases.acquire("t"), leases.acquire("t")]);
    expect([one.status, other.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(leasesOf().acquire("t")).rejects.toThrow(/this process .* already holds the lease\. Release it/);
  });

  test("is refused while its owner lives, naming pid and host and what to do", async () => {
    // Pid 1 always lives; without a start time a pid given away cannot be told from the owner.
    await leasesOf({ ...self, pid: 1, startTime: null }).acquire("t");
    const refused = leasesOf().acquire("t");
    await expect(refused).rejects.toMatchObject({ problem: "owned", run: "run" });
    await expect(refused).rejects.toThrow(
      `process 1 on ${self.host} is working on it. Wait until it is done, or stop it`,
    );
  });

  test("is taken over at once from a pid that is gone, was given away, or is from before the last boot", async () => {
    const gone: Owner[] = [{ ...self, pid: noPid, startTime: "1" }];
    if (self.startTime !== null) gone.push({ ...self, startTime: "not when this process began" });
    if (self.bootId !== null) gone.push({ ...self, bootId: "another boot" });
    for (const owner of gone) {
      await leasesOf(owner).acquire("t", { takeOver: true });
      await (await leasesOf().acquire("t")).release();
    }
  });

  const elsewhere: Owner[] = [
    { ...self, host: "elsewhere" },
    { ...self, pidNamespace: "pid:[1]" },
  ];

  test.each(elsewhere)("is refused where an owner that cannot be seen gives a sign of life", async (other) => {
    await leasesOf(other).acquire("t");
    await expect(leasesOf().acquire("t")).rejects.toThrow(/is working on it\. Wait until it is done/);
    expect(store.warnings.all()).toEqual([
      expect.stringMatching(/whose state cannot be checked from here\. Waiting 0\.2 s/),
    ]);
  });

  test.each(elsewhere)("passes on from an owner that cannot be seen once its heartbeat stood still", async (other) => {
    const gone = await leasesOf(other, { every: 60_000, ttl: 60_000 }).acquire("t");
    const lease = await leasesOf().acquire("t");
    await lease.commit({ put: { a: "1" } });
    await expect(gone.confirm()).resolves.toBeUndefined();
    await expect(gone.commit({})).rejects.toMatchObject({ problem: "fenced" });
    await expect(gone.confirm()).rejects.toMatchObject({ problem: "fenced" });
  });

  test("is taken from an owner that cannot be seen at once where that is asked for", async () => {
    await leasesOf(elsewhere[0]).acquire("t");
    await expect(leasesOf().acquire("t", { takeOver: true })).resolves.toMatchObject({ thread: "t" });
  });

  test("tells its holder when a heartbeat finds it taken, and asks again before a payment after a silence", async () => {
    const first = await leasesOf({ ...self, pid: noPid, startTime: null }).acquire("t");
    await leasesOf().acquire("t");
    expect(first.lost.aborted).toBe(false);
    await clock.sleep(20);
    expect(first.lost.aborted).toBe(true);
    await expect(first.confirm()).rejects.toMatchObject({ problem: "fenced" });
    const silent = await leasesOf({ ...self, pid: noPid, startTime: null }, { every: 60_000, ttl: 0 }).acquire("t", {
      takeOver: true,
    });
    await leasesOf().acquire("t");
    await expect(silent.confirm()).rejects.toMatchObject({ problem: "fenced" });
  });

  test("asks before a payment where its holder was stopped before it heard that it had it", async () => {
    const gone = { ...self, pid: noPid, startTime: null };
    const stopping: RecordStore = {
      ...store,
      async commit(batch) {
        const outcomes = await store.commit(batch);
        if (clock.now() === 0) {
          await clock.sleep(60_000);
          await leasesOf().acquire("t", { takeOver: true });
        }
        return outcomes;
      },
    };
    const pace = { every: 200, ttl: 1000 };
    const late = createLeases({ store: stopping, registry: createRegistry(store), owner: gone, pace, clock });
    await expect((await late.acquire("t")).confirm()).rejects.toMatchObject({ problem: "fenced" });
  });

  test("fences a writer that was taken over, for good and silently on release", async () => {
    const [before, after] = [leasesOf({ ...self, pid: noPid, startTime: null }), leasesOf()];
    const zombie = await before.acquire("t");
    await zombie.commit({ put: { a: "1" } });
    const lease = await after.acquire("t");
    await expect(zombie.commit({ put: { a: "2" } })).rejects.toMatchObject({ problem: "fenced" });
    await zombie.release();
    await lease.commit({ put: { b: "1" } });
    await lease.release();
    await expect(zombie.commit({ put: { a: "2" } })).rejects.toMatchObject({ problem: "fenced" });
    expect(await valueOf(lease.space, "a")).toBe("1");
    expect(await valueOf(lease.space, "b")).toBe("1");
  });

  test("writes nothing once it was given back", async () => {
    const lease = await leasesOf().acquire("t");
    await lease.release();
    await expect(lease.commit({ put: { a: "1" } })).rejects.toThrow(/released its lease/);
  });

  test("hands conflicts of the caller's own expectations back to the caller", async () => {
    const lease = await leasesOf().acquire("t");
    await lease.commit({ put: { a: "1" } });
    const outcome = await lease.commit({ expect: [["a", "absent"]], put: { a: "2" } });
    expect(outcome).toEqual({ committed: false, conflicts: ["a"] });
  });

  test.runIf(process.platform === "linux")(
    "is taken over from a zombie, which has a pid but does nothing",
    async () => {
      // Once the shell has become a sleep, nobody asks how its child ended.
      const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void parent.kill("SIGKILL"));
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(line.toString());
      const stateOf = (id: number | undefined) => readFileSync(`/proc/${id}/stat`, "utf8");
      await vi.waitUntil(() => stateOf(parent.pid).includes("(sleep)"), { timeout: 20_000 });
      process.kill(pid, "SIGKILL");
      await vi.waitUntil(() => stateOf(pid).includes(") Z "), { timeout: 20_000 });
      await leasesOf({ ...self, pid, startTime: null }).acquire("t");
      await expect(leasesOf().acquire("t")).resolves.toMatchObject({ thread: "t" });
    },
  );

  test("passes from a killed process to the next one", async () => {
    const folder = temporaryFolder();
    const url = `file:${join(folder.path, "store.db")}`;
    const file = await openStore(url);
    const registry = createRegistry(file);
    await registry.register({ name: "run", thread: "t", family: "t" });
    const child = startChild("durability/hold-lease.ts", url, "t");
    const pid = await child.line();
    const leases = createLeases({ store: file, registry });
    await expect(leases.acquire("t")).rejects.toThrow(`process ${pid} on ${self.host} is working on it`);
    const exit = once(child.process, "exit");
    child.process.kill("SIGKILL");
    await exit;
    const lease = await leases.acquire("t");
    expect(await lease.commit({ put: { a: "1" } })).toMatchObject({ committed: true });
    await file.close();
    folder.remove();
  });
});
