import { parseFrontmatter } from "../frontmatter.ts";
import { wordsOf } from "../leakage/words.ts";
import { relativeLinks } from "../links.ts";
import { headingOf, markdownLines } from "../lines.ts";

/** What a paragraph of a body is (SkillReducer, arXiv 2603.29919 [S]). */
export const itemKinds = ["core_rule", "background", "example", "template", "redundant"] as const;
export type ItemKind = (typeof itemKinds)[number];

/** A paragraph, list, table or code block. Offsets are UTF-16 in the whole text; `titles` are the headings above it, the outermost first. */
export interface BodyItem {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly titles: readonly string[];
  readonly fenced: boolean;
}

/** The items of a text in order: what blank lines and headings divide, code blocks whole, each with the line end after it. */
export function itemsOf(text: string): BodyItem[] {
  const items: BodyItem[] = [];
  const titles: Array<{ level: number; title: string }> = [];
  let open: { start: number; end: number; fenced: boolean } | undefined;
  const close = () => {
    if (open === undefined) return;
    const { start, end, fenced } = open;
    items.push({ text: text.slice(start, end), start, end, fenced, titles: titles.map(({ title }) => title) });
    open = undefined;
  };
  for (const line of markdownLines(text, parseFrontmatter(text).bodyStart)) {
    const heading = line.fenced ? undefined : headingOf(line.text);
    if (heading !== undefined) {
      close();
      while ((titles.at(-1)?.level ?? 0) >= heading.level) titles.pop();
      titles.push(heading);
      continue;
    }
    if (open !== undefined && open.fenced !== line.fenced) close();
    if (!line.fenced && line.text.trim() === "") close();
    else if (open === undefined) open = { start: line.start, end: line.end, fenced: line.fenced };
    else open.end = line.end;
  }
  close();
  return items;
}

/** Words in a heading, or at the start of an item, that say what it is (ours [R]). */
const signs: ReadonlyArray<readonly [ItemKind, RegExp]> = [
  ["example", /\b(?:examples?|sample|samples|demo|demos|illustration|walkthrough)\b/i],
  ["template", /\b(?:templates?|boilerplate|skeleton)\b/i],
  [
    "background",
    /\b(?:background|overview|introduction|motivation|rationale|history|about|why|philosophy|credits?|acknowledge?ments?)\b/i,
  ],
];

/** Words of an instruction (ours [R]). */
const instruction =
  /\b(?:must|should|shall|always|never|only|do not|don't|avoid|ensure|make sure|use|run|call|write|answer|if|when|unless|before|after|required?|important|set|add|check|create|read|open|return|prefer|instead)\b/i;

/** Sections that an agent follows line by line. */
const followed = new Set(["rules", "steps", "extract", "references"]);

/**
 * What each item is, by its headings, its first words and whether it instructs: a stand-in for the model that classifies in SkillReducer [R]. What repeats an
 * earlier item word by word is redundant; what links to a file, or instructs, is a core rule, and so is all that is not clearly something else.
 */
export function classifyItems(items: readonly BodyItem[]): ItemKind[] {
  const known = new Set<string>();
  return items.map((item) => {
    const words = wordsOf(item.text).join(" ");
    const isRepeated = words.length > 0 && known.has(words);
    known.add(words);
    return isRepeated ? "redundant" : kindOf(item);
  });
}

/** Whether an item has to stay whatever it says: in a section that an agent follows line by line, or with a link to a file. */
export function isFixed({ text, titles }: BodyItem): boolean {
  const title = titles.at(-1) ?? "";
  return followed.has(title.toLowerCase()) || relativeLinks(text).length > 0 || /\breferences\//.test(text);
}

function kindOf(item: BodyItem): ItemKind {
  const { text, titles, fenced } = item;
  const title = titles.at(-1) ?? "";
  if (isFixed(item)) return "core_rule";
  const lead = fenced ? "" : text.slice(0, 80).split(/[:.\n]/)[0];
  const found = signs.find(([, sign]) => titles.slice(1).some((each) => sign.test(each)) || sign.test(title));
  if (found !== undefined && (found[0] !== "background" || !instruction.test(text))) return found[0];
  if (!fenced && /^\W*(?:for example|e\.g\.|example)\b/i.test(lead ?? "")) return "example";
  if (fenced || instruction.test(text) || /^\s*(?:[-*+]|\d+[.)])\s/.test(text) || /[`|]/.test(text)) return "core_rule";
  return "background";
}
