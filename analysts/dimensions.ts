import { z } from "zod";
import { Severity } from "../state/study.ts";

/** The sides from which a failed rollout is looked at, in the order that breaks ties, and what can be wrong on each (SkillForge, arXiv 2604.08618). */
const issues = {
  knowledge: ["missing", "incorrect", "contradictory", "outdated", "misapplied", "not_surfaced"],
  tool: [
    "missed_call",
    "wrong_tool",
    "wrong_params",
    "repeated",
    "misinterpreted_result",
    "underutilised",
    "tool_missing",
  ],
  clarification: ["over_asking", "under_asking", "wrong_focus"],
  style: ["robotic", "verbose", "cold", "tone"],
} as const;

export const Dimension = z.enum(["knowledge", "tool", "clarification", "style"]);
export type Dimension = z.infer<typeof Dimension>;

/** One thing that is wrong with one rollout. */
export const Finding = z.strictObject({
  dimension: Dimension,
  issue: z.string(),
  severity: Severity,
  evidence: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** What a model replies about one dimension of one rollout. */
export function findingsSchema(dimension: Dimension) {
  const issue = z.enum(issues[dimension] as readonly [string, ...string[]]);
  return z.strictObject({ findings: z.array(z.strictObject({ issue, severity: Severity, evidence: z.string() })) });
}
