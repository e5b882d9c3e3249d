import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { runUntilDeath } from "../../tests/support/durability/crashes.ts";

let digest: string | undefined;

/** What the run of the trials ends in when nothing happens to it. */
export async function wholeDigest(folder: string): Promise<string> {
  const witness = join(folder, "whole");
  writeFileSync(witness, "");
  digest ??= (await runUntilDeath(createMemoryStore(), witness)).result?.digest ?? "";
  return digest;
}
