import { createSkillFolder, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { descriptionFrom, skillText } from "../../skills/minimal.ts";
import { nameFrom } from "../../skills/name.ts";
import { shorten } from "../../skills/shorten.ts";
import { toolsJson, type ToolUse } from "./tool-use.ts";

/** What a first skill says, part by part. Texts are Markdown without headings of level 1 and 2. */
export interface SkillParts {
  name: string;
  description: string;
  /** What one must know. */
  background: string;
  /** How to tell the scenarios apart: a decision tree. */
  triage: string;
  scenarios: ReadonlyArray<{ title: string; text: string }>;
  faq: ReadonlyArray<{ question: string; answer: string }>;
  /** Sections in addition, with headings of level 2, that the agent needs; never moved out of SKILL.md. */
  more: string;
  /** Texts about the subject to be kept as references, by title. */
  documents: Readonly<Record<string, string>>;
  tools: readonly ToolUse[];
}

/** Above either, parts of SKILL.md are moved to references/ (SkillForge, arXiv 2604.08618 [P]). */
const most = { lines: 500, characters: 10_000 };
const titleCharacters = 80;

/** A part that can be moved, and where to. */
interface Movable {
  file: string;
  about: string;
  text: string;
}

/**
 * A skill with the fixed sections of SkillForge (arXiv 2604.08618 [P]): Background Knowledge, Scenario Triage, Per-Scenario Handling, FAQ, Reference
 * Index. Where SKILL.md is too long, its longest parts are moved to references/, one after the other, until it is not; which ones
 * is ours [R].
 */
export function assembleSkill(parts: SkillParts): SkillFolder {
  const files = new Map(Object.entries(referencesOf(parts)));
  const movable = movableOf(parts);
  const moved = new Set<string>();
  const render = () => textOf(parts, { movable, moved, files: [...files.keys()] });
  let text = render();
  for (let size = excessOf(text); size !== undefined; size = excessOf(text)) {
    const measure = size;
    const left = movable.filter((part) => part.text !== "" && !moved.has(part.file));
    const [longest] = left.toSorted((a, b) => measure(b.text) - measure(a.text));
    if (longest === undefined) break;
    moved.add(longest.file);
    files.set(longest.file, `# ${longest.about}\n\n${longest.text}\n`);
    text = render();
  }
  const encoder = new TextEncoder();
  const all = [[SKILL_FILE, text] as const, ...files];
  return createSkillFolder(parts.name, Object.fromEntries(all.map(([file, each]) => [file, encoder.encode(each)])));
}

const charactersOf = (text: string) => text.length;
const linesOf = (text: string) => text.split("\n").length;

/** What there is too much of; undefined where the text is short enough. */
function excessOf(text: string): ((text: string) => number) | undefined {
  if (charactersOf(text) > most.characters) return charactersOf;
  return linesOf(text) > most.lines ? linesOf : undefined;
}

function referencesOf({ documents, tools }: SkillParts): Record<string, string> {
  const named = Object.entries(documents).map(([title, text], index, all) => {
    const name = nameFrom(title);
    const isTaken = all.slice(0, index).some(([other]) => nameFrom(other) === name);
    return [`references/knowledge_${name}${isTaken ? `-${index + 1}` : ""}.md`, `${text.trim()}\n`];
  });
  const described = tools.length === 0 ? [] : [["references/tools.json", toolsJson(tools)]];
  return Object.fromEntries([...described, ...named]) as Record<string, string>;
}

function movableOf({ background, triage, scenarios, faq }: SkillParts): Movable[] {
  return [
    { file: "references/background.md", about: "Background Knowledge", text: background.trim() },
    { file: "references/triage.md", about: "Scenario Triage", text: triage.trim() },
    ...scenarios.map(({ title, text }, index) => ({
      file: `references/scenario_${index + 1}_${nameFrom(title)}.md`,
      about: lineOf(title),
      text: text.trim(),
    })),
    { file: "references/faq.md", about: "FAQ", text: faqText(faq) },
  ];
}

function faqText(faq: SkillParts["faq"]): string {
  return faq.map(({ question, answer }) => `**${lineOf(question)}**\n\n${answer.trim()}`).join("\n\n");
}

interface Rendering {
  movable: readonly Movable[];
  moved: ReadonlySet<string>;
  files: readonly string[];
}

const nothing = "Nothing is known yet.";

function textOf({ name, description, more }: SkillParts, { movable, moved, files }: Rendering): string {
  const shown = ({ file, text }: Movable) => (moved.has(file) ? `See ${file}.` : text === "" ? nothing : text);
  const [background, triage, ...rest] = movable as [Movable, Movable, ...Movable[]];
  const faq = rest.at(-1) as Movable;
  const scenarios = rest.slice(0, -1).map((each) => `### ${each.about}\n\n${shown(each)}`);
  const sections = [
    `# ${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`,
    `## Background Knowledge\n\n${shown(background)}`,
    `## Scenario Triage\n\n${shown(triage)}`,
    `## Per-Scenario Handling\n\n${scenarios.length === 0 ? nothing : scenarios.join("\n\n")}`,
    `## FAQ\n\n${shown(faq)}`,
    ...(more.trim() === "" ? [] : [more.trim()]),
    `## Reference Index\n\n${files.length === 0 ? "There are no references." : files.map((file) => `- ${file}`).join("\n")}`,
  ];
  return skillText({ name, description: descriptionFrom(description), body: sections.join("\n\n") });
}

function lineOf(text: string): string {
  return shorten(
    text
      .replaceAll(/\s+/g, " ")
      .replace(/^[# ]+/, "")
      .trim(),
    titleCharacters,
  );
}
