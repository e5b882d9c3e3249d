import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openClaim } from "../../../processes/claim.ts";

/** Makes a claim and its folder up to a step, says so, and waits to be killed: `tsx claim-child.ts STEP`. */
const [step = ""] = process.argv.slice(2);
const { folder } = await openClaim();
if (step !== "note") mkdirSync(join(folder, "work"), { recursive: true });
if (step === "files" || step === "removal")
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, "work", name), name);
// A removal that was cut: it goes in the order of the directory, and the note is last.
if (step === "removal") await rm(join(folder, "work", readdirSync(join(folder, "work"))[0] as string));
process.stdout.write("ready\n");
setInterval(() => undefined, 1000);
