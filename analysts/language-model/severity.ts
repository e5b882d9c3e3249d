import type { Severity } from "../../state/study.ts";
import { Dimension, type Finding } from "../dimensions.ts";

/** What the findings about one rollout come to. */
export interface Judgement {
  verdict: "fail" | "marginal" | "acceptable";
  /** The worst; null where there is no finding. */
  severity: Severity | null;
  /** The dimension of the worst finding; of several the first of knowledge, tool, clarification, style. */
  primary: Dimension | null;
  /** The findings that count. */
  findings: Finding[];
}

const rank = { low: 1, medium: 2, high: 3 };

/** Whether one severity is worse than another: above 0 where the second is, for sorting worst first. */
export function worstFirst(one: Severity, other: Severity): number {
  return rank[other] - rank[one];
}

/**
 * Counts findings; no model has a say in it (SkillForge, arXiv 2604.08618, stage 1): one high or two medium ones fail, any
 * other is marginal. Style counts only where nothing of weight is wrong with knowledge or tools.
 */
export function judge(given: readonly Finding[]): Judgement {
  const isWrong = given.some(
    ({ dimension, severity }) => (dimension === "knowledge" || dimension === "tool") && severity !== "low",
  );
  const order = (finding: Finding) => Dimension.options.indexOf(finding.dimension);
  const findings = given
    .filter(({ dimension }) => !(isWrong && dimension === "style"))
    .toSorted((a, b) => worstFirst(a.severity, b.severity) || order(a) - order(b));
  const [worst] = findings;
  if (worst === undefined) return { verdict: "acceptable", severity: null, primary: null, findings };
  const mediums = findings.filter(({ severity }) => severity === "medium").length;
  const verdict = worst.severity === "high" || mediums >= 2 ? "fail" : "marginal";
  return { verdict, severity: worst.severity, primary: worst.dimension, findings };
}
