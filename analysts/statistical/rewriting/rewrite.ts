import { printSentence } from "../../../agents/procedure/grammar/printer.ts";
import { isPlainRule, readSkill, type Rule, type SkillReading } from "../../../agents/procedure/rules.ts";
import { sectionNames, type SectionName } from "../../../agents/procedure/section.ts";
import type { Statement } from "../../../agents/procedure/grammar/sentence.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { mainFile, SKILL_FILE, textOf, type SkillFolder } from "../../../skills/folder.ts";
import type { Edit, TextEdit } from "../../../state/program.ts";
import { skillForAnswers } from "../new-skill.ts";
import { anchoredEdits, type Change } from "./anchored-edits.ts";
import { sectionOf, sentenceOf, type Default, type Entry, type Listing, type Step } from "../listing.ts";

type Wanted = Entry | Default | Step;

/** A skill as it can be rewritten. */
export interface Page {
  skill: string;
  file: string;
  text: string;
  reading: SkillReading;
  lineEnd: string;
}

/** A section of a page, with the bullets in it that a listing can speak of. */
interface Part {
  page: Page;
  section: SectionName;
  known: readonly Rule<Statement>[];
  wanted: readonly Wanted[];
}

/**
 * Reads the skills once and says for any listing the edits that turn their rules into it. Only the bullets that differ are
 * touched; prose, other sections and bullets that are not rules stay byte for byte. A skill of the listing that is not there is created.
 */
export function createRewriter(
  skills: readonly SkillFolder[],
  { pageOf }: { pageOf(skill: SkillFolder): Page | undefined } = { pageOf: readPage },
): (listing: Listing) => Edit[] {
  const pages = skills.flatMap((skill) => pageOf(skill) ?? []);
  return (listing) => {
    const known = new Set(pages.map(({ skill }) => skill));
    const missing = new Set(listing.entries.map(({ skill }) => skill).filter((skill) => !known.has(skill)));
    return [
      ...pages.flatMap((page) => editsOf(page, listing)),
      ...[...missing].map((skill) => creationOf(skill, listing)),
    ];
  };
}

function editsOf(page: Page, listing: Listing): TextEdit[] {
  return pageEdits(page, listing).map((edit) => ({ skill: page.skill, file: page.file, ...edit }));
}

function creationOf(name: string, listing: Listing): Edit {
  const own = listing.entries.filter(({ skill }) => skill === name);
  const empty = skillForAnswers(name, [...new Set(own.map(({ answer }) => answer))]);
  const page = readPage(empty);
  const [skill] = applyEdits([empty], page === undefined ? [] : editsOf(page, listing));
  return { op: "create-file", skill: name, file: SKILL_FILE, text: textOf(skill ?? empty) ?? "" };
}

/** Undefined for a skill without a text. */
export function readPage(skill: SkillFolder): Page | undefined {
  const text = textOf(skill);
  if (text === undefined) return undefined;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  return { skill: skill.name, file: mainFile(skill), text, reading: readSkill(text), lineEnd };
}

/** What of a listing belongs to a section of a skill, in order. */
function wantedIn({ entries, otherwise }: Listing, skill: string, section: SectionName): Wanted[] {
  const own = entries.filter((entry) => entry.skill === skill && sectionOf(entry) === section);
  if (section === "Steps") return own.flatMap(({ steps }) => steps ?? []);
  return section === "Rules" && otherwise?.skill === skill ? [...own, otherwise] : own;
}

function isKnown(rule: Rule<Statement>, section: SectionName): boolean {
  if (rule.bullet.section !== section) return false;
  return section === "Rules" ? isPlainRule(rule) : rule.sentence.kind !== "otherwise";
}

