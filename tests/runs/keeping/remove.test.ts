import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { collectGarbage } from "../../../runs/keeping/collect.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { removeRun } from "../../../runs/keeping/remove.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { openRuns } from "../../../runs/session.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryDriver, createMemoryStore } from "../../../stores/drivers/memory.ts";
import { withChecksums } from "../../../stores/checksum.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { blobSpace, familyPrefix, threadSpace } from "../../../stores/spaces.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { drivers, type TestStore } from "../../support/stores.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const start = (store: RecordStore, run = "house") =>
  optimize({ ...houseParts(), program: houseProgram, tasks: houseSuites, settings: houseSettings, run, store });
const goOn = async (store: RecordStore, name: string) => (await resume(name, { ...houseParts(), store })).result();

/** A run, a branch that went another way, one that waits in the middle of its history, and a run of another family. */
async function fill(store: RecordStore): Promise<RecordStore> {
  await (await start(store)).result();
  await branch("house", { ...houseParts(), at: 1, as: "other-way", settings: { batch: 4, edits: 1 }, store });
  await goOn(store, "other-way");
  await branch("house", { ...houseParts(), at: 2, as: "waiting", settings: { generations: 4 }, store });
  await (await start(store, "stranger")).result();
  return store;
}

async function recordsOf(store: RecordStore, run: string): Promise<string[]> {
  const family = (await openRuns(store).registry.find(run))?.family ?? "";
  const spaces = await store.spaces(familyPrefix(family));
  const records = await Promise.all(spaces.map(async (space) => [space, await store.list(space, {})] as const));
  return records.flatMap(([space, list]) =>
    list
      .filter(({ key }) => key !== "epoch")
      .map(({ key, value }) => `${space} ${key} ${value}`.replaceAll(family, "FAMILY")),
  );
}

const names = async (store: RecordStore) => (await openRuns(store).registry.entries()).map(({ name }) => name);

/** What the runs that stay are worth: their views, and where the waiting one and a branch at each generation end. */
async function worthOf(store: RecordStore) {
  const views = await Promise.all(["house", "waiting", "stranger"].map((name) => show(name, { store })));
  const ends = [(await goOn(store, "waiting")).digest];
  for (const at of [1, 2, 3]) {
    await branch("house", {
      ...houseParts(),
      at,
      as: `again-${at}`,
      settings: { generations: 4, target: null },
      store,
    });
    ends.push((await goOn(store, `again-${at}`)).digest);
  }
  return { views: views.map(({ result, best, timeline }) => ({ digest: result.digest, best, timeline })), ends };
}

const filled = await fill(createMemoryStore());

async function copyInto(store: RecordStore, whole = filled, runs = ["house", "stranger"]): Promise<RecordStore> {
  for (const run of runs) await exportRun(run, { store: whole, to: store });
  return store;
}

const copyOf = (whole: RecordStore, runs?: string[]) => copyInto(createMemoryStore(), whole, runs);

const untouched = await worthOf(await copyOf(filled));

describe.each(drivers)("removing on $name", ({ open }) => {
  let opened: TestStore;
  let store: RecordStore;
  beforeEach(async () => {
    opened = open();
    store = await copyInto(opened.store);
  });
  afterEach(() => opened.dispose());

  test("a branch takes what only it needed, and nothing that others need", async () => {
    const before = await recordsOf(store, "house");
    const { thread = "" } = (await openRuns(store).registry.find("other-way")) ?? {};
    const removal = await removeRun("other-way", { store });
    const after = await recordsOf(store, "house");
    expect(removal).toMatchObject({ runs: ["other-way"], left: null });
    expect(removal.bytes).toBeGreaterThan(0);
    expect(after.filter((record) => !before.includes(record))).toEqual([]);
    expect(after.join("\n")).not.toContain(thread);
    expect(after.filter((record) => record.includes("/blob/")).length).toBeLessThan(
      before.filter((record) => record.includes("/blob/")).length,
    );
    expect(after.filter((record) => record.includes("/answer/")).length).toBeLessThan(
      before.filter((record) => record.includes("/answer/")).length,
    );
    expect(await names(store)).toEqual(["house", "stranger", "waiting"]);
    expect(await worthOf(store)).toEqual(untouched);
  });

  test("all of a family leaves nothing of it, and its neighbour whole", async () => {
    const family = (await openRuns(store).registry.find("house"))?.family as string;
    const neighbour = await recordsOf(store, "stranger");
    await expect(removeRun("house", { store })).rejects.toThrow("depend on it: other-way, waiting");
    expect((await removeRun("house", { store, branches: true })).runs).toEqual(["house", "other-way", "waiting"]);
    expect(await store.spaces(familyPrefix(family))).toEqual([]);
    expect(await names(store)).toEqual(["stranger"]);
    expect(await recordsOf(store, "stranger")).toEqual(neighbour);
  });

  test("collecting drops nothing where nothing is left over, and what a removal beside work has left", async () => {
    expect((await collectGarbage({ store })).families.map(({ leftovers }) => leftovers)).toEqual(
      [1, 2].map(() => ({ blobs: 0, answers: 0, bytes: 0 })),
    );
    await openRuns(store).leases.acquire((await openRuns(store).registry.find("waiting"))?.thread as string);
    const { left } = await removeRun("other-way", { store });
    expect(left).toContain("is in use");
    expect((await collectGarbage({ store })).families[0]?.skipped).toContain("is in use");
    await buryOwner(store, "waiting");
    const trial = (await collectGarbage({ store, isTrial: true })).families[0]?.leftovers;
    expect(trial?.blobs).toBeGreaterThan(0);
    expect(trial?.answers).toBeGreaterThan(0);
    expect((await collectGarbage({ store })).families[0]?.leftovers).toEqual(trial);
    expect((await collectGarbage({ store })).families[0]?.leftovers?.bytes).toBe(0);
    expect(await worthOf(store)).toEqual(untouched);
  });
});

