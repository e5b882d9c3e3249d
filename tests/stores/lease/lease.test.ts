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
import { startChild } from "../../support/durability/child.ts";
import { drivers, temporaryFolder, type TestStore } from "../../support/stores.ts";

const self = currentOwner();
/** No process has this pid: Linux ends at 2^22, macOS far before. */
const noPid = 2 ** 22 + 1;

describe.each(drivers)("the lease of a run over $name", ({ open }) => {
  let opened: TestStore;
  let store: RecordStore;
  beforeEach(async () => {
    opened = open();
    store = opened.store;
    await createRegistry(store).register({ name: "run", thread: "t", family: "f" });
  });
  afterEach(() => opened.dispose());

  const leasesOf = (owner: Owner = self, pace = { every: 20, ttl: 200 }): Leases =>
    createLeases({ store, registry: createRegistry(store), owner, pace });
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
    const lost = once(first.lost, "abort");
    await leasesOf().acquire("t");
    await lost;
    await expect(first.confirm()).rejects.toMatchObject({ problem: "fenced" });
    const silent = await leasesOf({ ...self, pid: noPid, startTime: null }, { every: 60_000, ttl: 0 }).acquire("t", {
      takeOver: true,
    });
    await leasesOf().acquire("t");
    await expect(silent.confirm()).rejects.toMatchObject({ problem: "fenced" });
  });

  test("asks before a payment where its holder was stopped before it heard that it had it", async () => {
    const gone = { ...self, pid: noPid, startTime: null };
    let now = 0;
    const clock: Clock = { now: () => now, sleep: async () => undefined, every: () => () => undefined };
    const stopping: RecordStore = {
      ...store,
      async commit(batch) {
        const outcomes = await store.commit(batch);
        if (now === 0) {
          now = 60_000;
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
      await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/stat`, "utf8")).toContain("(sleep)"));
      process.kill(pid, "SIGKILL");
      await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z "));
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
    const child = startChild("hold-lease.ts", url, "t");
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
