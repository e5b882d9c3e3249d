import type { Act } from "./act.ts";

/** What a message can be seen to have without reading its words. */
export const features = ["number", "price", "link", "question mark", "e-mail address"] as const;
export type Feature = (typeof features)[number];

/**
 * What a clause without `about` is about: in Rules the whole message, in all other sections the value at hand, "it". The
 * other of the two is named where it is meant.
 */
export type Unsaid = "message" | "it";

/**
 * One thing said of what its section is about, or of the field or named value `about`. A phrase is lower-case tokens
 * with one space between them, where `word*` is any token that begins so; lists hold at least one. `mentions` asks for
 * any of its phrases, `mentions-all` for each, `mentions-none` for none, `mentions-at-least` for `least` of them.
 */
export type Clause = (
  | {
      kind: "mentions" | "mentions-all" | "mentions-none" | "starts-with" | "ends-with";
      phrases: readonly string[];
    }
  | { kind: "mentions-at-least"; least: number; phrases: readonly string[] }
  | { kind: "is" | "is-not"; texts: readonly string[] }
  | { kind: "matches" | "matches-none"; patterns: readonly string[] }
  | { kind: "has" | "has-no"; feature: Feature }
  | { kind: "more-words" | "fewer-words"; words: number }
) & { about?: string };

/** Clauses of which one must hold. */
export type Group = readonly Clause[];

/** Holds when every group of `all` holds and no clause of `unless` does. */
export interface Condition {
  readonly all: readonly Group[];
  readonly unless: Group;
}

/** One bullet of `## Rules` in controlled English. `important` changes nothing for an agent that overlooks nothing. */
export type Sentence =
  | { readonly kind: "when"; readonly condition: Condition; readonly acts: readonly Act[]; readonly important?: true }
  | { readonly kind: "otherwise"; readonly acts: readonly Act[]; readonly important?: true };

/** One bullet of any section: outside of Rules, acts may stand without a condition. */
export type Statement =
  | Sentence
  | { readonly kind: "always"; readonly acts: readonly Act[]; readonly important?: true };

/** The text a sentence answers with; empty where it does not begin with one. */
export function answerOf({ acts }: Statement): string {
  return acts[0]?.kind === "answer" ? acts[0].text : "";
}

/** Whether a sentence does nothing but answer with a text. */
export function isPlain({ acts }: Statement): boolean {
  return acts.length === 1 && acts[0]?.kind === "answer";
}
