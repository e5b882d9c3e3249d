import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { SettingsError } from "../state/errors.ts";
import { Json } from "../state/json.ts";

const most = { bytes: 5_000_000, tools: 500, description: 4_000 };

const Named = z.object({
  name: z.string().min(1).max(200),
  description: z.string().max(most.description).default(""),
  parameters: Json.optional(),
  inputSchema: Json.optional(),
  input_schema: Json.optional(),
});
const Tool = z.union([z.object({ type: z.literal("function"), function: Named }), Named]);
const Tools = z.union([z.array(Tool), z.object({ tools: z.array(Tool) })]);

/** A tool of a list: `parameters` is a JSON schema of its arguments, null where there is none. */
interface ListedTool {
  name: string;
  description: string;
  parameters: Json;
}

/**
 * Reads a list of tools: a JSON file with a list, or an object with the list as `tools`, in the form of function calling, of MCP, or plain with
 * `name`, `description` and `parameters`. Throws a SettingsError that says what is wrong.
 */
export async function readToolList(path: string): Promise<ListedTool[]> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > most.bytes) throw refused(`${path} has ${size} bytes; at most 5 MB are read.`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    throw refused(`The tools at ${path} cannot be read: ${String(cause)}. Give a JSON file.`, cause);
  }
  return parseToolList(text, path);
}

/** As `readToolList`, from the text of a file. */
export function parseToolList(text: string, path: string): ListedTool[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(`${path} is not JSON: ${String(cause)}. Give a list such as ${example}.`, cause);
  }
  const parsed = Tools.safeParse(value);
  if (!parsed.success) throw refused(`${path} is not a list of tools. Give a list such as ${example}.`);
  const list = Array.isArray(parsed.data) ? parsed.data : parsed.data.tools;
  if (list.length > most.tools)
    throw refused(`${path} has ${list.length} tools; at most ${most.tools} are read. Give those that the agent has.`);
  const tools = list.map((tool): ListedTool => {
    const { name, description, ...schemas } = "function" in tool ? tool.function : tool;
    return { name, description, parameters: schemas.parameters ?? schemas.inputSchema ?? schemas.input_schema ?? null };
  });
  const twice = tools.find(({ name }, index) => tools.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw refused(`${path} lists the tool "${twice.name}" twice. Keep one of them.`);
  return tools;
}

const example = '[{"name": "...", "description": "...", "parameters": {...}}]';

function refused(message: string, cause?: unknown): SettingsError {
  return new SettingsError("tools", message, { cause });
}
