import { z } from "zod";
import { quote } from "../skills/shorten.ts";
import { SettingsError, TaskError } from "../state/errors.ts";
import { questionOf, type Question } from "../state/task.ts";
import type { Json } from "../state/json.ts";
import { readLines } from "./lines.ts";
import { parseTask } from "./task-line.ts";

/** A case that was resolved: what was asked, the answer, and the tools that were called for it where the file says so. */
interface PastCase {
  question: Question;
  expected: Json | null;
  calls?: readonly string[];
}

const most = { cases: 10_000, characters: 50_000_000 };
const Calls = z.array(z.string().min(1).max(200)).max(1_000);

/**
 * Reads past cases. A .jsonl file has one per line, in the form of a task; `meta.calls` is the list of the tools that were called. Of any
 * other text, such as a log, each part between lines of three or more hyphens is a case without an answer. Throws a SettingsError that names the line.
 */
export async function readPastCases(path: string): Promise<PastCase[]> {
  const lines: Array<{ text: string; line: number }> = [];
  let characters = 0;
  try {
    for await (const line of readLines(path)) {
      characters += line.text.length;
      if (characters > most.characters) throw refused(`${path} has more than 50 million characters. Give fewer cases.`);
      lines.push(line);
    }
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    const reason = cause instanceof TaskError ? cause.message : `${path} cannot be read: ${String(cause)}.`;
    throw refused(reason, cause);
  }
  const cases = /\.jsonl$/i.test(path) ? casesOf(lines, path) : partsOf(lines.map(({ text }) => text));
  if (cases.length === 0)
    throw refused(`${path} has no cases. Write one task per line, or parts between lines of hyphens.`);
  if (cases.length > most.cases) throw refused(`${path} has ${cases.length} cases; at most ${most.cases} are read.`);
  return cases;
}

function casesOf(lines: ReadonlyArray<{ text: string; line: number }>, path: string): PastCase[] {
  return lines.flatMap(({ text, line }): PastCase[] => {
    if (text.trim() === "") return [];
    const task = parseTask(text);
    if (typeof task === "string") throw refused(`${path}, line ${line}: ${task}`);
    const calls = Calls.safeParse(task.meta?.["calls"] ?? []);
    if (!calls.success)
      throw refused(`${path}, line ${line}: meta.calls of ${quote(task.id)} is not a list of names of tools.`);
    const known = task.meta?.["calls"] === undefined ? {} : { calls: calls.data };
    return [{ question: questionOf(task), expected: task.expected ?? null, ...known }];
  });
}

function partsOf(lines: readonly string[]): PastCase[] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (/^-{3,}\s*$/.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts
    .map((part) => part.join("\n").trim())
    .filter((text) => text !== "")
    .map((input, index) => ({ question: { id: String(index + 1), input }, expected: null }));
}

function refused(message: string, cause?: unknown): SettingsError {
  return new SettingsError("cases", message, { cause });
}
