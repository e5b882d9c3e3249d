import type { RunState } from "../state/channels.ts";
import type { GenerationRecord } from "../state/evidence.ts";
import { hashJson, type Hash } from "../state/json.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * What makes two runs the same: sha256 over the canonical channel values (programs, rollouts, edits and tasks by their
 * hashes) and the timeline. Names, threads, checkpoint ids, times, durations and money are not in it.
 */
export function digestOf(state: RunState | RunRecord["input"], timeline: readonly GenerationRecord[]): Hash {
  return hashJson({ state, timeline });
}
