import { isMap, isNode, parseDocument, stringify, type Document } from "yaml";
import { foldLineEnds } from "./line-ends.ts";
import { countLines } from "./lines.ts";

/** What a text says between its first two `---` lines. Lines count from 1 in the whole text. */
export interface Frontmatter {
  /**
   * The mapping as plain values; null where there is no frontmatter or it cannot be read. Where it is no YAML but lines of a key and a
   * text, as hosts read it, `problem` says so and the values are texts.
   */
  readonly fields: Readonly<Record<string, unknown>> | null;
  /** The line of each top-level key. */
  readonly lines: Readonly<Record<string, number>>;
  /** What is wrong with the frontmatter; null where nothing is, and where there is none. */
  readonly problem: { readonly line: number; readonly message: string } | null;
  /** The text after the frontmatter and its offset; all of the text but a byte order mark where there is none. */
  readonly body: string;
  readonly bodyStart: number;
}

/** Descriptions end at 1,024 characters; nothing honest comes near this. */
const maxCharacters = 65_536;
const maxAliases = 16;
const openingLine = /^\uFEFF?---[ \t]*(?:\r\n?|\n)/;

/** Splits a text into frontmatter and body and reads the frontmatter as YAML 1.2, or else line by line. Never throws. */
export function parseFrontmatter(text: string): Frontmatter {
  const opening = openingLine.exec(text)?.[0].length;
  if (opening === undefined) return without(text, null);
  const closing = /[\r\n]---[ \t]*(?:\r\n?|\n|$)/g;
  closing.lastIndex = opening - 1;
  const found = closing.exec(text);
  if (found === null) return without(text, "The frontmatter is never closed: put a line --- after its last key.");
  const bodyStart = found.index + found[0].length;
  const yaml = foldLineEnds(text.slice(opening, found.index + 1));
  return { ...readMapping(yaml), body: text.slice(bodyStart), bodyStart };
}

/**
 * The text with another name in its frontmatter; as it is where the frontmatter has no name, or is no YAML. Everything else stays byte
 * for byte.
 */
export function withFrontmatterName(text: string, name: string): string {
  return withFrontmatterField(text, "name", name);
}

/** The text with another value of a field of its frontmatter; as it is where the frontmatter lacks the field, or is no YAML. Everything else stays byte for byte. */
export function withFrontmatterField(text: string, key: string, value: string): string {
  const opening = openingLine.exec(text)?.[0].length;
  const { lines, bodyStart } = parseFrontmatter(text);
  if (opening === undefined || lines[key] === undefined) return text;
  const document = parseDocument(text.slice(opening, bodyStart).replace(/---[ \t]*(?:\r\n?|\n)?$/, ""), {
    schema: "core",
  });
  const node = isMap(document.contents) ? document.contents.get(key, true) : undefined;
  const [start, end] = node?.range ?? [];
  if (document.errors.length > 0 || start === undefined || end === undefined) return text;
  // A block of lines ends with its last line end.
  const lineEnd = /\r?\n$/.exec(text.slice(opening + start, opening + end))?.[0] ?? "";
  return (
    text.slice(0, opening + start) + stringify(value, { lineWidth: 0 }).trim() + lineEnd + text.slice(opening + end)
  );
}

function without(text: string, message: string | null): Frontmatter {
  const bodyStart = text.startsWith("\uFEFF") ? 1 : 0;
  const problem = message === null ? null : { line: 1, message };
  return { fields: null, lines: {}, problem, body: text.slice(bodyStart), bodyStart };
}

type Mapping = Pick<Frontmatter, "fields" | "lines" | "problem">;

function readMapping(yaml: string): Mapping {
  // The first line of the YAML is the second of the text.
  const lineAt = (offset: number): number => countLines(yaml.slice(0, offset)) + 1;
  if (yaml.length > maxCharacters) {
    const told = `${yaml.length} characters; at most ${maxCharacters} are read. Move the text below the frontmatter.`;
    return refuse(1, `The frontmatter has ${told}`);
  }
  try {
    const document = parseDocument(yaml, {
      schema: "core",
      version: "1.2",
      strict: true,
      stringKeys: true,
      resolveKnownTags: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const fault = document.errors[0] ?? document.warnings[0];
    // Of what YAML only warns, such as an unknown tag, the value is still there.
    const isRead = document.errors.length === 0 && isMap(document.contents);
    if (fault !== undefined && !isRead) return byLines(yaml, lineAt(fault.pos[0]), yamlFault(fault.message));
    if (!isMap(document.contents)) {
      return refuse(2, "The frontmatter is not a mapping; write keys with values, such as name: my-skill.");
    }
    const fields = document.toJS({ maxAliasCount: maxAliases }) as Record<string, unknown>;
    const problem = fault === undefined ? null : { line: lineAt(fault.pos[0]), message: yamlFault(fault.message) };
    return { fields, lines: keyLines(document, lineAt), problem };
  } catch (error) {
    // Too many aliases, or nesting deeper than the stack.
    return byLines(yaml, 2, yamlFault(error instanceof Error ? error.message : String(error)));
  }
}

const keyLine = /^([A-Za-z_][\w-]*)[ \t]*:(?:[ \t](.*))?$/s;

/** Keys at the start of a line, each with the text up to the next one, as a host that knows no YAML reads them. */
function byLines(yaml: string, line: number, message: string): Mapping {
  const found = new Map<string, { line: number; texts: string[] }>();
  let last: string[] | undefined;
  for (const [index, text] of yaml.split("\n").entries()) {
    const [, key, value = ""] = keyLine.exec(text) ?? [];
    if (key === undefined) {
      if (text.trim() !== "" && !text.startsWith("#")) last?.push(text.trim());
      continue;
    }
    last = [value.trim()];
    found.set(key, { line: index + 2, texts: last });
  }
  const textOf = (texts: readonly string[]) =>
    unquoted(texts.filter((text) => !/^[|>][-+\d]*$/.test(text) && text !== "").join(" "));
  const entries = [...found];
  return {
    fields: entries.length === 0 ? null : Object.fromEntries(entries.map(([key, { texts }]) => [key, textOf(texts)])),
    lines: Object.fromEntries(entries.map(([key, place]) => [key, place.line])),
    problem: { line, message },
  };
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
}

function refuse(line: number, message: string): Mapping {
  return { fields: null, lines: {}, problem: { line, message } };
}

function yamlFault(message: string): string {
  return `The frontmatter is not plain YAML: ${message}. Quote values that contain a colon, and use each key only once.`;
}

function keyLines(document: Document, lineAt: (offset: number) => number): Record<string, number> {
  const pairs = isMap(document.contents) ? document.contents.items : [];
  return Object.fromEntries(
    pairs.map(({ key }) => [String(key), lineAt((isNode(key) ? key.range?.[0] : undefined) ?? 0)]),
  );
}
