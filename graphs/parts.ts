import type { Callbacks } from "@langchain/core/callbacks/manager";
import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { Acceptance } from "../policies/acceptance.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import type { Policy } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import type { Sampling } from "../policies/sampling.ts";
import type { Selection } from "../policies/selection.ts";
import type { Stopping } from "../policies/stopping.ts";
import { SettingsError } from "../state/errors.ts";
import type { Executor } from "../stores/executor.ts";
import type { Ledger } from "../stores/ledger.ts";
import type { Payload } from "../stores/payload.ts";
import type { RolloutArchive } from "../stores/rollout-archive.ts";
import type { Verifier } from "../verifiers/verifier.ts";

/** The decisions of a loop. All are pure; what they remember is in the state. */
export interface Policies {
  sampling: Sampling;
  selection: Selection;
  edits: EditSchedule;
  rejected: RejectedEdits;
  acceptance: Acceptance;
  stopping: Stopping;
}

/** The parts a user chooses: what answers, what studies, what scores. `policies` take the place of the loop's own. */
export interface Parts {
  agent: TaskAgent;
  analyst: Analyst;
  verifier: Verifier;
  policies?: Partial<Policies>;
  /** LangChain callbacks, such as a tracer: they see nodes, rollouts inside of nodes, and calls of models inside of those. */
  callbacks?: Callbacks;
}

/** What the nodes of a loop need: parts, policies, and the run's ways into the store. */
export interface LoopNeeds {
  analyst: Analyst;
  policies: Policies;
  executor: Executor;
  payload: Payload;
  archive: RolloutArchive;
  /** What the analyst's own calls of a model go through. */
  ledger: Ledger;
}

/** The policies as a list, for the archivist and for the version of the graph. Two of one name would share a memory. */
export function policyList(policies: Policies): Policy[] {
  const list = Object.values(policies) as Policy[];
  const twice = list.find(({ name }, index) => list.findIndex((other) => other.name === name) < index);
  if (twice === undefined) return list;
  throw new SettingsError(
    "policies",
    `Two policies are called "${twice.name}". Give each a name of its own: memories go by name.`,
  );
}
