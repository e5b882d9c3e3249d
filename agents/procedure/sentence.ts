/** What a message can be seen to have without reading its words. */
export const features = ["number", "price", "link", "question mark"] as const;
export type Feature = (typeof features)[number];

/**
 * One thing said of the message. A phrase is lower-case tokens with one space between them; lists hold at least one.
 * `mentions` asks for any of its phrases, `mentions-all` for each, `mentions-none` for none.
 */
export type Clause =
  | { kind: "mentions" | "mentions-all" | "mentions-none" | "starts-with"; phrases: readonly string[] }
  | { kind: "has" | "has-no"; feature: Feature }
  | { kind: "more-words" | "fewer-words"; words: number };

/** Clauses of which one must hold. */
export type Group = readonly Clause[];

/** Holds when every group of `all` holds and no clause of `unless` does. */
export interface Condition {
  readonly all: readonly Group[];
  readonly unless: Group;
}

export interface Act {
  readonly kind: "answer";
  readonly text: string;
}

/** One bullet of a skill in controlled English. */
export type Sentence =
  | { readonly kind: "when"; readonly condition: Condition; readonly acts: readonly Act[] }
  | { readonly kind: "otherwise"; readonly acts: readonly Act[] };

/** The text a sentence answers with. */
export function answerOf(sentence: Sentence): string {
  return sentence.acts[0]?.text ?? "";
}
