import { readFileSync } from "node:fs";
import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { PartError } from "../../state/errors.ts";
import { sha256, type Hash } from "../../state/json.ts";

/** A text with named gaps. `hash` is that of the whole file. */
export interface Prompt {
  readonly variables: readonly string[];
  readonly hash: Hash;
  /** The text with every gap filled. Throws a PartError where a value is missing or belongs to no gap. */
  render(values: Readonly<Record<string, string>>): string;
}

/** The prompts of the language-model analyst: one Markdown file each, in `prompts/`. */
export const promptNames = [
  "system",
  "analyze-knowledge",
  "analyze-tool",
  "analyze-clarification",
  "analyze-style",
  "diagnose",
  "propose",
  "propose-successes",
  "propose-skill",
  "build-skill",
  "build-edits",
  "repair-edits",
  "edit-files",
  "merge",
  "rank",
  "merge-edits",
  "choose-edits",
  "rewrite",
  "reflect-slow",
  "reflect-meta",
  "route",
  "classify-items",
  "curation/curate",
  "curation/judge",
  "write-checklist",
  "create",
] as const;
export type PromptName = (typeof promptNames)[number];
export type Prompts = Readonly<Record<PromptName, Prompt>>;

const gap = /\{\{([^{}]*)\}\}/g;

/**
 * Reads a prompt: frontmatter whose `variables` lists the gaps, then the text, in which a gap reads `{{name}}`. Throws a
 * PartError where the list and the text name different gaps.
 */
export function parsePrompt(name: string, text: string): Prompt {
  const { fields, problem, body } = parseFrontmatter(text);
  const variables = fields?.["variables"];
  if (problem !== null) throw new PartError(`Prompt "${name}" cannot be read. ${problem.message}`);
  if (!isNames(variables)) {
    throw new PartError(`Prompt "${name}" has no list of variables. Begin it with ---, variables: [a, b], ---.`);
  }
  const used = new Set([...body.matchAll(gap)].map((match) => match[1] as string));
  const differs = [...used].filter((each) => !variables.includes(each));
  const unused = variables.filter((each) => !used.has(each));
  if (differs.length > 0) throw mismatch(name, "uses", differs, "does not list it among its variables");
  if (unused.length > 0) throw mismatch(name, "lists", unused, "has no gap of that name");
  return {
    variables,
    hash: sha256(new TextEncoder().encode(text)),
    render(values) {
      const given = Object.keys(values);
      const missing = variables.filter((each) => !given.includes(each));
      const unknown = given.filter((each) => !used.has(each));
      if (missing.length > 0) throw mismatch(name, "needs", missing, "was given no value for it");
      if (unknown.length > 0) throw mismatch(name, "was given", unknown, "has no such variable");
      // In one go, so that a value that holds braces stays as it is.
      return body.trim().replaceAll(gap, (_, each: string) => values[each] as string);
    },
  };
}

/**
 * The prompts beside this file, with the texts given in their place. A replacement has the variables of what it replaces,
 * or a PartError says which differ.
 */
export function loadPrompts(replacements: Partial<Record<PromptName, string>> = {}): Prompts {
  const unknown = Object.keys(replacements).find((name) => !(promptNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new PartError(`There is no prompt "${unknown}" to replace. Prompts are: ${promptNames.join(", ")}.`);
  }
  return Object.fromEntries(
    promptNames.map((name) => {
      const own = parsePrompt(name, readFileSync(new URL(`./prompts/${name}.md`, import.meta.url), "utf8"));
      const text = replacements[name];
      return [name, text === undefined ? own : replacing(own, name, text)];
    }),
  ) as unknown as Prompts;
}

function replacing(own: Prompt, name: string, text: string): Prompt {
  const prompt = parsePrompt(name, text);
  const [wanted, found] = [own.variables, prompt.variables].map((list) => list.toSorted().join(", "));
  if (wanted === found) return prompt;
  throw new PartError(`The text given for prompt "${name}" has the variables ${found}; it needs exactly ${wanted}.`);
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function mismatch(name: string, verb: string, variables: readonly string[], problem: string): PartError {
  return new PartError(
    `Prompt "${name}" ${verb} ${variables.map((each) => `{{${each}}}`).join(", ")}, but ${problem}.`,
  );
}