function pageEdits(page: Page, listing: Listing): Pick<TextEdit, "op" | "anchor" | "text">[] {
  const parts = sectionNames.map((section) => ({
    page,
    section,
    known: page.reading.rules.filter((rule) => isKnown(rule, section)),
    wanted: wantedIn(listing, page.skill, section),
  }));
  const changes = parts.flatMap(changesOf);
  const { text, lineEnd, reading } = page;
  const missing = parts.filter(({ section, wanted }) => wanted.length > 0 && reading.headings[section] === undefined);
  if (missing.length === 0) return anchoredEdits(text, changes);
  const gap =
    text.endsWith(lineEnd + lineEnd) || text === "" ? "" : text.endsWith(lineEnd) ? lineEnd : lineEnd + lineEnd;
  const added = missing.map((part) => `## ${part.section}${lineEnd}${lineEnd}${bulletsOf(part)}${lineEnd}`);
  return [...anchoredEdits(text, changes), { op: "append", anchor: "", text: gap + added.join(lineEnd) }];
}

/** Steps that a listing has no entry for are none of its business. */
function changesOf(part: Part): Change[] {
  if (part.known.length === 0) return begin(part);
  return part.section === "Steps" && part.wanted.length === 0 ? [] : [...insertions(part), ...removals(part)];
}

/** The first bullets of a section that has a heading and none yet. */
function begin(part: Part): Change[] {
  const { section, wanted, page } = part;
  const heading = page.reading.headings[section];
  if (wanted.length === 0 || heading === undefined) return [];
  return [{ start: heading, end: heading, text: page.lineEnd + page.lineEnd + bulletsOf(part) }];
}

function bulletsOf({ section, wanted, page }: Part): string {
  return wanted.map((rule) => bulletOf(rule, section, "- ")).join(page.lineEnd);
}

function bulletOf(rule: Wanted, section: SectionName, marker: string): string {
  return `${marker}${sentenceIn(section, rule)} <!-- ${rule.id} -->`;
}

const sentences = new WeakMap<Wanted | Statement, string>();

function sentenceIn(section: SectionName, rule: Wanted): string {
  const sentence = sentences.get(rule) ?? printed(section, sentenceOf(rule));
  sentences.set(rule, sentence);
  return sentence;
}

/** A sentence stands in one section only. */
function printed(section: SectionName, sentence: Statement): string {
  const known = sentences.get(sentence) ?? printSentence(sentence, section === "Rules" ? "the message" : "it");
  sentences.set(sentence, known);
  return known;
}

/** A rule that keeps its place in the file, changed or not. */
function isStaying(rule: Wanted): boolean {
  return !rule.fresh && !("moved" in rule && rule.moved);
}

/**
 * New and changed bullets. A new one follows the rule before it that stays, or precedes the first that does; where none
 * stays it follows the last that goes.
 */
function insertions({ page: { lineEnd }, section, known: rules, wanted }: Part): Change[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const marker = rules[0]?.bullet.marker ?? "- ";
  const first = wanted.find(isStaying);
  const top = (first && known.get(first.id))?.bullet.start ?? 0;
  const changes: Change[] = [];
  let last = first === undefined ? rules.at(-1)?.bullet.end : undefined;
  for (const rule of wanted) {
    const old = isStaying(rule) ? known.get(rule.id) : undefined;
    if (old === undefined) {
      const bullet = bulletOf(rule, section, marker);
      changes.push(
        last === undefined
          ? { start: top, end: top, text: bullet + lineEnd }
          : { start: last, end: last, text: lineEnd + bullet },
      );
      continue;
    }
    const { start, end } = old.bullet;
    if (sentenceIn(section, rule) !== printed(section, old.sentence)) {
      changes.push({ start, end, text: bulletOf(rule, section, old.bullet.marker) });
    }
    last = end;
  }
  return changes;
}

/** The bullets of rules that are gone or stand elsewhere now, each with the line break before it. */
function removals({ page: { text }, known, wanted }: Part): Change[] {
  const staying = new Set(wanted.filter(isStaying).map(({ id }) => id));
  return known
    .filter(({ id, sentence }) => sentence.kind !== "otherwise" && !staying.has(id))
    .map(({ bullet: { start, end } }) => ({ start: text[start - 2] === "\r" ? start - 2 : start - 1, end, text: "" }));
}