test("a removal that was cut short anywhere leaves other runs whole, and is done again", async () => {
  const whole = await copyOf(filled);
  await removeRun("other-way", { store: whole });
  const expected = (await recordsOf(whole, "house")).length;
  // To die after a commit leaves what dying before the next one does.
  for (let atCommit = 1, isDone = false; !isDone; atCommit += 1) {
    const store = await copyOf(filled);
    const mortal = createMortalStore(store, { atCommit, when: "after" });
    isDone = await removeRun("other-way", { store: mortal }).then(
      () => true,
      () => false,
    );
    if (atCommit % 3 === 0 || isDone) expect(await worthOf(store)).toEqual(untouched);
    else expect((await show("house", { store })).result.status).toBe("finished");
    if ((await names(store)).includes("other-way")) await removeRun("other-way", { store });
    expect(await names(store)).not.toContain("other-way");
    if (!(atCommit % 3 === 0 || isDone)) expect((await recordsOf(store, "house")).length).toBe(expected);
  }
});

test("nothing is removed while a process works on the run, or where the answer is no", async () => {
  const store = createMemoryStore();
  const run = await start(store);
  await expect(removeRun("house", { store })).rejects.toThrow("is in use");
  await run.result();
  expect(await removeRun("house", { store, confirm: () => false })).toEqual({ runs: [], bytes: 0, left: null });
  expect(await names(store)).toEqual(["house"]);
  await expect(removeRun("hose", { store })).rejects.toThrow("Its runs: house");
});

test("no branch is made of a run that is being swept; what is swept is what nobody needs", async () => {
  const store = await copyOf(filled);
  const { family } = (await openRuns(store).registry.find("house")) as { family: string };
  await store.commit([{ space: blobSpace(family, "0".repeat(64)), put: { blob: "text:nobody needs it" } }]);
  let [refusal, isFirst] = ["", true];
  const busy = {
    ...store,
    async get(...asked: Parameters<RecordStore["get"]>) {
      if (asked[0].includes("/blob/") && isFirst) {
        isFirst = false;
        await branch("house", { ...houseParts(), at: 1, as: "late", store }).catch(
          (error: Error) => (refusal = error.message),
        );
      }
      return store.get(...asked);
    },
  };
  expect((await collectGarbage({ store: busy })).families[0]?.leftovers).toMatchObject({ blobs: 1 });
  expect(refusal).toContain("is being removed or cleaned up by process");
  expect(await names(store)).not.toContain("late");
  await branch("house", { ...houseParts(), at: 1, as: "late", store });
});

