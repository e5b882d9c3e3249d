import { decodeText, type SkillFolder } from "../folder.ts";
import { checkSkill, subjectOfProblem, type SpecProblem } from "../limits.ts";
import { shorten } from "../shorten.ts";
import { encodedIn } from "./encoded.ts";
import type { Match, ScanFinding, ScanRule } from "./finding.ts";
import { hiddenIn } from "./hidden.ts";
import { hostProblems, listingProblem, type HostProblem } from "./hosts.ts";
import { matchesIn, patternRules } from "./patterns.ts";
import { plainForm } from "./plain.ts";

/** So many different findings of one rule in one file are listed; that there are more is a finding too. */
const mostOfRule = 500;
const longestSubject = 300;
const shownExcerpt = 160;

const fileRules = {
  binary: {
    rule: "unreadable-file",
    pattern: null,
    category: "supply-chain",
    severity: "medium",
    message: "A binary file that a scan cannot read. Leave it out, or build it where it is used.",
  },
  more: {
    rule: "more-findings",
    pattern: null,
    category: "supply-chain",
    severity: "high",
    message: `More than ${mostOfRule} different findings of one rule in a file; the rest is not listed. Review the whole file.`,
  },
} satisfies Record<string, ScanRule>;

/** What to look for: `safety` leaves out what is only about hosts and the specification. */
export interface ScanOptions {
  readonly only?: "safety";
}

/**
 * What is unsafe, hidden or against limits in skills, in the order of skills, files and lines. Each finding is listed once per skill and subject, at its
 * first place. Takes time and memory linear in the skills. What is found is a reason to look: static rules find 13-32 % of injected instructions
 * in the literature [S], and much of what they match is harmless.
 */
export function scanSkills(skills: readonly SkillFolder[], { only }: ScanOptions = {}): ScanFinding[] {
  return scanAll(skills, only).filter(({ rule }) => !relative.has(rule));
}

/** The findings that the parent does not have: compared by rule and subject, in any skill and file. */
export function newFindings(
  skills: readonly SkillFolder[],
  parent: readonly SkillFolder[],
  { only }: ScanOptions = {},
): ScanFinding[] {
  const known = new Set(scanAll(parent, only).map(keyOf));
  return scanAll(skills, only).filter((finding) => !known.has(keyOf(finding)));
}

/** What hosts do not list or keep of skills that they do of the parent. */
export function newHostFindings(skills: readonly SkillFolder[], parent: readonly SkillFolder[]): ScanFinding[] {
  const findings = (of: readonly SkillFolder[]) => [...of.flatMap(hostFindings), ...listingFindings(of)];
  const known = new Set(findings(parent).map(keyOf));
  return findings(skills).filter((finding) => !known.has(keyOf(finding)));
}

const hostFindings = (skill: SkillFolder) => hostProblems(skill).map((problem) => hosted(skill, problem));

/** Of all skills together, so of the first. */
function listingFindings(skills: readonly SkillFolder[]): ScanFinding[] {
  const [problem, first] = [listingProblem(skills), skills[0]];
  return problem === undefined || first === undefined ? [] : [hosted(first, problem)];
}

/** Rules that mean something only if the parent is known. */
const relative = new Set(patternRules.filter(({ onlyNew }) => onlyNew === true).map(({ rule }) => rule));

const keyOf = ({ rule, subject }: ScanFinding) => `${rule}\n${subject}`;

function scanAll(skills: readonly SkillFolder[], only: ScanOptions["only"]): ScanFinding[] {
  const safety = skills.map((skill) =>
    Object.keys(skill.files)
      .toSorted()
      .flatMap((file) => scanFile(skill, file)),
  );
  if (only === "safety") return safety.flat();
  return [
    ...skills.flatMap((skill, at) => [
      ...checkSkill(skill).map((problem) => specified(skill, problem)),
      ...hostFindings(skill),
      ...(safety[at] ?? []),
    ]),
    ...listingFindings(skills),
  ];
}

