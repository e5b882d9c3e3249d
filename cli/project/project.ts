import { existsSync, lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { writeOutput } from "../../readers/output.ts";
import { SKILL_FILE, textOf } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { SettingsError } from "../../state/errors.ts";
import { starterTasks } from "./starter-tasks.ts";

/** What a new project is made of. Paths are from the current folder. */
export interface ProjectPlan {
  folder: string;
  /** The name of the skill that is made, and of its tasks. */
  name: string;
  /** A skill that is there already; undefined to have one made. */
  skill?: string | undefined;
  /** Tasks that are there already; undefined for tasks to begin with. */
  tasks?: string | undefined;
  agent: string;
  analyst: string;
  verifier: string;
}

/** Files of a project by what became of them, from its folder. */
export interface ProjectFiles {
  made: string[];
  /** These were there, and are as they were. */
  kept: string[];
  /** Lines that a `.gitignore` of one's own lacks. */
  unignored: string[];
}

const configFile = "skillgraph.config.ts";
const ignored = [".skillgraph/", ".env", "node_modules/"];

/** Writes a project, and no file that is there already. Refuses a folder that has a config. */
export async function writeProject(plan: ProjectPlan): Promise<ProjectFiles> {
  const { folder } = plan;
  if (existsSync(join(folder, configFile))) {
    const message = `${folder} already contains a ${configFile}. Nothing was written. Edit that file, or choose another folder.`;
    throw new SettingsError("folder", message);
  }
  const tasksFolder = join(folder, placesOf(plan).tasks);
  const hasTasks = plan.tasks === undefined && existsSync(tasksFolder);
  const files: ProjectFiles = { made: [], kept: hasTasks ? [placesOf(plan).tasks] : [], unignored: [] };
  for (const [name, text] of Object.entries(filesOf(plan, hasTasks))) {
    const path = join(folder, name);
    const isThere = existsSync(path);
    files[isThere ? "kept" : "made"].push(name);
    if (!isThere) await write(folder, name, text);
  }
  const lines = (await readFile(join(folder, ".gitignore"), "utf8")).split(/\r?\n/).map((line) => line.trim());
  files.unignored = ignored.filter((line) => !lines.includes(line) && !lines.includes(line.replace(/\/$/, "")));
  return files;
}

/** Writes a file of the project, and nothing that a link in it leads to elsewhere. */
async function write(folder: string, name: string, text: string): Promise<void> {
  const segments = name.split(sep);
  const ways = segments.map((_, index) => join(folder, ...segments.slice(0, index + 1)));
  const link = ways.find((way) => lstatSync(way, { throwIfNoEntry: false })?.isSymbolicLink() === true);
  const path = join(folder, name);
  if (link !== undefined) {
    const message = `${path} cannot be created: ${link} is a symbolic link, which is not followed. Remove it, or choose another folder.`;
    throw new SettingsError("folder", message);
  }
  await writeOutput(path, text).catch((cause: unknown) => {
    const message = `${path} cannot be written: ${(cause as Error).message}. Choose a writable folder.`;
    throw new SettingsError("folder", message, { cause });
  });
}

/** Where skill and tasks are, from the folder of the project. */
function placesOf({ folder, name, skill, tasks }: ProjectPlan): { skill: string; tasks: string } {
  const from = (path: string) => relative(resolve(folder), resolve(path)) || ".";
  return {
    skill: skill === undefined ? `skills/${name}` : from(skill),
    tasks: tasks === undefined ? `tasks/${name}` : from(tasks),
  };
}

function filesOf(plan: ProjectPlan, hasTasks: boolean): Record<string, string> {
  const places = placesOf(plan);
  const isStarter = plan.tasks === undefined && !hasTasks;
  const tasks = Object.entries(isStarter ? starterTasks() : {});
  return {
    [configFile]: configText(plan, isStarter),
    ...(plan.skill === undefined ? { [join(places.skill, SKILL_FILE)]: skillText(plan, isStarter) } : {}),
    ...Object.fromEntries(tasks.map(([file, text]) => [join(places.tasks, file), text])),
    ".env.example": environmentText,
    ".gitignore": `${ignored.join("\n")}\n`,
  };
}

/** For the tasks to begin with a skill that does something already, as one of one's own would. */
function skillText({ name, agent }: ProjectPlan, isStarter: boolean): string {
  if (!isStarter) return textOf(minimalSkill(name, `Answers the tasks of ${name}.`)) ?? "";
  const purpose = "Tells what a message of a customer is about: `delivery`, `invoice` or `account`.";
  const text = textOf(minimalSkill(name, purpose)) ?? "";
  return agent === "procedure"
    ? `${text}\n## Rules\n\n- When the message mentions "invoice", answer \`invoice\`.\n`
    : text;
}

function configText(plan: ProjectPlan, isStarter: boolean): string {
  const { skill, tasks } = placesOf(plan);
  const text = (value: string) => JSON.stringify(value);
  const settings = isStarter ? "{ generations: 8, batch: 20, edits: 2, patience: 3 }" : "{ generations: 10 }";
  const limits = plan.agent === "procedure" ? "" : "  limits: { usd: 5, minutes: 60 },\n";
  return `import { defineConfig } from "skillgraph";

/** Flags override this file: skillgraph optimize --generations 3. All keys: docs/configuration.md of skillgraph. */
export default defineConfig({
  skill: ${text(skill)},
  tasks: ${text(tasks)},
  agent: ${text(plan.agent)},
  analyst: ${text(plan.analyst)},
  verifier: ${text(plan.verifier)},
  settings: ${settings},
${limits}});
`;
}

const environmentText = `# Copy to .env, which is read and not committed. The embedded agent needs none of this.
OPENAI_API_KEY=
# Another server with the same interface, such as http://localhost:11434/v1:
# OPENAI_BASE_URL=
# For --agent claude-code:
# ANTHROPIC_API_KEY=
# Where runs are stored, if not in .skillgraph/runs.db:
# SKILLGRAPH_STORE=redis://localhost
`;
