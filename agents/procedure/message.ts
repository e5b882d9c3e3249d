import { sizes } from "../../state/sizes.ts";
import { readFields } from "./fields.ts";
import type { Feature } from "./grammar/sentence.ts";
import { once } from "./once.ts";

/**
 * A text prepared for matching, each part when it is first asked for: every phrase of up to three tokens is one
 * look-up.
 */
export interface Message {
  readonly text: string;
  readonly tokens: readonly string[];
  /** All runs of 1-3 tokens, each joined by single spaces. */
  readonly phrases: ReadonlySet<string>;
  /** All tokens with a space around each, for longer phrases, beginnings and ends. */
  readonly line: string;
  /** Tokens that begin with a letter or digit. */
  readonly words: number;
  readonly features: Readonly<Record<Feature, boolean>>;
  /**
   * What a sentence calls by a name where nothing was changed yet; an empty message where there is nothing of that
   * name.
   */
  about(name: string): Message;
}

const token = /[\p{L}\p{M}\p{N}]+(?:'\p{L}+)?|[^\s_\p{L}\p{M}\p{N}]/gu;
const phraseToken = /[\p{L}\p{M}\p{N}]+(?:'\p{L}+)?(?:\*(?=\s|$))?|[^\s_\p{L}\p{M}\p{N}]/gu;
const longestPhrase = 3;

const detectors: Record<Feature, RegExp> = {
  number: /\d/,
  price: /[$£€¥₹]\s?\d|\d\s?(?:[$£€¥₹]|(?:usd|eur|gbp|dollars?|euros?|pounds?)\b)/i,
  link: /https?:\/\/|\bwww\.|(?<![\w-])[a-z0-9-]+\.(?:com|org|net|edu|gov|info|io|co)\b/i,
  "question mark": /\?/,
  "e-mail address": /[\w+-]@[\w-]+(?:\.[\w-]+)*\.[a-z]/i,
};

/** Lower-case tokens: words and numbers (with an ending such as 's), and every other visible character by itself. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(token) ?? [];
}

/** A phrase of a skill as tokens with single spaces, where `word*` stays one token. */
export function phraseOf(text: string): string {
  return (text.toLowerCase().match(phraseToken) ?? []).join(" ");
}

export function readMessage(text: string): Message {
  let tokens: string[] | undefined;
  let phrases: Set<string> | undefined;
  let line: string | undefined;
  let words: number | undefined;
  let seen: Record<Feature, boolean> | undefined;
  let parts: Map<string, Message> | undefined;
  return {
    text,
    get tokens() {
      return (tokens ??= tokenize(text));
    },
    get phrases() {
      return (phrases ??= phrasesOf(this.tokens));
    },
    get line() {
      return (line ??= ` ${this.tokens.join(" ")} `);
    },
    get words() {
      return (words ??= this.tokens.filter((each) => /^[\p{L}\p{N}]/u.test(each)).length);
    },
    get features() {
      return (seen ??= featuresOf(text));
    },
    about(name) {
      parts ??= new Map();
      const known = parts.get(name);
      if (known !== undefined) return known;
      const part = name === "input" || name === "message" ? this : readMessage(partOf(text, name));
      parts.set(name, part);
      return part;
    },
  };
}

/** Names that mean the text of an input where it has no field of that name. */
export const namesOfText: readonly string[] = ["text", "question", "it"];

function partOf(input: string, name: string): string {
  const { fields, text } = readFields(input);
  return fields.get(name) ?? (namesOfText.includes(name) ? text : "");
}

function phrasesOf(tokens: readonly string[]): Set<string> {
  const phrases = new Set<string>();
  for (let start = 0; start < tokens.length; start += 1) {
    let phrase = "";
    for (let end = start; end < Math.min(start + longestPhrase, tokens.length); end += 1) {
      phrase = end === start ? (tokens[end] as string) : `${phrase} ${tokens[end]}`;
      phrases.add(phrase);
    }
  }
  return phrases;
}

function featuresOf(text: string): Record<Feature, boolean> {
  return {
    number: detectors.number.test(text),
    price: detectors.price.test(text),
    link: detectors.link.test(text),
    "question mark": detectors["question mark"].test(text),
    "e-mail address": detectors["e-mail address"].test(text),
  };
}

/** A test for a phrase as `phraseOf` gives it, at token boundaries: anywhere, or at one end of the message. */
export function createPhraseTest(phrase: string, place: "inside" | "start" | "end" = "inside") {
  if (phrase.length > sizes.lookedFor) return () => false;
  if (/\S\*( |$)/.test(phrase)) {
    const source = phrase.split(" ").map(sourceOfToken).join(" ");
    const expression = new RegExp(`${place === "start" ? "^" : ""} ${source} ${place === "end" ? "$" : ""}`, "u");
    return ({ line }: Message): boolean => expression.test(line);
  }
  const padded = ` ${phrase} `;
  if (place === "start") return ({ line }: Message): boolean => line.startsWith(padded);
  if (place === "end") return ({ line }: Message): boolean => line.endsWith(padded);
  const isShort = phrase.split(" ").length <= longestPhrase;
  return isShort
    ? ({ phrases }: Message): boolean => phrases.has(phrase)
    : ({ line }: Message): boolean => line.includes(padded);
}

function sourceOfToken(part: string): string {
  const escaped = part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return part.length > 1 ? escaped.replace(/\\\*$/, "[^ ]*") : escaped;
}

/** Reads messages and keeps the last `capacity` of them, so that one text is tokenised once. */
export function createMessageReader(capacity = 5000): (text: string) => Message {
  const kept = new Map<string, Message>();
  return (text) => once(kept, text, readMessage, capacity);
}
