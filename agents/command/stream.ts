import { sizes } from "../../state/sizes.ts";
import { shorten } from "../../skills/shorten.ts";
import { noCost, type Answer, type TraceStep } from "../../state/task.ts";

/** Why a command gave no answer although it ended well; `status` is the HTTP status of its model's provider, where known. */
interface StreamFailure {
  message: string;
  status?: number | undefined;
}

/** What a command's stdout says: an answer, and a failure where there is none. `used` has every skill it read. */
export interface Observation extends Answer {
  failure?: StreamFailure;
}

/** Reads all that a command said on stdout. */
export type ReadStream = (stdout: string) => Observation;

/** The answer is all that was said. What was done on the way is not known, so `used` is empty. */
export const readPlainText: ReadStream = (stdout) => ({ text: stdout.trim(), used: [], trace: [], cost: noCost });

type Fields = Record<string, unknown>;

/** Maximum number of invalid lines that look like events; the rest of the stream is ignored, because refusing one costs more than reading it. */
const mostBroken = 10_000;

/** The JSON objects of a stream of lines; other lines, such as warnings, and lines longer than `sizes.event` are ignored. */
export function eventsIn(stdout: string): Fields[] {
  const events: Fields[] = [];
  let broken = 0;
  for (const line of stdout.split("\n")) {
    if (!line.startsWith("{") || !line.trimEnd().endsWith("}") || line.length > sizes.event) continue;
    try {
      events.push(JSON.parse(line) as Fields);
    } catch {
      broken += 1;
      if (broken === mostBroken) break;
    }
  }
  return events;
}

/** A field as an object; empty where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A count or an amount; 0 where there is none. */
export function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** The skills whose SKILL.md a path or a shell command reads. Lengths are bounded, as a command may be a long text without a space. */
export function skillsReadIn(text: string): string[] {
  if (!text.includes("SKILL.md")) return [];
  const parts = text.split("/SKILL.md").slice(0, -1);
  const direct = parts.flatMap((before) => folderAtEnd(before.slice(-longestFolder - 1)) ?? []);
  const inside = text.matchAll(/skills\/([\p{L}\p{M}\p{N}_.-]{1,100})/gu);
  const names = [...direct, ...Array.from(inside, ([, name = ""]) => name)];
  return [...new Set(names.map((name) => name.replaceAll("\\ ", " ")))];
}

const longestFolder = 100;

/** The last folder of a path that a text ends with: all behind a slash, or else the last word. */
function folderAtEnd(text: string): string | undefined {
  const behind = text.slice(text.lastIndexOf("/") + 1);
  if (behind.length < text.length && /^[^\n"'`]+$/.test(behind)) return behind;
  return /(?<![\p{L}\p{M}\p{N}_.-])[\p{L}\p{M}\p{N}_.-]+$/u.exec(behind)?.[0];
}

/** Characters of one text in a trace. */
const traced = 2000;

export function toolStep(tool: string, input: unknown, isOk: boolean): TraceStep {
  const given = typeof input === "string" ? input : JSON.stringify(input ?? null);
  return { event: "tool", tool, input: shorten(given, traced), ok: isOk };
}

export function messageStep(text: string): TraceStep {
  return { event: "message", text: shorten(text, traced) };
}

export function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
