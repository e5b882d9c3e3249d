import { z } from "zod";
import type { GenerationRecord, Verdict } from "../../state/evidence.ts";
import { Hash, type Json } from "../../state/json.ts";
import type { Candidate } from "../../state/program.ts";
import type { Policy } from "../policy.ts";

/** What became of a candidate: better than its parent and kept, kept, or not kept. */
const Outcome = z.enum(["improved", "kept", "discarded"]);
export type Outcome = z.infer<typeof Outcome>;

/**
 * A proposal and what became of it. `proposal` is its `Origin` in the payload; `score` in 0..1 and `delta`, candidate minus parent, are null
 * where they were not measured.
 */
const Feedback = z.strictObject({
  generation: z.int().positive(),
  proposal: Hash,
  outcome: Outcome,
  score: z.number().nullable(),
  delta: z.number().nullable(),
});
export type Feedback = z.infer<typeof Feedback>;
const Entries = z.array(Feedback);

/** Which earlier proposals the proposer sees, with what became of them; oldest first. */
export interface FeedbackHistory extends Policy {
  decide(memory: Json): Feedback[];
}

/** The most entries that can be remembered. */
export const mostFeedback = 50;

/** The key under which a candidate has the hash of its proposal, in `extra`. */
export const proposalKey = "proposal";

/** The outcome of what a generation decided on; null without a candidate, and where nothing was decided. */
export function outcomeOf({ candidate, verdict, candidateScore, parentScore }: GenerationRecord): Outcome | null {
  if (candidate === null || !verdict.decided) return null;
  return outcome(verdict, deltaOf(candidateScore, parentScore));
}

function outcome({ accepted }: Verdict, delta: number | null): Outcome {
  if (!accepted) return "discarded";
  return delta !== null && delta > 0 ? "improved" : "kept";
}

function deltaOf(score: number | null, parent: number | null): number | null {
  return score === null || parent === null ? null : score - parent;
}

/**
 * Appends every proposal of a generation that something was decided on, and keeps the last `most`. EvoSkill's feedback history (arXiv
 * 2603.02766 [C]), which has no limit; the limit is ours [R]. That "improved" is above the parent's score is ours too [R].
 */
export function feedbackHistory(most: number): FeedbackHistory {
  return {
    name: "feedback.history",
    version: 1,
    memory: {
      schema: Entries,
      start: [],
      maxBytes: 16_000,
      learn: (memory, record) => [...Entries.parse(memory), ...entriesOf(record)].slice(-most),
    },
    decide: (memory) => Entries.parse(memory),
  };
}

function entriesOf({ generation, candidate, verdict, candidateScore, parentScore, others }: GenerationRecord) {
  const tried: Array<{ candidate: Candidate; verdict: Verdict; score: number | null }> = [
    ...(candidate === null ? [] : [{ candidate, verdict, score: candidateScore }]),
    ...others,
  ];
  return tried.flatMap((one): Feedback[] => {
    const proposal = Hash.safeParse(one.candidate.extra[proposalKey]);
    if (!proposal.success || !one.verdict.decided) return [];
    const delta = deltaOf(one.score, parentScore);
    return [{ generation, proposal: proposal.data, outcome: outcome(one.verdict, delta), score: one.score, delta }];
  });
}
