import { readProgram } from "../../readers/skill.ts";
import { readTasks } from "../../readers/tasks.ts";
import { nameFrom } from "../../skills/name.ts";
import { SettingsError } from "../../state/errors.ts";
import { stdoutColors as pc } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { agentKinds } from "../parts/parts.ts";
import { writeProject, type ProjectFiles, type ProjectPlan } from "./project.ts";
import { taskSetName } from "./task-set-name.ts";
import { print, printJson } from "../terminal/door.ts";

export interface InitFlags {
  yes?: boolean;
  skillName?: string;
  skill?: string;
  tasks?: string;
  agent?: string;
  analyst?: string;
  verifier?: string;
  json?: boolean;
}

/** Makes a project and says what to do next. On a terminal it asks for what no flag says. */
export async function initCommand(folder: string, flags: InitFlags): Promise<number> {
  const asks = process.stdin.isTTY === true && process.stderr.isTTY === true && flags.yes !== true;
  const given = asks ? await (await import("./wizard.ts")).ask(flags) : flags;
  if (given === undefined) return exitCodes.failure;
  const plan = await planFrom(folder, given);
  const files = await writeProject(plan);
  const next = nextCommands(plan);
  if (flags.json === true) printJson({ folder, ...files, next });
  else print(describe(plan, files, next));
  return exitCodes.finished;
}

/** Checks what is there already before anything is written. */
async function planFrom(folder: string, { skill, tasks, skillName, ...flags }: InitFlags): Promise<ProjectPlan> {
  const { agent = "procedure", verifier = "exact" } = flags;
  if (!agentKinds.includes(agent.split(":")[0] ?? ""))
    throw new SettingsError("agent", `Unknown agent "${agent}". Choose one of: ${agentKinds.join(", ")}.`);
  if (skillName !== undefined && skillName !== nameFrom(skillName)) {
    const message = `"${skillName}" is not a valid skill name. Use lower-case letters, digits and hyphens, such as ${nameFrom(skillName)}.`;
    throw new SettingsError("skill-name", message);
  }
  if (tasks !== undefined) await readTasks(tasks);
  if (skill !== undefined) await readProgram(skill);
  const name = skillName ?? (tasks === undefined ? "messages" : taskSetName(tasks));
  return { folder, name, skill, tasks, agent, analyst: analystFor(agent, flags.analyst), verifier };
}

/** The statistical analyst writes for the procedure agent alone; what a model answers, it can study too. */
function analystFor(agent: string, analyst: string | undefined): string {
  const model = /^(?:chat|tools):(.+)$/s.exec(agent)?.[1];
  const found = analyst ?? (agent === "procedure" ? "statistical" : model);
  if (found !== undefined) return found;
  const message = `The agent ${agent} needs a model as analyst. Give one, such as --analyst gpt-5.`;
  throw new SettingsError("analyst", message);
}

function nextCommands({ folder, name, tasks, agent }: ProjectPlan): string[] {
  return [
    ...(folder === "." ? [] : [`cd ${folder}`]),
    ...(agent === "procedure" ? [] : ["skillgraph doctor", "skillgraph optimize --dry-run"]),
    "skillgraph optimize",
    `skillgraph show ${tasks === undefined ? name : taskSetName(tasks)}-1 --diff`,
  ];
}

function describe({ folder }: ProjectPlan, { made, kept, unignored }: ProjectFiles, next: readonly string[]): string {
  const lines = [
    ...made.map((file) => `created  ${file}`),
    ...kept.map((file) => `kept     ${file}, which already existed`),
    ...(unignored.length === 0 ? [] : [`Add to .gitignore: ${unignored.join(" ")}`]),
    `The project in ${folder} is ready. Next:`,
    ...next.map((command) => `  ${pc.bold(command)}`),
  ];
  return `${lines.join("\n")}\n`;
}
