import type { Readable, Writable } from "node:stream";
import { cancel, intro, isCancel, outro, select, text } from "@clack/prompts";
import type { InitFlags } from "./init.ts";

interface Terminal {
  input: Readable;
  output: Writable;
}

/** Asks for what the flags so far do not say. Undefined where its user gives up. */
type Question = (flags: InitFlags, terminal: Terminal) => Promise<InitFlags | undefined>;

const agents = [
  { value: "procedure", label: "the embedded agent", hint: "no model, no key; for trying it out" },
  { value: "chat", label: "a chat model", hint: "OpenAI or a compatible server" },
  { value: "tools", label: "a model with tools", hint: "the same" },
  { value: "claude-code", label: "Claude Code", hint: "installed here" },
  { value: "codex", label: "Codex", hint: "installed here" },
  { value: "opencode", label: "opencode", hint: "installed here" },
];

const askAgent: Question = async ({ agent }, terminal) => {
  if (agent !== undefined) return {};
  const kind = await select({ message: "Which agent answers the tasks?", options: agents, ...terminal });
  if (isCancel(kind)) return undefined;
  if (kind === "procedure") return { agent: kind };
  const isNeeded = kind === "chat" || kind === "tools";
  const message = isNeeded ? "Which model?" : "Which model? (empty for the agent's default)";
  const model = await line({ message, isNeeded, placeholder: isNeeded ? "gpt-5-mini" : "" }, terminal);
  return model === undefined ? undefined : { agent: model === "" ? kind : `${kind}:${model}` };
};

const askAnalyst: Question = async ({ agent = "", analyst }, terminal) => {
  if (analyst !== undefined || /^(?:procedure$|chat:|tools:)/.test(agent)) return {};
  const message = "Which model analyzes the failures?";
  const model = await line({ message, isNeeded: true, placeholder: "gpt-5" }, terminal);
  return model === undefined ? undefined : { analyst: model };
};

const askTasks: Question = async ({ tasks }, terminal) => {
  if (tasks !== undefined) return {};
  const message = "Where are your tasks? (a JSONL file or a folder; empty for starter tasks)";
  const path = await line({ message, isNeeded: false, placeholder: "tasks.jsonl" }, terminal);
  return path === undefined ? undefined : path === "" ? {} : { tasks: path };
};

const askSkill: Question = async ({ skill, skillName }, terminal) => {
  if (skill !== undefined || skillName !== undefined) return {};
  const message = "Where is the skill to improve? (a folder or file; empty to create one)";
  const path = await line({ message, isNeeded: false, placeholder: "skills/mine" }, terminal);
  return path === undefined ? undefined : path === "" ? {} : { skill: path };
};

/** Asks on stderr, as stdout is for results; undefined where its user gives up. */
export async function ask(
  flags: InitFlags,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<InitFlags | undefined> {
  intro("New skillgraph project", terminal);
  let known = flags;
  for (const question of [askAgent, askAnalyst, askTasks, askSkill]) {
    const answer = await question(known, terminal);
    if (answer === undefined) {
      cancel("Nothing was written.", terminal);
      return undefined;
    }
    known = { ...known, ...answer };
  }
  outro("Done.", terminal);
  return known;
}

interface Line {
  message: string;
  placeholder: string;
  isNeeded: boolean;
}

async function line({ message, placeholder, isNeeded }: Line, terminal: Terminal): Promise<string | undefined> {
  const validate = (value = "") => (isNeeded && value.trim() === "" ? "Enter a name." : undefined);
  const answer = await text({ message, placeholder, validate, ...terminal });
  // An empty answer comes as undefined.
  return isCancel(answer) ? undefined : (answer ?? "").trim();
}
