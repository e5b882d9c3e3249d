import { textOf, isSingleText, SKILL_FILE, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { claudeEntry, hosts, listingBy } from "../library/listing.ts";
import { descriptionIn } from "../library/retrieval.ts";
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
  const line = lines["description"] ?? null;
  const { fixed, described } = hosts.claudeCode;
  const { length } = fixed(skill.name) + described(fields);
  if (length > claudeEntry) {
    const detail = `Claude Code lists ${claudeEntry} of its ${length} characters.`;
    problems.push({ rule: hostRules.listing, line, detail });
  }
  const description = descriptionIn(fields);
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
  const { characters, budget, shortened } = listingBy(hosts.claudeCode, skills);
  if (characters <= budget) return undefined;
  const each = Math.min(...shortened.map(({ listed }) => listed));
  return {
    rule: hostRules.budget,
    line: null,
    detail: `${characters} characters of ${budget}; with equal shares, ${each} characters of each of ${shortened.length} descriptions are listed.`,
  };
}
