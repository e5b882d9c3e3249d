import type { Hash, Json } from "../state/json.ts";
import type { Draw } from "../state/draw.ts";
import type { Policy } from "./policy.ts";

/** Chooses the program the next candidates are made from. */
export interface Selection extends Policy {
  decide(input: { head: Hash; best: Hash }, memory: Json, draw: Draw): Hash;
}

/** Always the program the run stands on. */
export const headSelection: Selection = { name: "selection.head", version: 1, decide: ({ head }) => head };
