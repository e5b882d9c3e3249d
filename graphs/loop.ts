import { END, START, StateGraph } from "@langchain/langgraph";
import { createAcceptGate } from "../nodes/accept-gate.ts";
import { createArchivist } from "../nodes/archivist.ts";
import { createDiagnostician } from "../nodes/diagnostician.ts";
import { createFailureAnalyzer } from "../nodes/failure-analyzer.ts";
import { createGuard } from "../nodes/guard.ts";
import { createOptimizer } from "../nodes/optimizer.ts";
import { createParentSelector } from "../nodes/parent-selector.ts";
import { createRollout } from "../nodes/rollout.ts";
import { createTaskSampler } from "../nodes/task-sampler.ts";
import { createValidator } from "../nodes/validator.ts";
import { RunState } from "../state/channels.ts";
import { policyList, type LoopNeeds } from "./parts.ts";
import { checked } from "./wiring.ts";

/** The canonical loop: one generation is one way through these nodes. Compile it with a saver of your choice. */
export function createLoop({ analyst, policies, executor, payload, archive, ledger }: LoopNeeds) {
  const { sampling, selection, edits, rejected, acceptance, stopping } = policies;
  return new StateGraph(RunState)
    .addNode("task-sampler", checked("task-sampler", createTaskSampler({ sampling })))
    .addNode("parent-selector", checked("parent-selector", createParentSelector({ selection })))
    .addNode("rollout", checked("rollout", createRollout({ executor, archive })))
    .addNode(
      "failure-analyzer",
      checked("failure-analyzer", createFailureAnalyzer({ analyzer: analyst, payload, archive, ledger })),
    )
    .addNode(
      "diagnostician",
      checked("diagnostician", createDiagnostician({ diagnostician: analyst, payload, archive, ledger })),
    )
    .addNode(
      "optimizer",
      checked(
        "optimizer",
        createOptimizer({ proposer: analyst, edits, rejected, acceptance, payload, archive, ledger }),
      ),
    )
    .addNode("guard", checked("guard", createGuard({ payload })))
    .addNode("validator", checked("validator", createValidator({ acceptance, executor, payload })))
    .addNode("accept-gate", checked("accept-gate", createAcceptGate({ acceptance, payload })))
    .addNode("archivist", checked("archivist", createArchivist({ policies: policyList(policies), stopping, payload })))
    .addEdge(START, "task-sampler")
    .addEdge("task-sampler", "parent-selector")
    .addEdge("parent-selector", "rollout")
    .addEdge("rollout", "failure-analyzer")
    .addEdge("failure-analyzer", "diagnostician")
    .addEdge("diagnostician", "optimizer")
    .addEdge("optimizer", "guard")
    .addEdge("guard", "validator")
    .addEdge("validator", "accept-gate")
    .addEdge("accept-gate", "archivist")
    .addConditionalEdges("archivist", ({ stop }) => (stop === null ? "task-sampler" : END), ["task-sampler", END]);
}
