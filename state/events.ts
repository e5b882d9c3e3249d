import type { Standing, Verdict } from "./evidence.ts";
import type { SkillFinding } from "./program.ts";
import type { SuiteName } from "./task.ts";

/** What a run reports while it works: noun-verb names, on the graph's custom stream. */
export type RunEvent =
  | { type: "program-inspected"; of: "start" | "best"; program: string; findings: SkillFinding[] }
  | { type: "generation-start"; generation: number; tasks: number; samples: number }
  | { type: "rollout-end"; generation: number; suite: SuiteName; task: string; value: number | null; paid: boolean }
  | { type: "rollout-warned"; generation: number; suite: SuiteName; message: string }
  | { type: "task-held"; generation: number; suite: SuiteName; task: string; reason: string }
  | { type: "deficiencies-found"; generation: number; failures: number; categories: Record<string, number> }
  | { type: "study-warned"; generation: number; part: string; message: string }
  | { type: "candidate-made"; generation: number; program: string; operator: string; edits: number }
  | { type: "draft-refused"; generation: number; message: string }
  | { type: "candidate-blocked"; generation: number; program: string; rule: string; message: string }
  | { type: "candidate-held"; generation: number; program: string; rule: string; message: string }
  /** What became of a candidate beside the one that the verdict is about. */
  | { type: "candidate-decided"; generation: number; program: string; verdict: Verdict }
  /** An audit of the head or of the candidate: `stands` is the program that is checked now, null where the head stays provisional. */
  | {
      type: "head-audited";
      generation: number;
      program: string;
      verdict: Verdict;
      asked: number;
      stands: string | null;
    }
  /** Skills were left out of the head: mean scores of the tasks that have a result with and without them, null where there is none. */
  | {
      type: "skill-ablated";
      generation: number;
      hidden: string[];
      tasks: number;
      with: number | null;
      without: number | null;
    }
  | { type: "verdict"; generation: number; verdict: Verdict; asked: number; planned: number; missing: number }
  | {
      type: "generation-end";
      generation: number;
      /** Validation score of the head, null where it was not measured, and the number of tasks that it is the mean of. */
      score: number | null;
      tasks: number;
      /** Null where the recipe has no audits. */
      standing: Standing | null;
      /** Programs kept. */
      members: number;
      rollouts: number;
      simulations: number;
      tokens: number;
    }
  | { type: "warning"; message: string }
  | { type: "run-end"; status: "finished" | "paused" | "waiting" | "failed"; reason: string };
