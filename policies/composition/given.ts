import type { Edit } from "../../state/program.ts";
import type { Kind } from "./mining.ts";

/** Edits that were made before a run, and what they came to. Without `operators`, they are named by what the edits do. */
export interface GivenPair {
  edits: readonly Edit[];
  about: Kind;
  worked: boolean;
  /** Mean score after minus before, in -1..1; null where it is not known. */
  gain: number | null;
  operators?: readonly string[];
}
