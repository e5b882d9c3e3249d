import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createSkillFolder, type SkillFolder } from "../../skills/folder.ts";

/** Public skills that an npm package of the development tools brings along. */
const publicSkillsFolder = fileURLToPath(
  new URL("../../node_modules/playwright-core/lib/tools/skills", import.meta.url),
);

export function publicSkills(): SkillFolder[] {
  if (!existsSync(publicSkillsFolder)) return [];
  return readdirSync(publicSkillsFolder).map((name) => {
    const folder = join(publicSkillsFolder, name);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((file) => join(file.parentPath, file.name));
    return createSkillFolder(
      name,
      Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path)])),
    );
  });
}
