import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Libsql from "libsql";
import { afterAll, expect, test } from "vitest";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import { RunError, StoreError } from "../../../state/errors.ts";
import { goldenOptions, goldenRun } from "../../support/durability/golden.ts";
import { temporaryFolder } from "../../support/stores.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/golden", import.meta.url));
/** Stores of earlier versions with a run that was paused half-way, and the digest it ends in. Made by make-golden.ts. */
const golden = JSON.parse(readFileSync(join(fixtures, "digests.json"), "utf8")) as Record<string, string>;

const folder = temporaryFolder();
afterAll(() => folder.remove());

let copies = 0;

function copyOf(name: string): string {
  copies += 1;
  const path = join(folder.path, `${copies}.db`);
  copyFileSync(join(fixtures, `${name}.db`), path);
  return path;
}

const { agent, analyst, verifier } = goldenOptions();

/** The digest, or the typed refusal of a version that cannot go on with it. */
async function digestOf(path: string): Promise<string | RunError | StoreError> {
  try {
    const run = await resume(goldenRun, { agent, analyst, verifier, store: `file:${path}` });
    return (await run.result()).digest;
  } catch (error) {
    if (error instanceof RunError || error instanceof StoreError) return error;
    throw error;
  }
}

test.each(Object.entries(golden))("the run in the store %s goes on to its end, or is refused", async (name, digest) => {
  const end = await digestOf(copyOf(name));
  if (typeof end === "string") expect(end).toBe(digest);
  else expect(end.message).toMatch(/format|started with/);
});

test("the newest of these stores is one this version goes on with", async () => {
  const newest = Object.keys(golden).at(-1) as string;
  expect(await digestOf(copyOf(newest))).toBe(golden[newest]);
});

test("other parts, another graph and another format are refused, naming both", async () => {
  const path = copyOf(Object.keys(golden).at(-1) as string);
  const other = { agent: { ...agent, fingerprint: "golden-agent@2" }, analyst, verifier, store: `file:${path}` };
  await expect(resume(goldenRun, other)).rejects.toThrow(/agent golden-agent@1; this is agent golden-agent@2/);
  const database = new Libsql(path);
  database.exec("PRAGMA user_version = 1");
  database.close();
  await expect(show(goldenRun, { store: `file:${path}` })).rejects.toThrow(
    /has format 1; this skillgraph reads format 4/,
  );
});
