import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRegistry, type Registry } from "../../stores/registry.ts";
import { drivers, type TestStore } from "../support/stores.ts";

describe.each(drivers)("the registry of runs over $name", ({ open }) => {
  let opened: TestStore;
  let registry: Registry;
  beforeEach(() => {
    opened = open();
    registry = createRegistry(opened.store);
  });
  afterEach(() => opened.dispose());

  const run = { name: "nightly / été", thread: "t-1", family: "t-1" };

  test("finds a run by its name and by its thread", async () => {
    await registry.register(run);
    expect(await registry.find("nightly / été")).toEqual(run);
    expect(await registry.find("t-1")).toEqual(run);
    expect(await registry.find("nightly")).toBeUndefined();
  });

  test("refuses a name or thread that is taken, and then changes nothing", async () => {
    await registry.register(run);
    const refused = { code: "run", problem: "exists" };
    await expect(registry.register({ ...run, thread: "t-2" })).rejects.toMatchObject(refused);
    await expect(registry.register({ ...run, name: "other" })).rejects.toMatchObject(refused);
    expect(await registry.entries()).toEqual([run]);
  });

  test("prefers a thread to a name that reads the same", async () => {
    await registry.register({ name: "two", thread: "one", family: "one" });
    await registry.register({ name: "one", thread: "three", family: "one" });
    expect((await registry.find("one"))?.thread).toBe("one");
  });

  test("lists all runs by name, and forgets a removed one", async () => {
    const branch = { name: "a branch", thread: "t-2", family: "t-1" };
    await registry.register(run);
    await registry.register(branch);
    expect(await registry.entries()).toEqual([branch, run]);
    await registry.remove("t-1");
    await registry.remove("never there");
    expect(await registry.entries()).toEqual([branch]);
    await registry.register({ ...run, thread: "t-3" });
    expect((await registry.find(run.name))?.thread).toBe("t-3");
  });
});
