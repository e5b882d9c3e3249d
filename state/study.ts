import { z } from "zod";
import { Json } from "./json.ts";
import { SkillName } from "./program.ts";

export const Severity = z.enum(["low", "medium", "high"]);
export type Severity = z.infer<typeof Severity>;

/**
 * What went wrong in one rollout. `place` points into the skill (a rule id, a heading) where the trace names one; `extra`
 * is between an analyzer and its diagnostician.
 */
export const Failure = z.strictObject({
  task: z.string(),
  category: z.string(),
  place: z.string().nullable(),
  expected: z.string().nullable(),
  got: z.string().nullable(),
  evidence: z.string(),
  extra: z.record(z.string(), Json).optional(),
});
export type Failure = z.infer<typeof Failure>;

/** Failures traced to a place in the skill: what is missing, insufficient or incorrect there, and how bad it is. */
export const Deficiency = z.strictObject({
  skill: SkillName,
  file: z.string(),
  place: z.string().nullable(),
  defect: z.enum(["missing", "insufficient", "incorrect"]),
  category: z.string(),
  severity: Severity,
  tasks: z.array(z.string()),
  plan: z.string(),
  extra: z.record(z.string(), Json),
});
export type Deficiency = z.infer<typeof Deficiency>;

/** What failures were traced to, worst first. A payload. */
export const Deficiencies = z.array(Deficiency);
