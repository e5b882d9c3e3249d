import type { Feature } from "./sentence.ts";

/** A text prepared for matching: tokenised once, then every phrase of up to three tokens is one look-up. */
export interface Message {
  readonly tokens: readonly string[];
  /** All runs of 1-3 tokens, each joined by single spaces. */
  readonly phrases: ReadonlySet<string>;
  /** All tokens with a space around each, for longer phrases and beginnings. */
  readonly line: string;
  /** Tokens that begin with a letter or digit. */
  readonly words: number;
  readonly features: Readonly<Record<Feature, boolean>>;
}

const token = /[a-z0-9]+(?:'[a-z]+)?|[^\s\w]/gu;
const longestPhrase = 3;

const detectors: Record<Feature, RegExp> = {
  number: /\d/,
  price: /[$£€¥₹]\s?\d|\d\s?(?:[$£€¥₹]|(?:usd|eur|gbp|dollars?|euros?|pounds?)\b)/i,
  link: /https?:\/\/|\bwww\.|\b[a-z0-9-]+\.(?:com|org|net|edu|gov|info|io|co)\b/i,
  "question mark": /\?/,
};

/** Lower-case tokens: words and numbers (with an ending such as 's), and every other visible character by itself. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(token) ?? [];
}

export function readMessage(text: string): Message {
  const tokens = tokenize(text);
  const phrases = new Set<string>();
  for (let start = 0; start < tokens.length; start += 1) {
    let phrase = "";
    for (let end = start; end < Math.min(start + longestPhrase, tokens.length); end += 1) {
      phrase = end === start ? (tokens[end] as string) : `${phrase} ${tokens[end]}`;
      phrases.add(phrase);
    }
  }
  return {
    tokens,
    phrases,
    line: ` ${tokens.join(" ")} `,
    words: tokens.filter((each) => /^[a-z0-9]/.test(each)).length,
    features: {
      number: detectors.number.test(text),
      price: detectors.price.test(text),
      link: detectors.link.test(text),
      "question mark": detectors["question mark"].test(text),
    },
  };
}

/** A test for a phrase, given as its tokens with single spaces, at token boundaries. */
export function createPhraseTest(phrase: string): (message: Message) => boolean {
  const isShort = phrase.split(" ").length <= longestPhrase;
  const padded = ` ${phrase} `;
  return isShort ? ({ phrases }) => phrases.has(phrase) : ({ line }) => line.includes(padded);
}

/** Reads messages and keeps the last `capacity` of them, so that one text is tokenised once. */
export function createMessageReader(capacity = 5000): (text: string) => Message {
  const kept = new Map<string, Message>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const message = readMessage(text);
    if (kept.size >= capacity) kept.delete(kept.keys().next().value as string);
    kept.set(text, message);
    return message;
  };
}
