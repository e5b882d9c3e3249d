import { printSentence } from "../../agents/procedure/printer.ts";
import { readRules, type RuleReading } from "../../agents/procedure/rules.ts";
import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import type { Edit } from "../../state/program.ts";
import { anchoredEdits, type Change } from "./anchored-edits.ts";
import { sentenceOf, type Default, type Entry, type Listing } from "./listing.ts";

type Wanted = Entry | Default;

interface Page {
  skill: string;
  file: string;
  text: string;
  reading: RuleReading;
  lineEnd: string;
}

/**
 * Reads the skills once and says for any listing the edits that turn their rules into it. Only the bullets that differ are
 * touched; prose, other sections and bullets that are not rules stay byte for byte.
 */
export function createRewriter(skills: readonly SkillFolder[]): (listing: Listing) => Edit[] {
  const pages = skills.flatMap((skill) => {
    const text = textOf(skill);
    return text === undefined ? [] : [pageOf(skill, text)];
  });
  return (listing) =>
    pages.flatMap((page) =>
      pageEdits(page, wantedRules(listing, page.skill)).map((edit) => ({
        skill: page.skill,
        file: page.file,
        ...edit,
      })),
    );
}

function pageOf(skill: SkillFolder, text: string): Page {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  return { skill: skill.name, file: mainFile(skill), text, reading: readRules(text), lineEnd };
}

function wantedRules({ entries, otherwise }: Listing, skill: string): Wanted[] {
  const own = entries.filter((entry) => entry.skill === skill);
  return otherwise?.skill === skill ? [...own, otherwise] : own;
}

function pageEdits(page: Page, wanted: readonly Wanted[]): Pick<Edit, "op" | "anchor" | "text">[] {
  const { text, reading, lineEnd } = page;
  if (reading.rules.length > 0) return anchoredEdits(text, [...insertions(page, wanted), ...removals(page, wanted)]);
  if (wanted.length === 0) return [];
  const bullets = wanted.map((rule) => bulletOf(rule, "- ")).join(lineEnd);
  if (reading.heading !== null) {
    return anchoredEdits(text, [{ start: reading.heading, end: reading.heading, text: lineEnd + lineEnd + bullets }]);
  }
  const gap =
    text.endsWith(lineEnd + lineEnd) || text === "" ? "" : text.endsWith(lineEnd) ? lineEnd : lineEnd + lineEnd;
  return [{ op: "append", anchor: "", text: `${gap}## Rules${lineEnd}${lineEnd}${bullets}${lineEnd}` }];
}

function bulletOf(rule: Wanted, marker: string): string {
  return `${marker}${printSentence(sentenceOf(rule))} <!-- ${rule.id} -->`;
}

/** A rule that keeps its place in the file, changed or not. */
function isStaying(rule: Wanted): boolean {
  return !rule.fresh && !("moved" in rule && rule.moved);
}

/**
 * New and changed bullets. A new one follows the rule before it that stays, or precedes the first that does; where none
 * stays it follows the last that goes.
 */
function insertions({ reading, lineEnd }: Page, wanted: readonly Wanted[]): Change[] {
  const known = new Map(reading.rules.map((rule) => [rule.id, rule]));
  const marker = reading.rules[0]?.bullet.marker ?? "- ";
  const first = wanted.find(isStaying);
  const top = (first && known.get(first.id))?.bullet.start ?? 0;
  const changes: Change[] = [];
  let last = first === undefined ? reading.rules.at(-1)?.bullet.end : undefined;
  for (const rule of wanted) {
    const old = isStaying(rule) ? known.get(rule.id) : undefined;
    if (old === undefined) {
      const bullet = bulletOf(rule, marker);
      changes.push(
        last === undefined
          ? { start: top, end: top, text: bullet + lineEnd }
          : { start: last, end: last, text: lineEnd + bullet },
      );
      continue;
    }
    const { start, end } = old.bullet;
    if (printSentence(sentenceOf(rule)) !== printSentence(old.sentence)) {
      changes.push({ start, end, text: bulletOf(rule, old.bullet.marker) });
    }
    last = end;
  }
  return changes;
}

/** The bullets of rules that are gone or stand elsewhere now, each with the line break before it. */
function removals({ text, reading }: Page, wanted: readonly Wanted[]): Change[] {
  const staying = new Set(wanted.filter(isStaying).map(({ id }) => id));
  return reading.rules
    .filter(({ id, sentence }) => sentence.kind === "when" && !staying.has(id))
    .map(({ bullet: { start, end } }) => ({ start: text[start - 2] === "\r" ? start - 2 : start - 1, end, text: "" }));
}
