import type { Hash } from "../../state/json.ts";
import type { Policy } from "../policy.ts";

/** Which past rollouts an analyst may still learn from. Each is stamped with the program that made it. */
export interface Replay extends Policy {
  /** Whether rollouts of the program `made` count where the program `current` is edited. */
  keeps(of: { made: Hash; current: Hash }): boolean;
}

/** Those of any program: what an answer shows of a task often holds for the next program. */
export const anyProgram: Replay = { name: "replay.any-program", version: 1, keeps: () => true };

/**
 * Those of the program that is edited: evidence of an older generation of the skill is dropped (MetaClaw, arXiv 2603.17187 [C], which
 * counts generations; the hash of the program is as good and also tells members of an archive apart [R]).
 */
export const currentProgram: Replay = {
  name: "replay.current-program",
  version: 1,
  keeps: ({ made, current }) => made === current,
};
