import { SkillName } from "../state/program.ts";
import { bytesOf, decodeText, isSingleText, SKILL_FILE, type SkillFolder } from "./folder.ts";
import { parseFrontmatter, type Frontmatter } from "./frontmatter.ts";
import { countLines } from "./lines.ts";
import { relativeLinks, resolveLink } from "./links.ts";
import { isSpecifiedName } from "./name.ts";
import { quote } from "./shorten.ts";

/**
 * Something that the Agent Skills specification is against. With an `error` the skill cannot be read or improved at all. What is
 * `unpublishable` is refused by the specification's checker, by uploads or by some hosts, while others load it. A `warning` is advice.
 */
export interface SpecProblem {
  readonly severity: "error" | "unpublishable" | "warning";
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
/** Understood by some hosts alone; the specification's checker and API uploads refuse them. */
const hostKeys = [
  "when_to_use",
  "argument-hint",
  "disable-model-invocation",
  "user-invocable",
  "context",
  "agent",
  "model",
  "hooks",
  "paths",
  "arguments",
  "disallowed-tools",
  "effort",
  "shell",
];
const maxBodyLines = 500;
const maxBodyTokens = 5_000;
const charactersPerToken = 4;

/** A problem of one field. */
type Fault = readonly [rule: string, message: string, severity: SpecProblem["severity"]];

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

/** What makes two problems the same, wherever their line is and whatever numbers they name. */
export function subjectOfProblem({
  rule,
  severity,
  message,
}: Pick<SpecProblem, "rule" | "severity" | "message">): string {
  return JSON.stringify([severity, rule, message.replaceAll(/\d+/g, "0")]);
}

/** What may not be published as it is, the worst first. */
export function unpublishable(skill: SkillFolder): SpecProblem[] {
  const problems = checkSkill(skill).filter(({ severity }) => severity !== "warning");
  return problems.toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
}

const nameRule = "use 1-64 lower-case letters, digits and single hyphens";

function folderName(skill: SkillFolder): SpecProblem[] {
  if (!SkillName.safeParse(skill.name).success) {
    const rule =
      "use 1-100 characters without slashes, quotes, colons, * ? < > |, and no dot, hyphen or space at the start";
    return [report("error", null, "folder-name", `The folder name ${quote(skill.name)} cannot be used: ${rule}.`)];
  }
  if (isSpecifiedName(skill.name)) return [];
  const message = `The folder name ${quote(skill.name)} is not a skill name: ${nameRule}.`;
  return [report("unpublishable", null, "folder-name", message)];
}

function missingFile(skill: SkillFolder): string {
  const similar = Object.keys(skill.files).find((file) => file.toLowerCase() === SKILL_FILE.toLowerCase());
  return similar === undefined ? `Add a ${SKILL_FILE} to the folder.` : `Rename ${similar} to ${SKILL_FILE}.`;
}

function checkFrontmatter(skill: SkillFolder, { fields, lines, problem }: Frontmatter): SpecProblem[] {
  const found: SpecProblem[] = [];
  if (problem !== null) {
    const severity = fields === null ? "error" : "unpublishable";
    found.push(report(severity, problem.line, "frontmatter", problem.message));
  } else if (fields === null) {
    const message = "There is no frontmatter: start the file with a line ---, then name and description, then ---.";
    found.push(report("unpublishable", 1, "frontmatter", message));
  }
  if (fields === null) return found;
  const value = (key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  const faults = [
    ...nameFaults(value("name"), skill.name),
    ...descriptionFaults(value("description")),
    ...textFaults("license", value("license"), { severity: "warning" }),
    ...textFaults("compatibility", value("compatibility"), { limit: 500 }),
    ...textFaults("allowed-tools", value("allowed-tools"), { severity: "warning" }),
    ...metadataFaults(value("metadata")),
  ];
  const problems = faults.map(([rule, message, severity]) => report(severity, lines[rule] ?? 1, rule, message));
  return [...found, ...problems, ...unknownKeys(Object.keys(fields), lines)];
}

function nameFaults(given: unknown, folder: string): Fault[] {
  const faults: Fault[] = [];
  // The specification's checker takes every value for a text.
  const isPlain = typeof given === "number" || typeof given === "boolean";
  if (isPlain) faults.push(["name", `name is ${kindOf(given)}; write it as text, in quotes.`, "warning"]);
  const name = isPlain ? String(given) : given;
  if (typeof name !== "string")
    return [["name", `name is ${kindOf(name)}; set it to the folder's name: ${folder}.`, "unpublishable"]];
  if (!isSpecifiedName(name.trim()))
    faults.push(["name", `name ${quote(name)} is not a skill name: ${nameRule}.`, "unpublishable"]);
  else if (!isSpecifiedName(name.trim(), { ascii: true }))
    faults.push(["name", `name ${quote(name)} has letters beyond a-z, which some hosts refuse.`, "warning"]);
  if (name.trim().normalize("NFKC") !== folder.normalize("NFKC")) {
    const message = `name is ${quote(name)} but the folder is ${quote(folder)}: make them equal.`;
    faults.push(["name", message, "unpublishable"]);
  }
  return faults;
}

function descriptionFaults(description: unknown): Fault[] {
  const found = textFaults("description", description === undefined ? null : description, { limit: 1_024 });
  if (found.length > 0) return found;
  const message = "description has < or >; uploads and some hosts read them as tags. Leave them out.";
  return /[<>]/.test(description as string) ? [["description", message, "unpublishable"]] : [];
}

/** Faults of an optional text of at least one character; characters are Unicode code points. */
function textFaults(
  key: string,
  value: unknown,
  { limit = Infinity, severity = "unpublishable" }: { limit?: number; severity?: SpecProblem["severity"] } = {},
): Fault[] {
  if (value === undefined) return [];
  if (typeof value !== "string") return [[key, `${key} is ${kindOf(value)}; write it as text, in quotes.`, severity]];
  if (value.trim() === "") return [[key, `${key} is empty; give a value or remove the key.`, severity]];
  const { length } = [...value];
  return length <= limit ? [] : [[key, `${key} has ${length} characters; shorten it to ${limit}.`, severity]];
}

/** Other values than texts are taken for texts by the specification's checker. */
function metadataFaults(metadata: unknown): Fault[] {
  if (metadata === undefined) return [];
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    return [["metadata", `metadata is ${kindOf(metadata)}; write it as a mapping of texts to texts.`, "warning"]];
  }
  return Object.entries(metadata)
    .filter(([, value]) => typeof value !== "string")
    .map(([key, value]) => [
      "metadata",
      `metadata ${quote(key)} is ${kindOf(value)}; write it as text, in quotes.`,
      "warning",
    ]);
}

function unknownKeys(keys: readonly string[], lines: Frontmatter["lines"]): SpecProblem[] {
  return keys
    .filter((key) => !specified.includes(key))
    .map((key) => {
      const line = lines[key] ?? null;
      return hostKeys.includes(key)
        ? report(
            "unpublishable",
            line,
            "host-key",
            `${key} is supported only by some hosts; remove it before sharing the skill.`,
          )
        : report(
            "unpublishable",
            line,
            "unknown-key",
            `The specification has no key ${quote(key)}; put it under metadata. It knows ${specified.join(", ")}.`,
          );
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
      return [report("warning", line, "link", `The link ${quote(target)} points outside of the skill's folder.`)];
    }
    const found = path === "" || paths.some((file) => file === path || file.startsWith(`${path}/`));
    return found
      ? []
      : [report("warning", line, "link", `The link ${quote(target)} does not point to a file of the skill.`)];
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}
