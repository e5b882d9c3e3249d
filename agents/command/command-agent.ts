import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isSingleText, type SkillFolder } from "../../skills/folder.ts";
import { pathProblem } from "../../skills/paths.ts";
import { quote } from "../../skills/shorten.ts";
import { PartError, ProviderError, SettingsError, SkillgraphError } from "../../state/errors.ts";
import { askHost, complaintIn, hostErrorOf } from "../../state/host-fault.ts";
import type { Answer, TraceStep } from "../../state/task.ts";
import { isSecretName, keepPassed, keepSecret } from "../../stores/secrets.ts";
import type { TaskAgent } from "../agent.ts";
import { frontmatterOf } from "../catalogue.ts";
import { promptFor, type SkillMode } from "./prompt.ts";
import { lastLines, runCommand, type CommandResult } from "./run-command.ts";
import { readPlainText, type Observation, type ReadStream } from "./stream.ts";
import { sweepOnce } from "../../processes/claim.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface CommandAgentOptions {
  /**
   * Names everything that can change an answer: the command and its version, its model, its options, `skill`. The agent
   * cannot see this for itself.
   */
  fingerprint: string;
  /** The program and its arguments, run in the workspace. `{prompt}` in an argument is the prompt; without it stdin is. */
  command: readonly string[];
  /** Whether the prompt orders the agent to follow the skill (the default), or is the question alone. */
  skill?: SkillMode;
  /** Names of variables handed on from this process; beside PATH, the command sees no others. Their values are secrets. */
  pass?: readonly string[];
  /** Variables with their values, which are secrets where their names say so. */
  set?: Readonly<Record<string, string>>;
  /** What reads stdout; by default all of it is the answer. */
  read?: ReadStream;
  /** A file of the workspace that holds the answer, in place of what the command says. */
  answerFile?: string;
  /** Files of the workspace that are kept in the trace, as `{ event: "file", path, text }`. */
  keepFiles?: readonly string[];
  /** Seconds a rollout may take. */
  seconds?: number;
  /** Whether nothing can be an answer. Without this a command that ends well and says nothing makes the rollout missing. */
  emptyAnswer?: boolean;
  /** Bytes the command may say, and a file may have. */
  maxOutput?: number;
  /** What to run where the command is missing. */
  install?: string | undefined;
}

type Settled = CommandAgentOptions & Required<Pick<CommandAgentOptions, "skill" | "read" | "seconds" | "maxOutput">>;

/**
 * Any command as an agent: each rollout has a workspace and a HOME of its own, with the skills in `.agents/skills` and
 * `.claude/skills` and the files of the question beside them. An exit other than 0, no answer, a time limit and too much output
 * make the rollout missing; a missing command, a provider that refuses the key and a fault of the host pause the run.
 */
export function createCommandAgent(options: CommandAgentOptions): TaskAgent {
  const settled: Settled = {
    ...options,
    skill: options.skill ?? "forced",
    read: options.read ?? readPlainText,
    seconds: options.seconds ?? 600,
    maxOutput: options.maxOutput ?? 10_000_000,
  };
  check(settled);
  // What a killed process left is cleared even where this one finds all its answers in the ledger.
  void sweepOnce().catch(() => undefined);
  return {
    fingerprint: settled.fingerprint,
    async answer({ input, files }, skills, { signal }) {
      const workspace = await openWorkspace(skills, files);
      try {
        const prompt = promptFor(input, skills, settled.skill);
        const result = await runCommand({
          ...settled,
          command: settled.command.map((word) => word.replaceAll("{prompt}", () => prompt)),
          folder: workspace.folder,
          claim: workspace.claim,
          environment: environmentOf(settled, workspace),
          input: settled.command.some((word) => word.includes("{prompt}")) ? "" : prompt,
          maxBytes: settled.maxOutput,
          signal,
        }).finally(() => workspace.claim.refuseFullDisk());
        return await answerOf(result, { settled, workspace, skills });
      } finally {
        await workspace.close();
      }
    },
  };
}

function check({
  fingerprint,
  command,
  pass = [],
  set = {},
  answerFile,
  keepFiles = [],
  seconds,
  maxOutput,
}: Settled): void {
  if (command[0] === undefined || command[0] === "")
    throw new SettingsError("command", "The command is empty; give a program.");
  const unset = pass.find((name) => process.env[name] === undefined);
  if (unset !== undefined) {
    throw new SettingsError(
      "pass",
      `${fingerprint} needs the environment variable ${unset}. Export it, or set it in .env.`,
    );
  }
  for (const name of pass) keepPassed(name, process.env[name]);
  for (const [name, value] of Object.entries(set)) if (isSecretName(name)) keepSecret(name, value);
  for (const path of [...(answerFile === undefined ? [] : [answerFile]), ...keepFiles]) {
    const problem = pathProblem(path);
    if (problem !== undefined)
      throw new SettingsError("files", `The file ${quote(path)} cannot be read back: ${problem}.`);
  }
  if (!(seconds > 0 && seconds <= 86_400))
    throw new SettingsError("seconds", `The time limit is ${seconds} s; it must be from 1 to 86400.`);
  if (!(maxOutput > 0))
    throw new SettingsError("maxOutput", `The output limit is ${maxOutput} bytes; it must be at least 1.`);
}

