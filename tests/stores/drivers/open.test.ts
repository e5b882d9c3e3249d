import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StoreError } from "../../../state/errors.ts";
import { openStore } from "../../../stores/open.ts";
import { temporaryFolder } from "../../support/stores.ts";

describe("openStore", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  test("opens memory: as a new store each time", async () => {
    const [one, other] = [await openStore("memory:"), await openStore("memory:")];
    await one.commit([{ space: "s", put: { a: "1" } }]);
    expect(await other.list("s", {})).toEqual([]);
  });

  test("makes the folders of a file, and finds its records again under either spelling", async () => {
    const path = join(folder.path, "some", "where", "runs and more.db");
    const first = await openStore(`file:${path}`);
    await first.commit([{ space: "s", put: { a: "1" } }]);
    await first.close();
    const again = await openStore(pathToFileURL(path).href);
    expect(await again.list("s", {})).toEqual([{ key: "a", value: "1", version: 1 }]);
    await again.close();
  });

  test("refuses what it does not know, and says what to write instead", async () => {
    await expect(openStore("runs.db")).rejects.toThrow(
      /"runs\.db" is not a store URL\. Expected memory:, file:PATH or redis:\/\/HOST:PORT\. .*file:runs\.db/,
    );
    await expect(openStore("mongodb://host")).rejects.toThrow(/"mongodb:\/\/host" is not a store URL\. Expected/);
    await expect(openStore("file:")).rejects.toThrow(/is not a local file/);
    await expect(openStore("file://host/runs.db")).rejects.toThrow(/is not a local file/);
    await expect(openStore("")).rejects.toThrow(StoreError);
  });

  test("refuses a folder, a path below a file, and a file that is no database", async () => {
    mkdirSync(join(folder.path, "folder"));
    writeFileSync(join(folder.path, "text"), "this is plain text, and long enough to be read as a page. ".repeat(50));
    await expect(openStore(`file:${join(folder.path, "folder")}`)).rejects.toThrow(/is a folder\. Name a file/);
    await expect(openStore(`file:${join(folder.path, "text", "runs.db")}`)).rejects.toThrow(/cannot be created/);
    await expect(openStore(`file:${join(folder.path, "text")}`)).rejects.toThrow(/not a SQLite database/);
  });

  test.skipIf(process.getuid?.() === 0)("refuses a file that it may not write", async () => {
    const path = join(folder.path, "runs.db");
    await (await openStore(`file:${path}`)).close();
    chmodSync(path, 0o444);
    await expect(openStore(`file:${path}`)).rejects.toThrow(/read-only/);
  });
});