function scanFile(skill: SkillFolder, file: string): ScanFinding[] {
  const bytes = skill.files[file] as Uint8Array;
  const text = decodeText(bytes);
  if (text === undefined || text.includes("\0")) {
    return isMedia(bytes) ? [] : [{ ...fileRules.binary, ...placeless(skill, file), subject: file.toLowerCase() }];
  }
  const plain = plainForm(text);
  const [shown, places] = [createPlaces(text), createPlaces(plain)];
  const found = new Map<string, ScanFinding>();
  const counts = new Map<ScanRule, number>();
  const take = (match: Match, { text: source, placeOf }: Places) => {
    const subject = subjectOf(match, source);
    const key = `${match.rule.rule}\n${subject}`;
    if (found.has(key)) return;
    const count = counts.get(match.rule) ?? 0;
    counts.set(match.rule, count + 1);
    if (count < mostOfRule) {
      const place = placeOf(match.start);
      // A line that reads differently from what it says has no columns of its own.
      const column = source === text || shown.lineAt(place.line) === places.lineAt(place.line) ? place.column : null;
      found.set(key, findingOf(match, { skill, file, subject, ...place, column }));
    } else if (count === mostOfRule) {
      const { rule } = match.rule;
      found.set(`more\n${rule}`, {
        ...fileRules.more,
        ...placeless(skill, file),
        excerpt: rule,
        subject: `${file.toLowerCase()} ${rule}`,
      });
    }
  };
  for (const match of matchesIn(plain, patternRules)) take(match, places);
  for (const match of encodedIn(plain, patternRules)) take(match, places);
  for (const match of hiddenIn(text)) take(match, shown);
  return [...found.values()].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function subjectOf({ subject, start, end }: Match, text: string): string {
  return (subject ?? text.slice(start, end)).slice(0, longestSubject).toLowerCase().replaceAll(/\s+/g, " ").trim();
}

interface Place {
  skill: SkillFolder;
  file: string;
  line: number;
  column: number | null;
  excerpt: string;
  subject: string;
}

function findingOf({ rule, detail }: Match, { skill, ...place }: Place): ScanFinding {
  const { rule: name, pattern, category, severity } = rule;
  const message = detail === undefined ? rule.message : `${rule.message} ${detail}`;
  return { rule: name, pattern, category, severity, message, skill: skill.name, ...place };
}

const placeless = (skill: SkillFolder, file: string) => ({
  skill: skill.name,
  file,
  line: null,
  column: null,
  excerpt: "",
});

interface Places {
  text: string;
  placeOf(offset: number): { line: number; column: number; excerpt: string };
  lineAt(line: number): string;
}

/** Lines and columns of offsets; the starts of lines are counted once, when they are asked for. */
function createPlaces(text: string): Places {
  let known: number[] | undefined;
  const starts = () => (known ??= startsOf(text));
  const lineAt = (line: number) => text.slice(starts()[line - 1], starts()[line] ?? text.length).trimEnd();
  return {
    text,
    lineAt,
    placeOf(offset) {
      // White space before a match is not part of it.
      const at = offset + (/^\s*/.exec(text.slice(offset, offset + 20))?.[0].length ?? 0);
      let [low, high] = [0, starts().length - 1];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts()[middle] as number) <= at) low = middle;
        else high = middle - 1;
      }
      const start = starts()[low] as number;
      const from = Math.max(start, at - shownExcerpt / 4);
      const line = text.slice(from, Math.min(starts()[low + 1] ?? text.length, from + 2 * shownExcerpt));
      return { line: low + 1, column: at - start + 1, excerpt: shorten(line.trim(), shownExcerpt) };
    },
  };
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

const mediaHeads = [
  "\x89PNG",
  "\xff\xd8\xff",
  "GIF8",
  "RIFF",
  "%PDF",
  "OTTO",
  "wOFF",
  "wOF2",
  "\0\x01\0\0",
  "ttcf",
  "II*\0",
  "BM",
];

/** Pictures, fonts and documents by the bytes they begin with: PNG, JPEG, GIF, RIFF, PDF, fonts, TIFF, BMP. */
function isMedia(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 8)).toString("latin1");
  return mediaHeads.some((start) => head.startsWith(start));
}

const severityOf = { error: "high", unpublishable: "medium", warning: "low" } as const;

function specified({ name }: SkillFolder, { severity, file, line, rule, message }: SpecProblem): ScanFinding {
  return {
    rule,
    pattern: null,
    category: "specification",
    severity: severityOf[severity],
    message,
    skill: name,
    file,
    line,
    column: null,
    excerpt: "",
    subject: subjectOfProblem({ severity, rule, message }),
  };
}

function hosted({ name }: SkillFolder, { rule, line, detail }: HostProblem): ScanFinding {
  return {
    ...rule,
    message: `${rule.message} ${detail}`,
    skill: name,
    file: "SKILL.md",
    line,
    column: null,
    excerpt: "",
    subject: name,
  };
}
