import { canonicalJson } from "../../state/json.ts";
import type { TraceStep } from "../../state/task.ts";
import type { Objectives } from "../objectives.ts";

/** The objective of a rollout that is 1 minus the share of its steps without effect; higher is better. */
export const effectObjective = "effect";

/** Events of traces that say something and do nothing: no steps. */
const words = new Set(["model", "message", "node", "more", "file", "file-missing"]);

/** Events of the procedure agent in which nothing was found. */
const nothing = new Set(["nothing", "no-rule"]);

/**
 * The share of an agent's steps that changed nothing, in 0..1; 0 without steps. MASA's NHR is the share of steps that leave the environment
 * unchanged (arXiv 2605.30723 [S]); what that is in a trace is ours [R]: a call of a tool that failed, a file that was not there, a rule that
 * found nothing, and a step that repeats an earlier one of the rollout with the same outcome.
 */
export function idleShare(trace: readonly TraceStep[]): number {
  const steps = trace.filter(({ event }) => !words.has(event));
  const before = new Set<string>();
  const idle = steps.filter((step) => {
    const text = canonicalJson(step);
    const isRepeat = before.has(text);
    before.add(text);
    return isRepeat || nothing.has(step.event) || step["ok"] === false || step["isFound"] === false || "error" in step;
  });
  return steps.length === 0 ? 0 : idle.length / steps.length;
}

/** The objective `effect` of rollouts, and nothing of programs. */
export const effectObjectives: Objectives = { name: "objectives.effect", version: 1, steps: true, of: () => ({}) };
