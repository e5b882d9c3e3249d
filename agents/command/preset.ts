import { dollarsOf, priceOf, pricesIn } from "../../models/prices.ts";
import { SettingsError } from "../../state/errors.ts";
import { keepSecret } from "../../stores/secrets.ts";
import type { TaskAgent } from "../agent.ts";
import { createCommandAgent, type CommandAgentOptions } from "./command-agent.ts";
import type { SkillMode } from "./prompt.ts";
import { runCommand } from "./run-command.ts";
import { openWorkspace } from "./workspace.ts";

/** What is chosen for an installed agent; what is left out is the agent's own default. */
export interface PresetOptions {
  model?: string | undefined;
  /** Where its model is asked, as the agent's provider documents it. */
  baseUrl?: string | undefined;
  /** The name of the environment variable with the key; null for a server that needs none. */
  key?: string | null | undefined;
  /** Names of more variables to hand on, such as those of a proxy. */
  pass?: readonly string[] | undefined;
  skill?: SkillMode | undefined;
  /** Whether it may write files and run commands in its workspace; without, it may read. */
  write?: boolean | undefined;
  /** Seconds a rollout may take. */
  seconds?: number | undefined;
  /** Whether nothing can be an answer. */
  emptyAnswer?: boolean | undefined;
}

/** An agent that is installed as a command, as far as it differs from others. */
export interface Preset {
  name: string;
  program: string;
  install: string;
  /** The usual variable with its key. */
  key: string;
  read: NonNullable<CommandAgentOptions["read"]>;
  /** Arguments and variables for these options; `key` is the variable to take the key from. */
  arrange(options: PresetOptions & { key: string | null }): {
    words: readonly string[];
    set: Readonly<Record<string, string>>;
  };
}

/** The agent of a preset. Asks the command for its version, which is part of the fingerprint; throws where it is missing. */
export async function createPresetAgent(preset: Preset, options: PresetOptions): Promise<TaskAgent> {
  const { model, baseUrl, skill = "forced", write = false, pass = [], seconds, emptyAnswer = false } = options;
  const key = options.key === undefined ? preset.key : options.key;
  const { words, set } = preset.arrange({ ...options, key });
  const version = await installedVersion(preset);
  const choices = [
    `model ${model ?? "default"}`,
    `skill ${skill}`,
    ...(write ? ["write"] : []),
    ...(emptyAnswer ? ["empty answers"] : []),
  ];
  const place = baseUrl === undefined ? [] : [`at ${shownAddress(baseUrl)}`];
  return createCommandAgent({
    fingerprint: `${preset.name}@1 ${version} (${[...choices, ...place].join(", ")})`,
    command: [preset.program, ...words],
    skill,
    pass: [...pass, ...(key === null ? [] : [key])],
    set,
    read: priced(preset.read, model),
    install: preset.install,
    emptyAnswer,
    ...(seconds === undefined ? {} : { seconds }),
  });
}

/** An agent that reports tokens but no cost, such as Codex, is priced by the price table of its model. */
function priced(read: Preset["read"], model: string | undefined): Preset["read"] {
  const name = model?.split("/").at(-1);
  const price = name === undefined ? null : priceOf(name, pricesIn(process.env));
  return (stdout) => {
    const observed = read(stdout);
    const { cost } = observed;
    return cost.usd > 0 ? observed : { ...observed, cost: { ...cost, usd: dollarsOf(cost, price) } };
  };
}

const versions = new Map<string, Promise<string>>();

/** What `PROGRAM --version` says, asked once in a process. */
function installedVersion({ program, install }: Preset): Promise<string> {
  const known = versions.get(program) ?? readVersion(program, install);
  versions.set(program, known);
  known.catch(() => versions.delete(program));
  return known;
}

async function readVersion(program: string, install: string): Promise<string> {
  const workspace = await openWorkspace();
  const { home, folder, claim } = workspace;
  try {
    const { stdout, stderr, code } = await runCommand({
      command: [program, "--version"],
      folder,
      claim,
      environment: { PATH: process.env["PATH"] ?? "", HOME: home },
      input: "",
      seconds: 60,
      maxBytes: 10_000,
      signal: new AbortController().signal,
      install,
    });
    const version = /(?<!\d)\d+\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0];
    if (code === 0 && version !== undefined) return version;
    const said = (stdout + stderr).trim().slice(0, 200);
    throw new SettingsError(
      "agent",
      `"${program} --version" printed no version, but: ${said}. Install it again: ${install}.`,
    );
  } finally {
    await workspace.close();
  }
}

/** As a fingerprint has it, which is stored and printed; what lets one in is a secret. */
function shownAddress(url: string): string {
  if (!URL.canParse(url))
    throw new SettingsError(
      "baseUrl",
      "The base URL is not a valid URL; expected one such as http://localhost:8000/v1. It is not shown here because it may contain a password.",
    );
  keepSecret("login of the base URL", url);
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
