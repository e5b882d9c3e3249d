import type { Parts } from "../graphs/parts.ts";
import { StateError } from "../state/errors.ts";

const never = () => {
  throw new StateError("A graph that is only drawn, read or updated was run. Resume the run instead.");
};

/** Parts for a graph that is drawn, read or updated, and never run: what they are does not change its wiring. */
export const idleParts: Parts = {
  agent: { fingerprint: "idle", answer: never },
  // A recipe may refuse an analyst that cannot rewrite.
  analyst: { fingerprint: "idle", analyze: never, diagnose: never, propose: never, rewrite: never },
  verifier: { fingerprint: "idle", score: never },
};
