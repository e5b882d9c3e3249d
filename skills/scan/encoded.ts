import type { Match, PatternRule, ScanRule } from "./finding.ts";
import { isMatched } from "./patterns.ts";

/** Text that is written so that it cannot be read. Both [R], beside SC3. */
const encodedRules = {
  instructions: {
    rule: "encoded-instructions",
    pattern: "SC3",
    category: "supply-chain",
    severity: "high",
    message: "An encoded text that says what a scan would report. Write it as plain text, or remove it.",
  },
  blob: {
    rule: "encoded-text",
    pattern: null,
    category: "supply-chain",
    severity: "low",
    message: "A long text in base64 or hexadecimal digits. Write it as plain text, or as a file of its own.",
  },
} satisfies Record<string, ScanRule>;

/** The shortest run that is decoded, and the shortest that is reported if it decodes to a text. */
const shortest = { decoded: 20, reported: 120 };
/** So much of a run is decoded. */
const mostDecoded = 20_000;
const runs = /(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/_-]{20,}={0,2})/g;

/** Runs of base64 or hexadecimal digits that are a text: with a high finding if one of the patterns matches what they say. */
export function* encodedIn(text: string, patterns: readonly PatternRule[]): Generator<Match> {
  for (const found of text.matchAll(runs)) {
    const [run] = found;
    const { index: start } = found;
    if (isImage(text, start)) continue;
    const decoded = decodedText(run.slice(0, mostDecoded));
    if (decoded === undefined) continue;
    const place = { start, end: start + run.length };
    const hit = patterns.find((pattern) => isMatched(pattern, decoded));
    if (hit !== undefined)
      yield {
        rule: encodedRules.instructions,
        ...place,
        subject: decoded,
        detail: `It says: ${JSON.stringify(decoded.slice(0, 120))} (${hit.rule}).`,
      };
    else if (run.length >= shortest.reported)
      yield {
        rule: encodedRules.blob,
        ...place,
        subject: decoded.slice(0, 200),
        detail: `It says: ${JSON.stringify(decoded.slice(0, 80))}.`,
      };
  }
}

/** A picture in a page. */
function isImage(text: string, start: number): boolean {
  return /data:(?:image|font|audio|video)\/[\w.+-]{1,40};base64,$/.test(text.slice(Math.max(0, start - 80), start));
}

/** The text of a run; undefined if its bytes are not a text. */
function decodedText(run: string): string | undefined {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(run);
  // A run of one kind of letters is a word or a path.
  if (!isHex && !(/[A-Z]/.test(run) && /[a-z]/.test(run))) return undefined;
  const text = Buffer.from(run, isHex ? "hex" : "base64").toString("utf8");
  if (text.length < shortest.decoded / 2) return undefined;
  let printable = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code >= 0x20 && code < 0x7f) || code === 0x0a || code === 0x09 || code === 0x0d) printable += 1;
  }
  return printable >= text.length * 0.95 ? text : undefined;
}
