import type { Values } from "../../state/archive.ts";
import type { Evidence, Verdict } from "../../state/evidence.ts";
import { differencesIn } from "../acceptances/votes.ts";
import { missingVerdict } from "../acceptances/sequential.ts";
import { boundsOfDifference, boundsOfMeans } from "../inference/difference.ts";
import { slack } from "../scores.ts";

/** Confidence of the bound that ends an audit early, one-sided, at each look (ours [R]). */
const confidence = 0.9;

/** Fewer pairs than these, or than all tasks there are, decide nothing (ours [R]). */
export const fewestPairs = 5;

/** Whether a look can end the audit: the bounds of the mean difference lie on one side of 0, or it is a gain that the batch makes clear. */
export function lookAtAudit(evidence: Evidence, batch: Values): "more" | "enough" {
  const differences = differencesIn(evidence);
  if (differences.length < fewestPairs) return "more";
  const [low, high] = boundsOfDifference(differences, confidence);
  return low > 0 || high < 0 || isClearWith(batch, evidence) ? "enough" : "more";
}

/**
 * Whether the pairs show a gain of more than their standard error, and the candidate is clearly better on their tasks than the checked program on these and on the `batch` that it was
 * run on, whose tasks are other ones (ours [R]). Where the batch is harder than validation it says too much, so that the pairs have to say it as well.
 */
function isClearWith(batch: Values, evidence: Evidence): boolean {
  const { candidate, other } = evidence.columns;
  const { delta, error } = meanOf(differencesIn(evidence));
  const known = batch.filter((value) => value !== null);
  if (known.length === 0 || delta <= slack + error) return false;
  const isPair = (_: number | null, row: number) => candidate[row] !== null && other[row] !== null;
  const paired = (values: Values) => values.filter(isPair).filter((value) => value !== null);
  return boundsOfMeans(paired(candidate), [...paired(other), ...known], confidence)[0] > 0;
}

/** The mean difference, and its standard error about 0; 0 without a pair. */
function meanOf(differences: readonly number[]): { delta: number; error: number } {
  const count = Math.max(1, differences.length);
  const delta = differences.reduce((sum, one) => sum + one, 0) / count;
  return { delta, error: Math.sqrt(differences.reduce((sum, one) => sum + one ** 2, 0)) / count };
}

interface Terms {
  /** Scores of the checked program on the train tasks of the generation; empty where it was not run on them. */
  batch: Values;
  mustEnd: boolean;
  /** Pairs that are needed to decide. */
  least: number;
  /** Standard errors of the mean difference that a gain must be above. */
  errors: number;
  /** The gain that is expected before any pair is seen, in -1..1; 0 where forecasts are not trusted. */
  expected: number;
}

/**
 * What an audit comes to after its last look. It passes or fails where a bound says so; else it passes with a gain of more than so many
 * `errors`, and where one is expected also without; otherwise it is open, or, if it `mustEnd`, fails. Undecided with too few pairs, and with too many missing.
 */
export function judgeAudit(evidence: Evidence, { batch, mustEnd, least, errors, expected }: Terms): Verdict {
  const differences = differencesIn(evidence);
  const asked = evidence.columns.candidate.length;
  const missing = asked - differences.length;
  const { delta, error } = meanOf(differences);
  const undecided = (reason: string): Verdict => ({ accepted: false, decided: false, reason, delta });
  if (missing > evidence.maxMissing * asked)
    return { ...missingVerdict({ missing, planned: asked, maxMissing: evidence.maxMissing }), delta };
  if (differences.length < least) return undecided(`too few tasks for an audit: ${differences.length} of ${least}`);
  const [low, high] = boundsOfDifference(differences, confidence);
  if (low > 0) return { accepted: true, decided: true, reason: "better than the program checked last", delta };
  if (high < 0) return { accepted: false, decided: true, reason: "worse than the program checked last", delta };
  if (isClearWith(batch, evidence))
    return { accepted: true, decided: true, reason: "better than the program checked last, counting its batch", delta };
  if (delta > slack + errors * error)
    return { accepted: true, decided: true, reason: "a gain on the program checked last", delta };
  if (delta > -slack && expected > 0)
    return {
      accepted: true,
      decided: true,
      reason: "no loss on the program checked last, and a gain by its forecast",
      delta,
    };
  if (!mustEnd) return { ...undecided("the audit is open"), inconclusive: "keep" };
  return { accepted: false, decided: true, reason: "no gain on the program checked last", delta };
}
