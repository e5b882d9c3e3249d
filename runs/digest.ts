import type { RunState } from "../state/channels.ts";
import { canonicalJson, sha256, type Hash } from "../state/json.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * What makes two runs the same: sha256 over the canonical channel values (programs, rollouts, edits and tasks by their
 * hashes) and the timeline, whose records are given as the canonical JSON they are stored as. Names, threads, checkpoint ids,
 * times, durations and money are not in it.
 */
export function digestOf(state: RunState | RunRecord["input"], timeline: readonly string[]): Hash {
  return sha256(`{"state":${canonicalJson(state)},"timeline":[${timeline.join(",")}]}`);
}
