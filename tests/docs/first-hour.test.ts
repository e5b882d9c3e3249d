import { cpSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { firstHour, firstHourPage } from "../../scripts/first-hour.ts";
import { linkPackage } from "../support/empty-project.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Gives a clone the packages that are installed here, and what is compiled here, of which it then compiles what differs. */
function prepare(clone: string): void {
  cpSync(join(root, "dist"), join(clone, "dist"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  // Older than what is installed, so that nothing is installed again.
  utimesSync(join(clone, "package-lock.json"), 0, 0);
}

/** Versions, places, sizes and times are others each time, and what the machine has. */
function masked(page: string): string {
  return page
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/\/token\/[\w-]+/g, "/token/TOKEN")
    .replaceAll(/\(\d+\.\d kB\)/g, "(SIZE)")
    .replaceAll(/ - +\d+$/gm, " - SECONDS")
    .replaceAll(/^\w+ +(node|git|bubblewrap|claude|codex|opencode) .*\n(?: {5,}.*\n)*/gm, "$1\n")
    .replaceAll(/^\d+ problems?, .*$/gm, "COUNTS");
}

test("docs/first-hour.md shows what its commands show", { timeout: 600_000 }, async () => {
  const page = await firstHour({ prepare, install: linkPackage });
  expect(masked(page)).toBe(masked(readFileSync(firstHourPage, "utf8")));
});
