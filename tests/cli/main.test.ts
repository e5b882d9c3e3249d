import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builtCommand } from "../support/started/compiled.ts";
import { temporaryFolder } from "../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Runs a script where so many files may be open. */
const runWithin = (limit: number, script: string, ...words: string[]) =>
  spawnSync("/bin/sh", ["-c", `ulimit -n ${limit}; exec "$@"`, "sh", process.execPath, script, ...words], {
    encoding: "utf8",
  });

test("where hardly a file can be opened, the command ends with one message", () => {
  // Node itself needs some, and ends with a dump of its own where it has less.
  const alone = join(folder.path, "alone.mjs");
  writeFileSync(alone, "await import('node:fs/promises');");
  let limit = 10;
  while (runWithin(limit, alone).status !== 0) limit += 1;
  for (const more of [0, 2, 5, 12]) {
    const { stderr, status } = runWithin(limit + more, builtCommand, "runs", "--store", "memory:");
    expect({ more, stderr, status }).toEqual({
      more,
      stderr: expect.stringMatching(/^error .*EMFILE.*\(ulimit -n\).*\n$/),
      status: 1,
    });
  }
});
