import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readEnvironment } from "../../cli/environment.ts";

const [one, other] = ["SKILLGRAPH_TEST_ONE", "SKILLGRAPH_TEST_OTHER"];
afterEach(() => {
  delete process.env[one];
  delete process.env[other];
});

test("what .env says is in the environment, unless the environment says otherwise", () => {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-env-"));
  writeFileSync(join(folder, ".env"), `${one}=file\n${other}=file\n`);
  process.env[other] = "real";
  readEnvironment(folder);
  expect([process.env[one], process.env[other]]).toEqual(["file", "real"]);
});

test("there need not be a .env", () => {
  expect(() => readEnvironment(mkdtempSync(join(tmpdir(), "skillgraph-env-")))).not.toThrow();
});
