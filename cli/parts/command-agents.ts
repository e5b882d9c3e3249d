import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { TaskAgent } from "../../agents/agent.ts";
import { createCommandAgent } from "../../agents/command/command-agent.ts";
import type { PresetOptions } from "../../agents/command/preset.ts";
import { keyIn, parseAddress } from "../../models/server.ts";
import { settingIn } from "../../state/bare.ts";
import { SettingsError } from "../../state/errors.ts";
import { isSecretName } from "../../stores/secrets.ts";
import { shortestSecret } from "../../stores/secret-forms.ts";
import { splitWords } from "./words.ts";

/** Where an installed agent takes its key and its base URL from: variables of the environment, the first that is set. */
export interface AgentVariables {
  keys: readonly string[];
  baseUrl: string;
}

const trueOrFalse = [/^(true|false)$/, "true or false"] as const;

/** What may be chosen on the command line for an agent that is a command, and how it is written. */
const options = {
  skill: [/^(forced|triggered)$/, "forced or triggered"],
  write: trueOrFalse,
  seconds: [/^\d+$/, "an integer"],
  emptyAnswer: trueOrFalse,
  answerFile: [/./, "a path in its working folder"],
} as const;
type Option = keyof typeof options;

/** NAME=VALUE&NAME=VALUE, each of them one that the agent has. */
function optionsIn<Name extends Option>(query: string, known: readonly Name[]): Partial<Record<Name, string>> {
  const given = Object.fromEntries(new URLSearchParams(query));
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name as Name))
      throw optionError(name, `known options are ${known.slice(0, -1).join(", ")} and ${known.at(-1)}`);
    const [form, expected] = options[name as Name];
    if (!form.test(value)) throw optionError(name, `expected ${expected}`);
  }
  return given as Partial<Record<Name, string>>;
}

/** MODEL?skill=triggered&write=true&seconds=900&emptyAnswer=true, every part of which may be left out. */
export function presetOptions(argument: string | undefined, { keys, baseUrl: place }: AgentVariables): PresetOptions {
  const [model = "", query = ""] = (argument ?? "").split(/\?(.*)/s);
  const { skill, write, seconds, emptyAnswer } = optionsIn(query, ["skill", "write", "seconds", "emptyAnswer"]);
  const address = settingIn(process.env, place);
  const baseUrl = address === undefined ? undefined : parseAddress(address, place).url;
  const key = keys.find((name) => keyIn(process.env, name) !== undefined);
  return {
    model: model === "" ? undefined : model,
    baseUrl,
    // A server of one's own may need none; without one the agent's usual key is asked for.
    key: key ?? (baseUrl === undefined ? undefined : null),
    skill: skill as PresetOptions["skill"],
    write: write === "true",
    seconds: seconds === undefined ? undefined : Number(seconds),
    emptyAnswer: emptyAnswer === "true",
  };
}

function optionError(name: string, problem: string): SettingsError {
  return new SettingsError("agent", `Invalid agent option "${name}": ${problem}.`);
}

/**
 * [?OPTION=VALUE&...] [NAME=VALUE ...] PROGRAM [WORD ...], split as a shell does, but run by none. A value `$NAME` hands that variable on;
 * `{input}` is the question, `{prompt}` an order to follow the skill and the question, which go to stdin without either. Files
 * are taken from the current folder, and what stands in them is part of the fingerprint.
 */
export function commandNamed(argument: string | undefined): TaskAgent {
  const given = splitWords(argument ?? "");
  const query = given[0]?.startsWith("?") === true ? given.shift()?.slice(1) : undefined;
  const { seconds, emptyAnswer, answerFile } = optionsIn(query ?? "", ["seconds", "emptyAnswer", "answerFile"]);
  const start = given.findIndex((word) => !/^\w+=/.test(word));
  const command = start === -1 ? [] : given.slice(start);
  if (command.length === 0) {
    throw new SettingsError(
      "agent",
      "The command after \"command:\" is missing. Give one, such as 'command:my-agent --quiet'.",
    );
  }
  const variables = given.slice(0, start).map((word) => word.split(/=(.*)/s));
  const [pass, set]: [string[], Record<string, string>] = [[], {}];
  for (const [name = "", value = ""] of variables) {
    if (value === `$${name}`) pass.push(name);
    else set[name] = literal(name, value);
  }
  const isTriggered = command.some((word) => word.includes("{input}"));
  const files = command.map(fileNamed);
  const contents = files.flatMap((file) => (file === undefined ? [] : [file.hash]));
  return createCommandAgent({
    fingerprint: ["command@1", argument?.trim(), ...contents].join(" "),
    command: command.map((word, index) => files[index]?.path ?? word.replaceAll("{input}", "{prompt}")),
    skill: isTriggered ? "triggered" : "forced",
    pass,
    set,
    emptyAnswer: emptyAnswer === "true",
    ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
    ...(answerFile === undefined ? {} : { answerFile }),
  });
}

/** The command is stored with the run, as it is needed to go on. */
function literal(name: string, value: string): string {
  if (!isSecretName(name) || value.length < shortestSecret) return value;
  throw new SettingsError(
    "agent",
    `The value of ${name} would be stored with the run. Export the variable, and write ${name}=$${name} in single quotes in its place.`,
  );
}

/** The file a word names from here: commands run in a folder of their own. A bare word is left to the PATH. */
function fileNamed(word: string, index: number): { path: string; hash: string } | undefined {
  if (index === 0 && !word.includes("/")) return undefined;
  const path = resolve(word);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return { path, hash: createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16) };
}
