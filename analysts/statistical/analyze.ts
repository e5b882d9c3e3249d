import type { SkillFolder } from "../../skills/folder.ts";
import type { Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";

export function analyzeFailures(rollouts: readonly ScoredRollout[], _skills: readonly SkillFolder[]): Failure[] {
  return rollouts.filter((r) => r.score !== null && r.score.value < 1).map((r) => ({ task: r.rollout.task, category: "missing_rule", place: null, expected: null, got: null, evidence: "" }));
}
