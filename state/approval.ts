import { z } from "zod";
import { EvidenceCounts, Verdict } from "./evidence.ts";
import { Hash } from "./json.ts";

/** What a person says to a candidate: yes or no, or with a reason, which goes into the verdict. */
export const Approval = z.union([
  z.boolean(),
  z.strictObject({ accept: z.boolean(), because: z.string().max(500).optional() }),
]);
export type Approval = z.infer<typeof Approval>;

/** What the accept gate shows a person before it accepts: the value of its interrupt. `diff` is from the parent to the candidate. */
export const ApprovalRequest = z.strictObject({
  question: z.string(),
  generation: z.int().positive(),
  candidate: z.strictObject({ program: Hash, parent: Hash, operator: z.string(), target: z.string() }),
  evidence: EvidenceCounts.nullable(),
  verdict: Verdict,
  diff: z.string(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;
