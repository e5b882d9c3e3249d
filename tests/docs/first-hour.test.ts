import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { firstHour, firstHourPage } from "../../scripts/first-hour.ts";
import { linkPackage } from "../support/empty-project.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a clone of the working tree would have, with the packages that are installed here. */
async function cloneHere(folder: string): Promise<void> {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(root, name))))
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // Older than what is installed, so that nothing is installed again.
  utimesSync(join(folder, "package-lock.json"), 0, 0);
}

const servers = ["@langchain/langgraph-cli", "@langchain/langgraph-sdk"];

/** Versions, places, sizes and times are others each time, and what the machine has. */
function masked(page: string): string {
  return page
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/\(\d+\.\d kB\)/g, "(SIZE)")
    .replaceAll(/ - +\d+$/gm, " - SECONDS")
    .replaceAll(/^\w+ +(node|git|bubblewrap|claude|codex|opencode) .*\n(?: {5,}.*\n)*/gm, "$1\n")
    .replaceAll(/^\d+ problems?, .*$/gm, "COUNTS");
}

test("docs/first-hour.md shows what its commands show", async () => {
  const install = (project: string, tarball: string) => linkPackage(project, tarball, servers);
  const page = await firstHour({ clone: cloneHere, install });
  expect(masked(page)).toBe(masked(readFileSync(firstHourPage, "utf8")));
});
