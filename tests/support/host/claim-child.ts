import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openClaim } from "../../../processes/claim.ts";

/** Makes a claim, and with STEP `removal` a folder that is half removed, says so, and waits to be killed. */
const [step] = process.argv.slice(2);
const { folder } = await openClaim();
if (step === "removal") {
  mkdirSync(join(folder, "work"), { recursive: true });
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, "work", name), name);
  await rm(join(folder, "work", readdirSync(join(folder, "work"))[0] as string));
}
process.stdout.write("ready\n");
setInterval(() => undefined, 1000);
