import { SettingsError } from "../../state/errors.ts";
import type { Drafting } from "../drafting.ts";

export interface RefinedOptions {
  /** Drafts written side by side, 2 to 16. Default 3 [R]. */
  drafts?: number;
  /** Characters of the digest at most. Default 2,400 [R]. */
  digest?: number;
}

/**
 * Parallel-Distill-Refine (PDR, arXiv 2510.01123 [S]) of a proposer: so many drafts side by side, a digest of them that is bounded and made
 * anew each time, and one draft made from the digest. Drafts differ by what they see: the first sees all of the batch, each of the others a
 * random half of its failures [R]. What it took is in the features of the candidate: on the path to the draft, and in all.
 */
export function refinedDrafting({ drafts = 3, digest = 2_400 }: RefinedOptions = {}): Drafting {
  if (!(Number.isInteger(drafts) && drafts >= 2 && drafts <= 16))
    throw new SettingsError("drafts", `drafts is ${drafts}; it must be a whole number from 2 to 16.`);
  if (!(Number.isInteger(digest) && digest > 0))
    throw new SettingsError("digest", `digest is ${digest}; it must be a whole number of characters above 0.`);
  return {
    name: `drafting.refined ${drafts} of ${digest} characters`,
    version: 1,
    decide: () => ({ kind: "refined", drafts, digest }),
  };
}
