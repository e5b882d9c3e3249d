// What the compiler leaves to do in dist: takes away what has no source any more, puts the prompts beside the code that reads
// them, and makes the command executable.
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const prompts = "analysts/language-model/prompts";

const { fileNames } = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.build.json"), {}, ts.sys);
const compiled = new Set(fileNames.map((file) => relative(root, file).replace(/\.ts$/, "")));

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  const source = relative(dist, file).replace(/\.(js|d\.ts)$/, "");
  if (entry.isFile() && !entry.name.endsWith(".tsbuildinfo") && !compiled.has(source)) rmSync(file);
}
cpSync(join(root, prompts), join(dist, prompts), { recursive: true });
chmodSync(join(dist, "cli/main.js"), 0o755);
