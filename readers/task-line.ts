import type { z } from "zod";
import { pathProblem } from "../skills/paths.ts";
import { quote } from "../skills/shorten.ts";
import { hasLoneSurrogate } from "../skills/unicode.ts";
import { parseExactJson, plainJson, WrittenNumber, type ExactJson } from "../state/exact-json.ts";
import { Task } from "../state/task.ts";

const example = '{"id": "1", "input": "...", "expected": "..."}';

/**
 * Reads one line of a task file. Gives the task, or in words what is wrong with the line and what was expected. Numbers of `expected`
 * and `meta` that a double would change are kept as texts, as they are written; an `id` that is a number becomes a text.
 */
export function parseTask(text: string): Task | string {
  try {
    const value = parseJson(text);
    if (Array.isArray(value)) return `a JSON array; expected one task per line, such as ${example}.`;
    if (!isObject(value)) return `not a JSON object; expected a task such as ${example}.`;
    const plain = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, valueOf(key, inner)]));
    const parsed = Task.safeParse(plain);
    if (!parsed.success) return explain(parsed.error.issues[0], plain);
    return idFault(parsed.data.id) ?? pathFault(parsed.data) ?? parsed.data;
  } catch (error) {
    // Values nested deeper than the stack.
    if (error instanceof RangeError) return "nested too deeply; use fewer levels.";
    const reason = error instanceof Error ? error.message : String(error);
    return `not valid JSON (${oddity(text) ?? reason}); expected one task per line, such as ${example}.`;
  }
}

/** Refuses keys named `__proto__`, which records would lose in silence. */
function parseJson(text: string): ExactJson {
  const value = parseExactJson(text, { unique: true });
  if (!/__proto__|\\u/.test(text)) return value;
  const open = [value];
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    if (typeof inner !== "object" || inner === null) continue;
    if (Object.hasOwn(inner, "__proto__")) throw new SyntaxError('the key "__proto__" is not allowed');
    for (const each of Object.values(inner as Record<string, ExactJson>)) open.push(each);
  }
  return value;
}

function isObject(value: ExactJson): value is { [key: string]: ExactJson } {
  return typeof value === "object" && value !== null && !(value instanceof WrittenNumber);
}

function valueOf(key: string, value: ExactJson): unknown {
  if (key === "id") return isNumber(value) ? String(plainJson(value)) : value;
  // Only where any JSON is taken may a number become a text.
  if (key === "expected" || key === "meta") return plainJson(value);
  return value instanceof WrittenNumber ? Number(value.text) : value;
}

function isNumber(value: ExactJson): boolean {
  return typeof value === "number" || value instanceof WrittenNumber;
}

const longestExplained = 100_000;

/** What makes a line no JSON, where it is one of the usual things. */
function oddity(text: string): string | undefined {
  if (text.length > longestExplained) return undefined;
  if (text.includes("\0")) return "it contains NUL characters, which suggests UTF-16; save the file as UTF-8";
  if (text.trimEnd().includes("\r")) return "its line ends are CR only; save the file with LF or CRLF";
  const plain = text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)/gs, '""').trim();
  if (/,\s*[}\]]/.test(plain)) return "trailing comma before a closing bracket";
  if (/[}\]],$/.test(plain)) return "trailing comma after the task";
  if (/^[}\]]/.test(plain) || !/[}\]]$/.test(plain)) return "the task spans several lines; write each task on one line";
  return undefined;
}

function explain(issue: z.core.$ZodIssue | undefined, value: Record<string, unknown>): string {
  if (issue?.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => quote(key)).join(", ");
    return `unknown key ${keys}; known keys are ${Object.keys(Task.shape).join(", ")}. Put other data under "meta".`;
  }
  const key = String(issue?.path[0]);
  const place = issue?.path.join(".");
  if (!Object.hasOwn(value, key)) return `"${key}" is missing; expected a task such as ${example}.`;
  if (value[key] === "") return `"${key}" is empty; expected a non-empty string.`;
  return `"${place}" cannot be used (${issue?.message}); expected a task such as ${example}.`;
}

/** An id names the task in tables and keys, so it must print. */
function idFault(id: string): string | undefined {
  const unprintable = /\p{Cc}/u.test(id) || hasLoneSurrogate(id);
  return unprintable ? `"id" ${quote(id)} contains unprintable characters; expected printable text.` : undefined;
}

function pathFault(task: Task): string | undefined {
  for (const path of Object.keys(task.files ?? {})) {
    const problem = pathProblem(path);
    if (problem !== undefined) return `"files" has the path ${quote(path)}, but ${problem}.`;
  }
  return undefined;
}
