import type { TaskAgent } from "../../../agents/agent.ts";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { createSkillFolder, SKILL_FILE, type SkillFolder } from "../../../skills/folder.ts";
import { relativeLinks, resolveLink } from "../../../skills/links.ts";
import type { Brain, BrainCall, BrainMessage, BrainRequest } from "./brain.ts";

/**
 * A simulated model: follows the skill in the system message on what the user asks, as an embedded agent does. Where skills
 * are only listed, it reads those that speak of the question, then the files they link, and follows what it has read. The
 * question's own text is its id, since a request holds no other.
 */
export function createSkillFollower(agent: TaskAgent = createProcedureAgent()): Brain {
  return async function follow({ messages, tools }) {
    const system = textOfRole(messages, "system");
    const input = textOfRole(messages, "user").replace(/\n\n<available_files>[\s\S]*$/, "");
    const isListed = system.includes("<available_skills>");
    const wanted = isListed ? unread(system, input, messages) : [];
    if (wanted.length > 0)
      return { text: "", calls: wanted.map((path, index) => callOf(tools, path, { messages, index })) };
    const skills = isListed ? skillsRead(messages) : [skillOf("skill", system)];
    const { signal } = new AbortController();
    const { text } = await agent.answer({ id: input, input }, skills, { sample: 0, signal });
    return { text };
  };
}

function textOfRole(messages: readonly BrainMessage[], role: BrainMessage["role"]): string {
  return messages
    .filter((message) => message.role === role)
    .map(({ text }) => text)
    .join("\n\n");
}

/** Files worth reading that were not asked for yet: main files of skills first, then what those link. */
function unread(system: string, input: string, messages: readonly BrainMessage[]): string[] {
  const read = filesRead(messages);
  const linked = [...read].flatMap(([path, text]) => {
    const folder = path.replace(/[^/]*$/, "");
    return relativeLinks(text).flatMap(({ target }) => resolveLink(`${folder}${target}`) ?? []);
  });
  return [...new Set([...fittingSkills(system, input), ...linked])].filter((path) => !read.has(path));
}

/** The listed skills that share a long word with the question; all of them where none does. */
function fittingSkills(system: string, input: string): string[] {
  const entries = [...system.matchAll(/<skill>([\s\S]*?)<\/skill>/g)].map(([, entry = ""]) => ({
    location: /<location>(.*?)<\/location>/.exec(entry)?.[1] ?? "",
    words: longWords(/<description>([\s\S]*?)<\/description>/.exec(entry)?.[1] ?? ""),
  }));
  const asked = longWords(input);
  const fitting = entries.filter(({ words }) => [...words].some((word) => asked.has(word)));
  return (fitting.length === 0 ? entries : fitting).map(({ location }) => location);
}

function longWords(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);
}

/** What was read so far, by path, in the order it was asked for. */
function filesRead(messages: readonly BrainMessage[]): Map<string, string> {
  const given = new Map(messages.map(({ answers, text }) => [answers, text]));
  const calls = messages.flatMap(({ calls: made = [] }) => made);
  return new Map(calls.map((call) => [pathIn(call), given.get(call.id) ?? ""]));
}

function pathIn(call: BrainCall): string {
  return String(Object.values(JSON.parse(call.arguments) as Record<string, unknown>)[0]);
}

/** Each skill with all that was read of it as one text: rules of a linked file count like its own. */
function skillsRead(messages: readonly BrainMessage[]): SkillFolder[] {
  const texts = new Map<string, string>();
  for (const [path, text] of filesRead(messages)) {
    const name = path.split("/").at(1) ?? "skill";
    texts.set(name, [texts.get(name), text].filter((part) => part !== undefined).join("\n\n"));
  }
  return [...texts].map(([name, text]) => skillOf(name, text));
}

function skillOf(name: string, text: string): SkillFolder {
  return createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
}

/** A call of whatever tool reads files here, its first parameter the path. */
function callOf(
  tools: BrainRequest["tools"],
  path: string,
  { messages, index }: { messages: readonly BrainMessage[]; index: number },
): BrainCall {
  const tool = tools.find(({ name }) => /read/i.test(name));
  if (tool === undefined) throw new Error(`Nothing among the tools reads ${path}.`);
  const { properties } = tool.parameters as { properties: Record<string, unknown> };
  const [parameter = "path"] = Object.keys(properties);
  return { id: `call-${messages.length}-${index}`, name: tool.name, arguments: JSON.stringify({ [parameter]: path }) };
}
