import { afterAll, expect, test } from "vitest";
import { searchForCanary } from "../support/canary.ts";
import { temporaryFolder } from "../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test("a key that a server quotes in its errors is in nothing that commands print or write", async () => {
  const { commands, quoted, searched, leaks } = await searchForCanary(folder.path);
  expect(commands.map(({ code }) => code)).toEqual([0, 0, 0, 0, 3, 1]);
  expect(quoted).toBeGreaterThan(10);
  expect(Object.values(searched).filter((size) => size > 0).length).toBeGreaterThan(10);
  expect(leaks).toEqual([]);
});
