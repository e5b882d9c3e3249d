import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { LearnFigures, LearnJob } from "./learn.ts";
import type { Split } from "./task-sets.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A run that was made: what was asked, what came out, and by which code. */
export interface RunRow {
  job: LearnJob;
  figures: LearnFigures;
  /** Commit at the time, and a digest of the sources that decide what a run comes to. */
  commit: string;
  code: string;
  /** Its looks at the test split are in the log. */
  logged: boolean;
}

const folders: Readonly<Record<Split, string>> = {
  test: "bench/results",
  validation: "bench/results/validation",
  "held-out": ".skillgraph/bench",
};

/** Results on test and validation tasks are kept with the project, those on held-out train tasks beside the local runs. */
export function resultsFolder(split: Split): string {
  return join(root, folders[split]);
}

export function readRows(name: string, split: Split): RunRow[] {
  return readResults<RunRow[]>(name, split) ?? [];
}

export function writeRows(name: string, split: Split, rows: readonly RunRow[]): void {
  writeResults(name, split, rows);
}

export function readResults<Value>(name: string, split: Split): Value | undefined {
  const file = join(resultsFolder(split), `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Value) : undefined;
}

/** One row a line, so that a change of one is seen as one; replaces the file as a whole. */
export function writeResults(name: string, split: Split, rows: readonly unknown[]): void {
  const folder = resultsFolder(split);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(`${file}.new`, `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`);
  renameSync(`${file}.new`, file);
}

export function commitNow(): string {
  const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" });
  return stdout.trim();
}

/** Rooms whose sources decide what a run comes to. */
const deciding = ["state", "skills", "policies", "agents", "analysts", "verifiers", "readers", "nodes", "graphs"];

/** A digest of the deciding sources, with those of further folders where they count: runs of other code are not taken over into a table. */
export function codeDigest(further: readonly string[] = []): string {
  const hash = createHash("sha256");
  for (const room of [...deciding, ...further]) {
    const files = readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    for (const file of files.toSorted()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

export function groupRows(rows: readonly RunRow[], keyOf: (row: RunRow) => string): Map<string, RunRow[]> {
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}
