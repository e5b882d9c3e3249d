import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { buildWith } from "../tests/support/build.ts";
import { compiled } from "../tests/support/started/compiled.ts";

/** Runs a script of this folder compiled, with the built package: a loader of TypeScript names each function when it is made, which the code of users does not pay for. */
export async function runCompiled(script: string, words: readonly string[]): Promise<void> {
  buildWith(dirname(script), "bench");
  const { status } = spawnSync(process.execPath, [compiled(script), ...words], { stdio: "inherit" });
  if (status !== 0) process.exitCode = status ?? 1;
}
