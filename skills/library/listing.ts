import { isSingleText, SKILL_FILE, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";

type Fields = Readonly<Record<string, unknown>> | null;

/** How a host lists skills for its model, in characters. */
interface Host {
  readonly name: string;
  /** Of all entries. */
  readonly budget: number;
  /** What is listed of a skill whatever its description. */
  fixed(name: string): string;
  /** So much of the description is listed, beside what is fixed, if there is room. */
  most(fixed: string): number;
  /** What is shortened to fit. */
  described(fields: Fields): string;
}

/** Characters of an entry of Claude Code, with the ellipsis (`skillListingMaxDescChars`) [S]. */
export const claudeEntry = 1_536;

/**
 * Claude Code at a window of 200,000 tokens: `- name: description - when_to_use`, 8,000 characters in all, names always [S]. Codex where the window is not known: names and paths, then
 * descriptions of up to 1,024 characters, 8,000 in all [C].
 */
export const hosts = {
  claudeCode: {
    name: "Claude Code",
    budget: 8_000,
    fixed: (name) => `- ${name}: `,
    most: ({ length }) => claudeEntry - length,
    described(fields) {
      const [description, use] = [stringOf(fields, "description"), stringOf(fields, "when_to_use")];
      return description === undefined || use === undefined ? (description ?? "") : `${description} - ${use}`;
    },
  },
  codex: {
    name: "Codex",
    budget: 8_000,
    fixed: (name) => `- ${name}:  (${name}/${SKILL_FILE})`,
    most: () => 1_024,
    described: (fields) => stringOf(fields, "description") ?? "",
  },
} satisfies Record<string, Host>;

/** What a host lists of a skill. Characters are those of its description and all that the host adds to it. */
interface ListedSkill {
  readonly skill: string;
  readonly characters: number;
  readonly listed: number;
}

export interface Listing {
  readonly host: string;
  readonly budget: number;
  /** Of all entries, each as long as one may be. */
  readonly characters: number;
  /** Of the skills whose description is not listed in full. */
  readonly shortened: readonly ListedSkill[];
}

/**
 * What each host leaves out of its list of these skills. Over the budget, Codex hands out a character of the descriptions at a time in turn [C]:
 * short ones are whole, and the others get the same length. Claude Code drops descriptions that were used longest ago [S], which
 * the files do not tell; the same length for each stands for it [R].
 */
export function listingsOf(skills: readonly SkillFolder[]): Listing[] {
  return [hosts.claudeCode, hosts.codex].map((host) => listingBy(host, skills));
}

export function listingBy(host: Host, skills: readonly SkillFolder[]): Listing {
  const entries = skills.flatMap((skill) => {
    const text = isSingleText(skill) ? undefined : textOf(skill, SKILL_FILE);
    if (text === undefined) return [];
    const [fixed, described] = [host.fixed(skill.name), host.described(parseFrontmatter(text).fields)];
    const { length: characters } = described;
    return [{ skill: skill.name, fixed: fixed.length + 1, characters, most: host.most(fixed) }];
  });
  const fixed = entries.reduce((sum, entry) => sum + entry.fixed, 0);
  const capped = entries.map(({ characters, most }) => Math.min(characters, most));
  const shares = inTurn(capped, host.budget - fixed);
  const shortened = entries
    .map(({ skill, characters }, at) => ({ skill, characters, listed: shares[at] as number }))
    .filter(({ characters, listed }) => listed < characters);
  const characters = fixed + capped.reduce((sum, each) => sum + each, 0);
  return { host: host.name, budget: host.budget, characters, shortened };
}

/** How many of some characters each gets if they are handed out one at a time in turn. */
function inTurn(wanted: readonly number[], available: number): number[] {
  let left = Math.max(0, available);
  const shares = wanted.map(() => 0);
  let open = [...wanted.keys()].filter((at) => (wanted[at] as number) > 0);
  while (open.length > 0 && left > 0) {
    const least = Math.min(...open.map((at) => (wanted[at] as number) - (shares[at] as number)));
    const each = Math.min(least, Math.floor(left / open.length));
    const getting = each === 0 ? open.slice(0, left) : open;
    for (const at of getting) shares[at] = (shares[at] as number) + Math.max(1, each);
    left -= getting.length * Math.max(1, each);
    open = each === 0 ? [] : open.filter((at) => (shares[at] as number) < (wanted[at] as number));
  }
  return shares;
}

function stringOf(fields: Fields, key: string): string | undefined {
  const value = fields !== null && Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
