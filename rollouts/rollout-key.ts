import { hashJson, type Hash } from "../state/json.ts";
import type { Question } from "../state/task.ts";

/** A rollout, by all that can change its answer. */
export interface RolloutPlace {
  fingerprint: string;
  /** The program that the visible skills are: with all of them visible, the one that is rolled out. */
  saw: Hash;
  question: Question;
  sample: number;
}

/** What makes two rollouts the same call; the hash of it is the answer's place in the ledger. */
export function rolloutKey({ fingerprint, saw, question, sample }: RolloutPlace) {
  return { kind: "rollout", fingerprint, saw, question: hashJson(question), sample };
}