function environmentOf({ pass = [], set = {} }: Settled, { home, temporary }: Workspace) {
  const passed = pass.map((name) => [name, process.env[name] ?? ""] as const);
  return { PATH: process.env["PATH"] ?? "", ...Object.fromEntries(passed), ...set, HOME: home, TMPDIR: temporary };
}

interface Place {
  settled: Settled;
  workspace: Workspace;
  skills: readonly SkillFolder[];
}

async function answerOf({ stdout, stderr, code }: CommandResult, place: Place): Promise<Answer> {
  const { settled, workspace, skills } = place;
  const observed = settled.read(withoutPaths(stdout, workspace));
  const { failure, ...answer } = observed;
  if (failure !== undefined && isRefusal(failure))
    throw new ProviderError(`${settled.command[0]}: ${failure.message}`, failure);
  if (code !== 0 || failure !== undefined) refuseComplaint(stderr, place);
  if (code !== 0)
    throw new Error(`${settled.command[0]} ended with ${exitOf(code)}.${reasonOf(observed, stderr, workspace)}`);
  if (failure !== undefined) throw new Error(`${settled.command[0]} returned no answer: ${failure.message}`);
  const read = (path: string) => fileStep(path, place);
  const kept = await Promise.all((settled.keepFiles ?? []).map(read));
  const written = settled.answerFile === undefined ? undefined : await read(settled.answerFile);
  const text = written === undefined ? answer.text : String(written["text"]).trim();
  if (text.trim() === "" && settled.emptyAnswer !== true) throw silenceOf(stderr, place);
  return { ...answer, text, used: usedOf(answer.used, skills), trace: [...answer.trace, ...kept] };
}

/** A command that fails as the host let it down says so last; nothing of it is an answer, or a failure of the task. */
function refuseComplaint(stderr: string, { settled, workspace }: Place): void {
  const code = complaintIn(stderr);
  if (code === undefined) return;
  const cause = Object.assign(new Error(lastLines(withoutPaths(stderr, workspace)).trim()), { code });
  throw hostErrorOf(cause, {
    doing: `complete an operation of ${settled.command[0]}`,
    place: workspace.root,
    hasBegun: true,
  });
}

function silenceOf(stderr: string, place: Place): Error {
  refuseComplaint(stderr, place);
  const { command, answerFile } = place.settled;
  const where = answerFile === undefined ? "stdout was empty" : `it wrote nothing to ${answerFile}`;
  const reason = lastLines(withoutPaths(stderr, place.workspace));
  return new Error(
    `${command[0]} exited with code 0 but returned no answer: ${where}. If an empty answer is valid, set emptyAnswer.${reason}`,
  );
}

/** A text as program is in the context of an agent without being read. Some agents call a skill by the name in its frontmatter. */
function usedOf(read: readonly string[], skills: readonly SkillFolder[]): string[] {
  const names = new Set(read);
  const isRead = (skill: SkillFolder) => {
    const name = frontmatterOf(skill).fields?.["name"];
    return names.has(skill.name) || (name !== undefined && names.has(String(name)));
  };
  return skills.filter((skill) => isSingleText(skill) || isRead(skill)).map(({ name }) => name);
}

/** A key that is refused, an account that is empty, a model or place that does not exist: no task is to blame. */
function isRefusal({ status }: { status?: number | undefined }): boolean {
  return status !== undefined && [401, 402, 403, 404].includes(status);
}

function exitOf(code: number | null): string {
  return code === null ? "a signal" : `exit code ${code}`;
}

function reasonOf({ failure }: Observation, stderr: string, workspace: Workspace): string {
  return failure === undefined ? lastLines(withoutPaths(stderr, workspace)) : ` Its error: ${failure.message}`;
}

/** Paths of a workspace differ from rollout to rollout and say nothing. */
function withoutPaths(text: string, { root, folder }: Workspace): string {
  return text.replaceAll(`${folder}/`, "").replaceAll(root, "/workspace");
}

/** A file the command left; one that it did not write is empty. Links are not followed out. One that cannot be read is its fault. */
async function fileStep(path: string, { settled, workspace }: Place): Promise<TraceStep> {
  const program = settled.command[0];
  const place = join(workspace.folder, path);
  const missing = { event: "file-missing", path, text: "" };
  const asked = { doing: `read ${path} of a rollout`, place: workspace.root, hasBegun: true };
  return askHost(asked, async () => {
    const found = await lstat(place).catch(whereNothingIs);
    if (found?.isFile() !== true || (await realpath(place)) !== place) return missing;
    if (found.size <= settled.maxOutput) return { event: "file", path, text: await readFile(place, "utf8") };
    throw new PartError(
      `The file ${quote(path)} has more than ${settled.maxOutput} bytes; raise maxOutput if that is intended.`,
    );
  }).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof SkillgraphError) throw error;
    // Its message would have the path of this one workspace.
    throw new PartError(`The file ${quote(path)} cannot be read after ${program} has finished (${error.code}).`, {
      cause: error,
    });
  });
}

function whereNothingIs(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
