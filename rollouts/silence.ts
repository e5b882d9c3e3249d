import type { TaskAgent } from "../agents/agent.ts";
import { PartError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import type { RolloutRow } from "../state/task.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";

/** A rollout, which part of it failed to say anything if one did, and the ledger's places of what failed. A held task blames none. */
export interface Outcome {
  row: RolloutRow;
  silent: "agent" | "verifier" | null;
  failures: readonly Hash[];
}

interface Parts {
  agent: TaskAgent;
  verifier: Verifier;
  ledger: Ledger;
}

/**
 * Where every one of several rollouts is missing, an agent or a verifier is to blame and not the tasks: nothing can be
 * concluded, so the work stops, and the failures are forgotten for when it goes on.
 */
export async function refuseSilence(outcomes: readonly Outcome[], { agent, verifier, ledger }: Parts): Promise<void> {
  const blamed = outcomes.filter(({ silent }) => silent !== null);
  if (blamed.length < 2 || outcomes.some(({ row }) => row.status === "answered")) return;
  await ledger.forget(blamed.flatMap(({ failures }) => failures));
  const isJudge = blamed.filter(({ silent }) => silent === "verifier").length * 2 > blamed.length;
  const first = blamed.find(({ silent }) => (silent === "verifier") === isJudge);
  const part = isJudge ? `Verifier ${verifier.fingerprint} judged` : `Agent ${agent.fingerprint} answered`;
  throw new PartError(
    `${part} none of ${blamed.length} rollouts; the first failed with: ${first?.row.reason?.replace(/\.$/, "")}. ` +
      `Fix the ${isJudge ? "verifier" : "agent"}, then resume the run, or run the command again: calls that failed are made again. If the fix changes its fingerprint, start a new run.`,
  );
}
