import { textOf, isSingleText, SKILL_FILE, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { countLines } from "../lines.ts";
import type { ScanRule } from "./finding.ts";

/** What hosts of skills do not show or keep. Limits from their documentation [S] and code [C]; advice about the first 250 characters [R]. */
const hostRules = {
  listing: {
    rule: "listing-truncated",
    pattern: null,
    category: "host",
    severity: "low",
    message: "The host lists only a part of the description, so the agent may not choose the skill. Shorten it.",
  },
  trigger: {
    rule: "late-trigger",
    pattern: null,
    category: "host",
    severity: "low",
    message:
      "The description says when to use the skill only after its first 250 characters, which a short list leaves out. Say it first.",
  },
  compaction: {
    rule: "lost-in-compaction",
    pattern: null,
    category: "host",
    severity: "low",
    message:
      "Claude Code keeps only the first 5,000 tokens of a skill when it compacts the conversation. Put what matters first, or move detail to references/.",
  },
  budget: {
    rule: "listing-budget",
    pattern: null,
    category: "host",
    severity: "low",
    message: "Names and descriptions of all skills exceed the budget of a host's list. Shorten the descriptions.",
  },
} satisfies Record<string, ScanRule>;

/** Characters of one entry of Claude Code's list, the ellipsis included (`skillListingMaxDescChars`) [S]. */
const mostEntry = 1_536;
/** Characters of the whole list: Claude Code at a window of 200,000 tokens [S]; Codex if the window is not known [C]. */
const listBudget = 8_000;
/** Tokens of a skill that Claude Code attaches again after compaction [S], in characters at 4 per token. */
const keptCharacters = 5_000 * 4;
const leadingCharacters = 250;

export interface HostProblem {
  rule: ScanRule;
  line: number | null;
  detail: string;
}

/** What hosts truncate of one skill. */
export function hostProblems(skill: SkillFolder): HostProblem[] {
  if (isSingleText(skill)) return [];
  const text = textOf(skill, SKILL_FILE);
  if (text === undefined) return [];
  const { body, bodyStart, lines, fields } = parseFrontmatter(text);
  const problems: HostProblem[] = [];
  const entry = entryOf(skill.name, fields);
  const line = lines["description"] ?? null;
  if (entry !== undefined && entry.length > mostEntry) {
    const detail = `Claude Code lists ${mostEntry} of its ${entry.length} characters.`;
    problems.push({ rule: hostRules.listing, line, detail });
  }
  const description = stringOf(fields, "description") ?? "";
  const at = description.search(/\b(?:when|whenever|use (?:this|it|for)|for (?:any|all)|trigger)/i);
  if (at >= leadingCharacters) {
    problems.push({ rule: hostRules.trigger, line, detail: `It does so at character ${at + 1}.` });
  }
  if (body.length > keptCharacters) {
    const lost = countLines(text.slice(0, bodyStart + keptCharacters));
    problems.push({ rule: hostRules.compaction, line: lost, detail: "The rest begins about here." });
  }
  return problems;
}

/** What hosts leave out of the list of these skills. Claude Code drops descriptions first used longest ago; Codex gives all the same length. */
export function listingProblem(skills: readonly SkillFolder[]): HostProblem | undefined {
  const entries = skills.flatMap((skill) => {
    const text = textOf(skill, SKILL_FILE);
    return text === undefined ? [] : [entryOf(skill.name, parseFrontmatter(text).fields) ?? ""];
  });
  const all = entries.reduce((sum, entry) => sum + Math.min(entry.length, mostEntry) + 1, 0);
  if (all <= listBudget) return undefined;
  const names = skills.reduce((sum, { name }) => sum + name.length + 5, 0);
  const each = Math.max(0, Math.floor((listBudget - names) / skills.length));
  return {
    rule: hostRules.budget,
    line: null,
    detail: `${all} characters of ${listBudget}; with equal shares, ${each} characters of each description are listed.`,
  };
}

/** The line of a skill in Claude Code's list [S]. */
function entryOf(name: string, fields: Readonly<Record<string, unknown>> | null): string | undefined {
  const description = stringOf(fields, "description");
  if (description === undefined) return undefined;
  const use = stringOf(fields, "when_to_use");
  return `- ${name}: ${description}${use === undefined ? "" : ` - ${use}`}`;
}

function stringOf(fields: Readonly<Record<string, unknown>> | null, key: string): string | undefined {
  const value = fields !== null && Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
