import type { z } from "zod";
import { pathProblem } from "../skills/paths.ts";
import { quote } from "../skills/shorten.ts";
import { hasLoneSurrogate } from "../skills/unicode.ts";
import { Task } from "../state/task.ts";

const example = '{"id": "1", "input": "...", "expected": "..."}';

/** Reads one line of a task file. Gives the task, or in words what is wrong with the line and what was expected. */
export function parseTask(text: string): Task | string {
  try {
    const value = parseJson(text);
    if (Array.isArray(value)) return `a JSON array; write one task a line, such as ${example}.`;
    if (typeof value !== "object" || value === null) return `not a JSON object; expected a task such as ${example}.`;
    const parsed = Task.safeParse(value);
    if (!parsed.success) return explain(parsed.error.issues[0], value as Record<string, unknown>);
    return idFault(parsed.data.id) ?? pathFault(parsed.data) ?? parsed.data;
  } catch (error) {
    // Values nested deeper than the stack.
    if (error instanceof RangeError) return "nested too deeply; flatten it.";
    const reason = error instanceof Error ? error.message : String(error);
    return `not valid JSON (${reason}); expected one task a line, such as ${example}.`;
  }
}

/** JSON.parse that refuses keys named `__proto__`, which records would lose in silence. */
function parseJson(text: string): unknown {
  if (!/__proto__|\\u/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) => {
    if (key === "__proto__") throw new SyntaxError('a key is named "__proto__"');
    return value;
  });
}

function explain(issue: z.core.$ZodIssue | undefined, value: Record<string, unknown>): string {
  if (issue?.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => quote(key)).join(", ");
    return `unknown key ${keys}; known are ${Object.keys(Task.shape).join(", ")}. Put what else is known under "meta".`;
  }
  const key = String(issue?.path[0]);
  const place = issue?.path.join(".");
  if (!Object.hasOwn(value, key)) return `"${key}" is missing; expected a task such as ${example}.`;
  if (value[key] === "") return `"${key}" is empty; expected a text of at least one character.`;
  return `"${place}" cannot be used (${issue?.message}); expected a task such as ${example}.`;
}

/** An id names the task in tables and keys, so it must print. */
function idFault(id: string): string | undefined {
  const unprintable = /\p{Cc}/u.test(id) || hasLoneSurrogate(id);
  return unprintable
    ? `"id" ${quote(id)} has characters that cannot be printed; expected a printable text.`
    : undefined;
}

function pathFault(task: Task): string | undefined {
  for (const path of Object.keys(task.files ?? {})) {
    const problem = pathProblem(path);
    if (problem !== undefined) return `"files" has the path ${quote(path)}, but ${problem}.`;
  }
  return undefined;
}
