import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { createSkillFolder, SKILL_FILE } from "../../../skills/folder.ts";
import type { Brain, BrainCall, BrainMessage, BrainRequest } from "./brain.ts";

/**
 * The simulated model inside a command-line agent. It uses the agent's own tools to read a skill where the prompt orders it,
 * or where a long word of the task stands in the description of a skill the agent lists, and then follows the skill word by
 * word, as the procedure agent does. Without a skill it does not know the answer.
 */
export function createAgentBrain(): Brain {
  const procedure = createProcedureAgent();
  return async function follow({ messages, tools }) {
    const prompt = promptIn(messages);
    const task = prompt.split(/^Task:\n/m).at(-1) ?? "";
    const skill = skillIn(messages);
    if (skill !== undefined) {
      const { signal } = new AbortController();
      const { text } = await procedure.answer({ id: "", input: task.trim() }, [skill], { sample: 0, signal });
      return { text };
    }
    const hasTried = messages.some(({ role }) => role === "tool");
    const call = hasTried ? undefined : (ordered(prompt, tools) ?? triggered(task, messages, tools));
    return call === undefined ? { text: "I do not know." } : { text: "", calls: [call] };
  };
}

/** The last thing a person said; what stands in tags was added by the agent. */
function promptIn(messages: readonly BrainMessage[]): string {
  const said = messages.filter(({ role, text }) => role === "user" && !/^\s*</.test(text) && !isSkill(text));
  return said.at(-1)?.text ?? "";
}

const isSkill = (text: string): boolean => text.startsWith("Base directory for this skill:");

/** What was read after a tool was called, without numbers of lines and what stands around it. */
function skillIn(messages: readonly BrainMessage[]) {
  const called = messages.findIndex(({ calls }) => calls !== undefined);
  if (called === -1) return undefined;
  const read = messages.slice(called).filter(({ role, text }) => role === "tool" || isSkill(text));
  const text = read.map((message) => message.text.replaceAll(/^\s*\d+(?:\t|→|\| |: )/gm, "")).join("\n");
  const body = /^# [\s\S]*?(?=^<|$(?![\s\S]))/m.exec(text)?.[0];
  if (body === undefined) return undefined;
  const whole = `---\nname: skill\ndescription: A skill.\n---\n\n${body}`;
  return createSkillFolder("skill", { [SKILL_FILE]: new TextEncoder().encode(whole) });
}

type Tools = BrainRequest["tools"];

/** "Read PATH" in the prompt is an order. */
function ordered(prompt: string, tools: Tools): BrainCall | undefined {
  const path = /\S+\/SKILL\.md|AGENTS\.md/.exec(prompt)?.[0];
  if (path === undefined) return undefined;
  return callOf(tools, { Read: { file_path: path }, read: { filePath: path }, exec_command: { cmd: `cat ${path}` } });
}

/** Skills are listed in many forms; all have name and description in one place. */
function triggered(task: string, messages: readonly BrainMessage[], tools: Tools): BrainCall | undefined {
  const listing = [
    ...messages.filter(({ role, text }) => role === "system" || /^\s*</.test(text)).map(({ text }) => text),
    ...tools.map(({ description }) => description),
  ].join("\n");
  const listed = /<name>(\S+)<\/name>\s*<description>(.*?)<\/description>|^- (?:\*\*)?([a-z0-9-]+)(?:\*\*)?: (.*)$/gm;
  for (const [, tagged, about, name = tagged ?? "", description = about ?? ""] of listing.matchAll(listed)) {
    const words = description.toLowerCase().match(/[a-z]{5,}/g) ?? [];
    if (!words.some((word) => task.toLowerCase().includes(word))) continue;
    const path = pathOf(description, listing);
    const call = callOf(tools, { Skill: { skill: name }, skill: { name }, exec_command: { cmd: `cat '${path}'` } });
    if (call !== undefined) return call;
  }
  return undefined;
}

/** Where a listed skill is; short paths begin with the name of a root, which is listed too. */
function pathOf(description: string, listing: string): string {
  const [, root = "", rest = ""] = /\(file: ([^/)]*)([^)]*)\)/.exec(description) ?? [];
  const roots = new Map([...listing.matchAll(/^- `(\w+)` = `(.*)`$/gm)].map(([, name, path]) => [name, path]));
  return `${roots.get(root) ?? root}${rest}`;
}

/** A call of the first of these tools that the agent has. */
function callOf(tools: Tools, ways: Record<string, object>): BrainCall | undefined {
  const way = Object.entries(ways).find(([tool]) => tools.some(({ name }) => name === tool));
  return way === undefined ? undefined : { id: "call_1", name: way[0], arguments: JSON.stringify(way[1]) };
}
