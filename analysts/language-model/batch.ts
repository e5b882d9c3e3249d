import type { Failure, Severity } from "../../state/study.ts";
import { Analysis } from "./analyzer.ts";
import { Dimension, type Finding } from "../dimensions.ts";
import { worstFirst } from "./severity.ts";

/** What a batch of failures shows on one dimension. */
export interface DimensionSummary {
  dimension: Dimension;
  severities: Record<Severity, number>;
  /** Issues and how often, most frequent first. */
  issues: Array<{ issue: string; count: number }>;
  /** The worst failures, one of each issue in turn, as indices into the failures. */
  cases: number[];
  /** What was found, without repeats, worst first. */
  hints: string[];
}

const representatives = 4;
const hintsKept = 8;

/** The analysis of a failure; of one that another analyzer found, what can be said without. */
export function analysisOf(failure: Failure): Pick<Analysis, "severity" | "findings"> {
  const analysis = Analysis.safeParse(failure.extra);
  return analysis.success ? analysis.data : { severity: "medium", findings: [] };
}

/** Adds up findings by dimension, without a model. Dimensions without findings are left out. */
export function summarize(failures: readonly Failure[]): DimensionSummary[] {
  const found = failures.flatMap((failure, index) =>
    analysisOf(failure).findings.map((finding) => ({ ...finding, index })),
  );
  return Dimension.options.flatMap((dimension) => {
    const own = found
      .filter((finding) => finding.dimension === dimension)
      .toSorted((a, b) => worstFirst(a.severity, b.severity) || a.index - b.index);
    if (own.length === 0) return [];
    const severities = { low: 0, medium: 0, high: 0 };
    for (const { severity } of own) severities[severity] += 1;
    return [{ dimension, severities, issues: countIssues(own), cases: representativesOf(own), hints: hintsOf(own) }];
  });
}

function countIssues(findings: readonly Finding[]): DimensionSummary["issues"] {
  const counts = new Map<string, number>();
  for (const { issue } of findings) counts.set(issue, (counts.get(issue) ?? 0) + 1);
  return [...counts].map(([issue, count]) => ({ issue, count })).toSorted((a, b) => b.count - a.count);
}

/** Of findings that come worst first: the first of each issue, then the second of each, and so on. */
function representativesOf(findings: ReadonlyArray<Finding & { index: number }>): number[] {
  const turns = new Map<string, number>();
  const placed = findings.map(({ issue, index }) => {
    const turn = turns.get(issue) ?? 0;
    turns.set(issue, turn + 1);
    return { turn, index };
  });
  const inTurn = placed.toSorted((a, b) => a.turn - b.turn).map(({ index }) => index);
  return [...new Set(inTurn)].slice(0, representatives);
}

function hintsOf(findings: readonly Finding[]): string[] {
  const seen = new Map<string, string>();
  for (const { evidence } of findings) {
    const alike = evidence.toLowerCase().replaceAll(/\s+/g, " ").trim();
    if (alike !== "" && !seen.has(alike)) seen.set(alike, evidence);
  }
  return [...seen.values()].slice(0, hintsKept);
}
