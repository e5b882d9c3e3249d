import { hashJson, type Hash } from "../state/json.ts";
import type { Question } from "../state/task.ts";

/** A rollout, by all that can change its answer. */
export interface RolloutPlace {
  fingerprint: string;
  program: Hash;
  question: Question;
  sample: number;
}

/** What makes two rollouts the same call; the hash of it is the answer's place in the ledger. */
export function rolloutKey({ fingerprint, program, question, sample }: RolloutPlace) {
  return { kind: "rollout", fingerprint, saw: program, question: hashJson(question), sample };
}
