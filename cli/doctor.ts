import { claudeCode } from "../agents/command/claude-code.ts";
import { codex } from "../agents/command/codex.ts";
import { opencode } from "../agents/command/opencode.ts";
import { look, ok, type Check } from "../runs/doctor/check.ts";
import { checkBubblewrap, checkNode, checkProcesses, checkProgram } from "../runs/doctor/machine.ts";
import { checkModel } from "../runs/doctor/model.ts";
import { checkSkills } from "../runs/doctor/skill.ts";
import { checkNoise } from "../runs/doctor/noise.ts";
import { checkStore } from "../runs/doctor/store.ts";
import { checkTasks, type TaskParts } from "../runs/doctor/tasks.ts";
import { counted } from "../runs/words.ts";
import { readProgram } from "../readers/skill.ts";
import { readTasks } from "../readers/tasks.ts";
import { SettingsError } from "../state/errors.ts";
import { stdoutColors as pc } from "./terminal/colors.ts";
import { exitCodes } from "./terminal/failure.ts";
import { agentNamed, analystNamed, namesIn, nameOf, verifierNamed, type PartChoices } from "./parts/parts.ts";
import { readRubric } from "./parts/rubric.ts";
import { openStoreFor } from "./parts/store.ts";
import { print, printJson } from "./terminal/door.ts";

export interface DoctorFlags extends PartChoices {
  skill?: string;
  strict: boolean;
  tasks?: string;
  call: boolean;
  noise?: number | true;
  concurrency: number;
  store: string;
  json?: boolean;
}

/** Agents that are programs of their own. */
const presets = [claudeCode, codex, opencode];
const git = {
  name: "git",
  install: "Install it with your package manager, such as apt-get install git.",
  isNeeded: false,
};

/** Looks at all that a run with these parts would need. 1 where there is a problem. */
export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  const { call, skill, store, strict, tasks } = flags;
  const environment = process.env;
  const [agent = ""] = nameOf(flags.agent).split(/[:?]/);
  const parts: TaskParts = {};
  const readVerifier = async () =>
    (parts.verifier = await verifierNamed(flags.verifier, readRubric(flags.rubric).rubric));
  const readAnalyst = async () => (parts.analyst = await analystNamed(flags.analyst, flags.agent));
  const machine = await Promise.all([
    look("node", () => checkNode()),
    look("git", () => checkProgram(git)),
    look("bubblewrap", () => checkBubblewrap(nameOf(flags.verifier).startsWith("command:"))),
    look("processes", () => checkProcesses()),
    ...presets.map(({ name, program, install }) =>
      look(program, () => checkProgram({ name: program, install, isNeeded: agent === name })),
    ),
    ...modelsOf(flags).map((name) => look(`model ${name}`, () => checkModel({ name, environment, call }))),
    look("agent", async () => part("agent", await agentNamed(flags.agent))),
    look("analyst", async () => part("analyst", await readAnalyst())),
    look("verifier", async () => part("verifier", await readVerifier())),
    look("store", () => checkStore(store)),
  ]);
  const read = skill === undefined ? [] : await look("skill", () => checkSkills(skill, { strict }));
  const rest = tasks === undefined ? [] : await look("tasks", () => checkTasks(tasks, parts));
  const noise = flags.noise === undefined ? [] : await look("noise", () => measureNoise(flags, flags.noise));
  return report([...machine.flat(), ...read, ...rest, ...noise], flags.json === true);
}

/** Train tasks for a first impression of the noise [R]. */
const usualNoise = 40;

async function measureNoise(flags: DoctorFlags, size: DoctorFlags["noise"]): Promise<Check[]> {
  const { tasks, skill, concurrency } = flags;
  if (tasks === undefined) throw new SettingsError("noise", "--noise requires --tasks.");
  const { store, close } = await openStoreFor(flags.store);
  try {
    return await checkNoise({
      tasks: await readTasks(tasks),
      program: skill === undefined ? null : await readProgram(skill),
      agent: await agentNamed(flags.agent),
      verifier: await verifierNamed(flags.verifier, readRubric(flags.rubric).rubric),
      size: typeof size === "number" ? size : usualNoise,
      store,
      concurrency,
    });
  } finally {
    await close();
  }
}

const part = (kind: string, { fingerprint }: { fingerprint: string }): Check[] => [ok(kind, fingerprint)];

/** The models in the names of parts: `chat:M`, `tools:M`, `judge:M`, `checklist:M`, and an analyst that is none of ours. */
function modelsOf(choices: PartChoices): string[] {
  const { agent, analyst, verifier } = namesIn(choices);
  const named = [
    /^(?:chat|tools):(.+)/s.exec(agent ?? "")?.[1],
    /^(?:judge|checklist):(.+)/s.exec(verifier ?? "")?.[1],
  ];
  const study =
    analyst === null || ["statistical", "random"].includes(analyst) ? undefined : analyst.replace(/^model:/, "");
  return [...new Set([...named, study].filter((name) => name !== undefined))];
}

const colorOf = { ok: pc.green, warning: pc.yellow, problem: pc.red };

function report(checks: readonly Check[], json: boolean): number {
  const count = (status: Check["status"]) => checks.filter((check) => check.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (json) printJson({ problems, warnings, checks });
  else print(`${checks.map(lineOf).join("")}${counted(problems, "problem")}, ${counted(warnings, "warning")}\n`);
  return problems === 0 ? exitCodes.finished : exitCodes.failure;
}

function lineOf({ name, status, text, advice }: Check): string {
  const start = `${colorOf[status](status.padEnd(7))}  ${name.padEnd(10)}  `;
  const next = advice === null ? "" : `${" ".repeat(21)}${advice}\n`;
  return `${start}${text}\n${next}`;
}
