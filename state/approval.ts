import { z } from "zod";
import { EvidenceCounts, Verdict } from "./evidence.ts";
import { Hash } from "./json.ts";

/** What a person says to a candidate: yes or no, or with a reason, which goes into the verdict. */
export const Approval = z.union([
  z.boolean(),
  z.strictObject({ accept: z.boolean(), because: z.string().max(500).optional() }),
]);
export type Approval = z.infer<typeof Approval>;

/**
 * What a person is shown: the value of an interrupt. The accept gate asks before it accepts a candidate, the guard before it lets one pass that
 * it holds, with the findings as the reasons. `diff` is from the parent to the candidate.
 */
export const ApprovalRequest = z.strictObject({
  about: z.enum(["accept", "held"]),
  question: z.string(),
  generation: z.int().positive(),
  candidate: z.strictObject({ program: Hash, parent: Hash, operator: z.string(), target: z.string() }),
  evidence: EvidenceCounts.nullable(),
  verdict: Verdict,
  /** What speaks for a look at it, one line each. */
  reasons: z.array(z.string()),
  diff: z.string(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** Whether the answer is yes, and the reason as it is added to a sentence. */
export function meaningOf(answer: Approval): { accept: boolean; why: string } {
  const { accept, because } = typeof answer === "boolean" ? { accept: answer, because: undefined } : answer;
  return { accept, why: because === undefined ? "" : `: ${because}` };
}
