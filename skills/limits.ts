import { SkillName } from "../state/program.ts";
import { bytesOf, decodeText, isSingleText, SKILL_FILE, type SkillFolder } from "./folder.ts";
import { parseFrontmatter, type Frontmatter } from "./frontmatter.ts";
import { countLines } from "./lines.ts";
import { relativeLinks, resolveLink } from "./links.ts";
import { quote } from "./shorten.ts";

/** A break with the Agent Skills specification. An error makes hosts refuse the skill; a warning is advice. */
export interface SpecProblem {
  readonly severity: "error" | "warning";
  /** Path inside the skill's folder. */
  readonly file: string;
  /** Counts from 1; null where the whole file is meant. */
  readonly line: number | null;
  /** The name of the rule, such as `name` or `body-tokens`. */
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

const specified = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];
/** Understood by Claude Code alone; the specification's validators and API uploads refuse them. */
const claudeCode = [
  "when_to_use",
  "argument-hint",
  "disable-model-invocation",
  "user-invocable",
  "context",
  "agent",
  "model",
  "hooks",
  "paths",
];
const maxBodyLines = 500;
const maxBodyTokens = 5_000;
const charactersPerToken = 4;

/** Problems of one field: pairs of rule and message. */
type Fault = readonly [rule: string, message: string];

/**
 * Holds a skill against the Agent Skills specification (agentskills.io): name, description, known keys,
 * sizes, links. A program that is one text such as AGENTS.md has no frontmatter rules. Body tokens are estimated as
 * characters / 4; `countTokens` counts them.
 */
export function checkSkill(skill: SkillFolder): SpecProblem[] {
  const problems = folderName(skill);
  if (isSingleText(skill)) return problems;
  const bytes = bytesOf(skill, SKILL_FILE);
  if (bytes === undefined) return [...problems, report("error", null, "main-file", missingFile(skill))];
  const text = decodeText(bytes);
  if (text === undefined) return [...problems, report("error", null, "encoding", "Save SKILL.md as UTF-8 text.")];
  const frontmatter = parseFrontmatter(text);
  return [
    ...problems,
    ...checkFrontmatter(skill, frontmatter),
    ...checkBody(frontmatter),
    ...checkLinks(skill, text, frontmatter.bodyStart),
  ];
}

function report(severity: SpecProblem["severity"], line: number | null, rule: string, message: string): SpecProblem {
  return { severity, file: SKILL_FILE, line, rule, message };
}

function folderName(skill: SkillFolder): SpecProblem[] {
  if (SkillName.safeParse(skill.name).success) return [];
  const message = `The folder name ${quote(skill.name)} is not a skill name: use 1-64 lower-case letters, digits and single hyphens.`;
  return [report("error", null, "folder-name", message)];
}

function missingFile(skill: SkillFolder): string {
  const similar = Object.keys(skill.files).find((file) => file.toLowerCase() === SKILL_FILE.toLowerCase());
  return similar === undefined ? `Add a ${SKILL_FILE} to the folder.` : `Rename ${similar} to ${SKILL_FILE}.`;
}

function checkFrontmatter(skill: SkillFolder, { fields, lines, problem }: Frontmatter): SpecProblem[] {
  if (problem !== null) return [report("error", problem.line, "frontmatter", problem.message)];
  if (fields === null) {
    const message = "There is no frontmatter: start the file with a line ---, then name and description, then ---.";
    return [report("error", 1, "frontmatter", message)];
  }
  const value = (key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  const faults = [
    ...nameFaults(value("name"), skill.name),
    ...descriptionFaults(value("description")),
    ...textFaults("license", value("license")),
    ...textFaults("compatibility", value("compatibility"), 500),
    ...textFaults("allowed-tools", value("allowed-tools")),
    ...metadataFaults(value("metadata")),
  ];
  const errors = faults.map(([rule, message]) => report("error", lines[rule] ?? 1, rule, message));
  return [...errors, ...unknownKeys(Object.keys(fields), lines)];
}

function nameFaults(name: unknown, folder: string): Fault[] {
  if (typeof name !== "string") return [["name", `name is ${kindOf(name)}; set it to the folder's name: ${folder}.`]];
  if (!SkillName.safeParse(name).success) {
    const rule = "use 1-64 lower-case letters, digits and single hyphens";
    return [["name", `name ${quote(name)} is not a skill name: ${rule}.`]];
  }
  if (name === folder) return [];
  return [["name", `name is ${quote(name)} but the folder is ${quote(folder)}: make them equal.`]];
}

function descriptionFaults(description: unknown): Fault[] {
  const found = textFaults("description", description ?? null, 1_024);
  if (found.length > 0) return found;
  return /[<>]/.test(description as string)
    ? [["description", "description has < or >; hosts read them as tags. Leave them out."]]
    : [];
}

/** Faults of an optional text of at least one character; characters are Unicode code points. */
function textFaults(key: string, value: unknown, limit = Number.POSITIVE_INFINITY): Fault[] {
  if (value === undefined) return [];
  if (typeof value !== "string") return [[key, `${key} is ${kindOf(value)}; write it as text, in quotes.`]];
  if (value.trim() === "") return [[key, `${key} is empty; say something or leave the key out.`]];
  const { length } = [...value];
  return length <= limit ? [] : [[key, `${key} has ${length} characters; shorten it to ${limit}.`]];
}

function metadataFaults(metadata: unknown): Fault[] {
  if (metadata === undefined) return [];
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    return [["metadata", `metadata is ${kindOf(metadata)}; write it as a mapping of texts to texts.`]];
  }
  return Object.entries(metadata)
    .filter(([, value]) => typeof value !== "string")
    .map(([key, value]) => ["metadata", `metadata ${quote(key)} is ${kindOf(value)}; write it as text, in quotes.`]);
}

function unknownKeys(keys: readonly string[], lines: Frontmatter["lines"]): SpecProblem[] {
  return keys
    .filter((key) => !specified.includes(key))
    .map((key) => {
      const line = lines[key] ?? null;
      return claudeCode.includes(key)
        ? report("warning", line, "host-key", `${key} is for Claude Code alone; remove it before sharing the skill.`)
        : report("error", line, "unknown-key", `There is no key ${quote(key)}; known are ${specified.join(", ")}.`);
    });
}

function checkBody({ body }: Frontmatter): SpecProblem[] {
  const lines = body === "" ? 0 : countLines(body.replace(/\n$/, ""));
  const tokens = Math.ceil(body.length / charactersPerToken);
  const advice = "move detail to references/ and link it";
  const problems: SpecProblem[] = [];
  if (lines > maxBodyLines) {
    problems.push(
      report("warning", null, "body-lines", `The body has ${lines} lines, over ${maxBodyLines}; ${advice}.`),
    );
  }
  if (tokens > maxBodyTokens) {
    const message = `The body has about ${tokens} tokens (characters / 4), over ${maxBodyTokens}; ${advice}.`;
    problems.push(report("warning", null, "body-tokens", message));
  }
  return problems;
}

function checkLinks(skill: SkillFolder, text: string, from: number): SpecProblem[] {
  const paths = Object.keys(skill.files);
  return relativeLinks(text, from).flatMap(({ target, line }) => {
    const path = resolveLink(target);
    if (path === undefined) {
      return [report("warning", line, "link", `The link ${quote(target)} leaves the skill's folder.`)];
    }
    const found = path === "" || paths.some((file) => file === path || file.startsWith(`${path}/`));
    return found ? [] : [report("warning", line, "link", `The link ${quote(target)} leads to no file of the skill.`)];
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}
