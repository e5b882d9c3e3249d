import type { Callbacks } from "@langchain/core/callbacks/manager";
import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { Policy } from "../policies/policy.ts";
import type { Approval, ApprovalRequest } from "../state/approval.ts";
import type { RunUpdate } from "../state/channels.ts";
import { SettingsError } from "../state/errors.ts";
import type { Executor } from "../rollouts/executor.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import type { Verifier } from "../verifiers/verifier.ts";
import type { Policies, Recipe } from "./recipe.ts";

/** The parts a user chooses: agent, analyst, verifier, and how the run searches. */
export interface Parts {
  agent: TaskAgent;
  analyst: Analyst;
  verifier: Verifier;
  /** A custom recipe; built-in ones are selected with the setting `recipe`. */
  recipe?: Recipe;
  /** LangChain callbacks, such as a tracer: they see nodes, rollouts inside of nodes, and calls of models inside of those. */
  callbacks?: Callbacks;
  /** Whom the accept gate asks, as the setting `approve` says, and the guard under `review`; without one, or without an answer, the run waits. */
  approve?: Approver;
  /** Where something else than the run itself streams the graph. */
  drive?: Drive;
}

/** A person, or what stands for one. Undefined leaves the run waiting; `signal` fires when it is paused meanwhile. */
export type Approver = (
  request: ApprovalRequest,
  options: { signal: AbortSignal },
) => Promise<Approval | undefined> | Approval | undefined;

/** How LangGraph's tooling has the graph of a run streamed: with input and options of its own. */
export interface Drive {
  /** Whether a checkpoint or a command is named, so that the run goes on from there and not from its last sound checkpoint. */
  readonly isAddressed: boolean;
  /** Ends when the stream does. `start` is the state to begin with, or null to go on; `open` adds what belongs to the run. */
  stream(
    start: RunUpdate | null,
    open: (input: unknown, options: object) => Promise<AsyncIterable<unknown>>,
  ): Promise<void>;
}

/** What the nodes of a loop need: parts, policies, and the run's ways into the store. */
export interface LoopNeeds {
  analyst: Analyst;
  policies: Policies;
  /** What the check says of itself, for the guard. */
  verifier: Pick<Verifier, "expects" | "literals">;
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
    `Two policies have the name "${twice.name}". Give each a unique name, because their memories are stored by name.`,
  );
}
