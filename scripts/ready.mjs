// Makes a fresh clone ready: installs when the lockfile is newer than what is installed, builds when asked with --build.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const installed = new URL("../node_modules/.package-lock.json", import.meta.url);
const lockfile = new URL("../package-lock.json", import.meta.url);

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", process.stderr.fd, process.stderr.fd] });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) {
  console.error("installing packages (once) ...");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
}
if (process.argv.includes("--build")) run("npm", ["run", "--silent", "build"]);