describe("what would go is read again after the yes", () => {
  const branchLate = (store: RecordStore, from = "house") =>
    branch(from, { ...houseParts(), at: 1, as: "late", settings: { generations: 4 }, store });
  const changes: Array<[string, string, (store: RecordStore) => Promise<unknown>, string]> = [
    ["a branch is made of it", "waiting", (store) => branchLate(store, "waiting"), "late branched from it"],
    ["a branch of it is removed", "house", (store) => removeRun("other-way", { store }), "other-way removed"],
    [
      "it is worked on",
      "waiting",
      (store) => goOn(store, "waiting"),
      '"waiting" was changed by another process in the meantime',
    ],
    [
      "a branch of it is worked on",
      "house",
      (store) => goOn(store, "waiting"),
      '"waiting" was changed by another process in the meantime',
    ],
    ["it is removed by another", "waiting", (store) => removeRun("waiting", { store }), "waiting removed"],
  ];

  test.each(changes)("and nothing is removed where %s", async (_, name, change, message) => {
    const store = await copyOf(filled);
    const confirm = async () => {
      await change(store);
      return true;
    };
    await expect(removeRun(name, { store, branches: true, confirm })).rejects.toThrow(message);
    const left = await names(store);
    const isGone = (each: string) => message.includes(`${each} removed`);
    const isMade = message.includes("late");
    const expected = ["house", "other-way", "stranger", "waiting", ...(isMade ? ["late"] : [])];
    expect(left.toSorted()).toEqual(expected.filter((each) => !isGone(each)).toSorted());
    for (const each of left) await show(each, { store });
  });

  test("and other runs that come and go beside it change nothing", async () => {
    const store = await copyOf(filled);
    const confirm = async () => {
      await branchLate(store);
      await removeRun("waiting", { store });
      return true;
    };
    expect((await removeRun("other-way", { store, confirm })).runs).toEqual(["other-way"]);
    expect((await goOn(store, "late")).status).toBe("finished");
  });
});

/** The store, which does something else just before one of its calls. */
function beforeCall(
  store: RecordStore,
  call: number,
  work: () => Promise<unknown>,
): { store: RecordStore; calls(): number } {
  let calls = 0;
  const wrap =
    <Args extends unknown[], Value>(ask: (...args: Args) => Promise<Value>) =>
    async (...args: Args) => {
      calls += 1;
      if (calls === call) await work();
      return ask(...args);
    };
  const { get, list, commit, spaces, bytes } = store;
  const wrapped = { get: wrap(get), list: wrap(list), commit: wrap(commit), spaces: wrap(spaces), bytes: wrap(bytes) };
  return { store: { ...store, ...wrapped }, calls: () => calls };
}

describe("branching and removing cross at any call to the store", () => {
  const remove = (store: RecordStore) => removeRun("house", { store });
  const fork = (store: RecordStore) => branch("house", { ...houseParts(), at: 1, as: "late", store });

  test.each([
    ["a branch is made while its parent is removed", remove, fork],
    ["a run is removed while it is branched from", fork, remove],
  ])("%s: both runs are there, or none", async (_, outer: typeof remove | typeof fork, inner) => {
    const whole = createMemoryStore();
    await (await start(whole)).result();
    const outcomes = new Set<string>();
    for (let call = 1, isPast = false; !isPast; call += 1) {
      const store = await copyOf(whole, ["house"]);
      const done: string[] = [];
      const noted = (name: string) => () => void done.push(name);
      const crossed = beforeCall(store, call, () => inner(store).then(noted("inner"), () => undefined));
      await outer(crossed.store).then(noted("outer"), () => undefined);
      isPast = crossed.calls() < call;
      const left = await names(store);
      outcomes.add(left.join());
      if (left.length === 0)
        expect((await store.spaces("")).filter((space) => !space.startsWith("{evaluations}"))).toEqual(["directory"]);
      else expect(left).toContain("house");
      for (const name of left) expect((await show(name, { store })).result.digest).toBeDefined();
      if (left.length > 0 && call % 10 === 0)
        expect((await goOn(store, left.at(-1) as string)).status).toBe("finished");
    }
    // Each gets its way somewhere, and where both are refused the run is as it was.
    expect([...outcomes]).toEqual(expect.arrayContaining(["", "house,late"]));
  });
});

test("a name that a removal cut short has left is told", async () => {
  const store = createMemoryStore();
  await (await start(store)).result();
  await removeRun("house", { store: createMortalStore(store, { atCommit: 3, when: "after" }) }).catch(() => undefined);
  await collectGarbage({ store });
  expect(store.warnings.all().join()).toContain('Run "house" is registered but has no records');
});

test("a family with a record that cannot be read is left as it is, and that run can be removed", async () => {
  const driver = createMemoryDriver();
  const store = await fill(withChecksums(driver));
  const { family, thread } = (await openRuns(store).registry.find("waiting")) as { family: string; thread: string };
  const space = threadSpace(family, thread);
  const { key = "" } = (await driver.list(space, { from: "checkpoint/" }))[0] ?? {};
  await driver.commit([{ space, put: { [key]: "damaged" } }]);
  const [use] = (await collectGarbage({ store })).families;
  expect([use?.leftovers, use?.skipped]).toEqual([null, expect.stringContaining("is damaged")]);
  await removeRun("waiting", { store });
  expect((await collectGarbage({ store })).families[0]?.skipped).toBeNull();
});
