import { exfiltrationRules } from "./exfiltration.ts";
import type { Match, PatternRule } from "./finding.ts";
import { injectionRules } from "./injection.ts";
import { privilegeRules } from "./privilege.ts";
import { supplyChainRules } from "./supply-chain.ts";

/** The 14 patterns of SkillScan, and what is reported beside them. */
export const patternRules: readonly PatternRule[] = [
  ...injectionRules,
  ...exfiltrationRules,
  ...privilegeRules,
  ...supplyChainRules,
];

/** What the rules match in a plain text. */
export function* matchesIn(text: string, rules: readonly PatternRule[]): Generator<Match> {
  for (const rule of rules) {
    for (const expression of rule.expressions) {
      for (const { 0: matched, index } of text.matchAll(expression)) {
        yield { rule, start: index, end: index + matched.length };
      }
    }
  }
}

/** Whether a rule that means something by itself matches a text. */
export function isMatched({ expressions, onlyNew }: PatternRule, text: string): boolean {
  return onlyNew !== true && expressions.some((expression) => text.search(expression) !== -1);
}
