import type { Match, ScanRule } from "./finding.ts";

const category = "hidden-text";

/** Characters that nobody sees, by what they are used for. All [R]. */
const hiddenRules = {
  bidi: {
    rule: "text-direction",
    pattern: null,
    category,
    severity: "high",
    message:
      "Characters that change the direction of text, so that it reads differently from what it says. Remove them.",
  },
  tag: {
    rule: "tag-characters",
    pattern: null,
    category,
    severity: "high",
    message: "Invisible characters of Unicode's tag block, which can contain a whole text. Remove them.",
  },
  selectors: {
    rule: "variation-selectors",
    pattern: null,
    category,
    severity: "high",
    message: "Several variation selectors in a row, which can contain a whole text. Remove them.",
  },
  width: {
    rule: "zero-width",
    pattern: null,
    category,
    severity: "medium",
    message: "Characters without width between visible ones. Remove them.",
  },
  control: {
    rule: "control-characters",
    pattern: null,
    category,
    severity: "medium",
    message: "Control characters, which terminals act on. Remove them.",
  },
} satisfies Record<string, ScanRule>;

/** One expression for all, so that a text is read once; a named group for each rule. */
const hidden =
  // oxlint-disable-next-line no-control-regex
  /(?<bidi>[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+)|(?<tag>[\u{e0000}-\u{e007f}]+)|(?<selectors>[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2,})|(?<width>[\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb]+)|(?<control>[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+)/gu;

/** Scripts that are written with marks of direction, and those that are joined by marks without width. */
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const joined =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Thai}\p{Script=Myanmar}\p{Script=Syriac}\p{Script=Mongolian}]/u;

/** Invisible characters where no script and no emoji needs them: emoji families, flags of regions, a byte order mark and joined scripts are left out. */
export function* hiddenIn(text: string): Generator<Match> {
  for (const found of text.matchAll(hidden)) {
    const [kind, characters] = Object.entries(found.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || characters === undefined) continue;
    const [start, end] = [found.index, found.index + characters.length];
    const around = { before: text.slice(Math.max(0, start - 4), start), after: text.slice(end, end + 2) };
    if (isNeeded(kind, { characters, start, ...around })) continue;
    const codes = [...new Set(characters)].slice(0, 4).map((each) => `U+${codeOf(each)}`);
    const said = kind === "tag" ? ` They read as "${spelled(characters)}".` : "";
    yield {
      rule: hiddenRules[kind as keyof typeof hiddenRules],
      start,
      end,
      subject: kind === "tag" ? spelled(characters) : codes.join(" "),
      detail: `${codes.join(", ")}.${said}`,
    };
  }
}

interface Place {
  characters: string;
  start: number;
  before: string;
  after: string;
}

function isNeeded(kind: string, { characters, start, before, after }: Place): boolean {
  if (kind === "tag") return before.endsWith("\u{1f3f4}") && /^[\u{e0061}-\u{e007a}]{2,6}\u{e007f}$/u.test(characters);
  if (kind === "bidi")
    return /^[\u200e\u200f\u061c]$/.test(characters) && (rightToLeft.test(before) || rightToLeft.test(after));
  if (kind !== "width" || characters.length > 1) return false;
  if (characters === "\ufeff") return start === 0;
  if (characters === "\u200d" && /[\p{Emoji}\ufe0f]$/u.test(before) && /^\p{Emoji}/u.test(after)) return true;
  return /[\u200b-\u200d]/.test(characters) && joined.test(before);
}

/** What tag characters say in ASCII, at most 80 characters. */
function spelled(characters: string): string {
  const ascii = [...characters].map((each) => (each.codePointAt(0) as number) - 0xe0000);
  return ascii
    .filter((code) => code >= 0x20 && code < 0x7f)
    .slice(0, 80)
    .map((code) => String.fromCharCode(code))
    .join("");
}

const codeOf = (character: string) => (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
