import type { Severity } from "../../state/study.ts";

/** What a scan looks for. `host` and `specification` are about publishing; all others are about safety. */
export type ScanCategory =
  | "prompt-injection"
  | "data-exfiltration"
  | "privilege-escalation"
  | "supply-chain"
  | "hidden-text"
  | "gaming"
  | "host"
  | "specification";

/** A kind of finding. `pattern` is its number in SkillScan (arXiv 2601.10338, [S]), null if it has none there. */
export interface ScanRule {
  readonly rule: string;
  readonly pattern: string | null;
  readonly category: ScanCategory;
  readonly severity: Severity;
  /** What was found and what to do. */
  readonly message: string;
  /** Reported only if the parent does not have it: by itself, it means nothing. */
  readonly onlyNew?: boolean;
}

/** What a scan found in one place. Line and column count from 1; null if all of the file is meant, or a character before the place is invisible. */
export interface ScanFinding extends Omit<ScanRule, "onlyNew"> {
  readonly skill: string;
  /** Path inside the skill's folder. */
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The line around the place, at most 160 characters. */
  readonly excerpt: string;
  /** What makes two findings the same, wherever they are: rule and matched text in lower case, white space folded. */
  readonly subject: string;
}

/** A scanner's match in a text: offsets are UTF-16 units. */
export interface Match {
  readonly rule: ScanRule;
  readonly start: number;
  readonly end: number;
  /** What is compared with the parent, if that is not the matched text. */
  readonly subject?: string;
  /** Added to the message of the rule. */
  readonly detail?: string;
}

/** A rule and the texts that it matches, in linear time; each expression has the flag `g`. */
export interface PatternRule extends ScanRule {
  readonly expressions: readonly RegExp[];
}
