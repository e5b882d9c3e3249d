import type { TaskAgent } from "../agents/agent.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { createBlotter } from "../stores/secrets.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import { countCalls } from "./counted-agent.ts";
import { rollOut, type Piece, type RolledOut, type Watch } from "./roll-out.ts";

/** Does rollouts. Errors that end the work are thrown; an attempt that had not begun when it was over is an AbortError. */
export interface Performer {
  perform(piece: Piece, watch: Watch): Promise<RolledOut>;
  /** Rollouts whose agents are at work. */
  inFlight(): number;
  /** Lets go of what it needed for them, once there are no more. */
  close(): Promise<void>;
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
}

/** Rollouts in this process. */
export function createPerformer({ agent: given, verifier, ledger }: Needs): Performer {
  const blot = createBlotter();
  const { agent, inFlight } = countCalls(given);
  const { isEmbedded = false } = given;
  return {
    inFlight,
    close: async () => undefined,
    perform: (piece, watch) => rollOut({ agent, isEmbedded, verifier, blot, ledger, ...piece, ...watch }),
  };
}
