import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of the test itself, outside every workspace: what a fake command leaves there can be looked at. */
export const aside = folder;

let number = 0;

/** A command whose body is JavaScript (CommonJS) and runs in the workspace. */
export function fakeCommand(body: string): string[] {
  number += 1;
  const file = join(folder, `fake-${number}.cjs`);
  writeFileSync(file, body);
  return [process.execPath, file];
}
