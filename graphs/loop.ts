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
import { RunState, type RunUpdate } from "../state/channels.ts";
import { policyList, type LoopNeeds } from "./parts.ts";
import { checkedAll } from "./wiring.ts";

export type LoopNodes = ReturnType<typeof loopNodes>;

/** The nodes of the canonical loop, by name: plain functions of state and runtime, for a graph of one's own too. */
export function loopNodes({ analyst, policies, executor, payload, archive, ledger }: LoopNeeds) {
  const { sampling, selection, drafting, edits, rejected, objectives, trial, archive: keeping, stopping } = policies;
  const study = { payload, archive, ledger };
  return checkedAll({
    "task-sampler": createTaskSampler({ sampling }),
    "parent-selector": createParentSelector({ selection, payload }),
    rollout: createRollout({ executor, archive }),
    "failure-analyzer": createFailureAnalyzer({ analyzer: analyst, ...study }),
    diagnostician: createDiagnostician({ diagnostician: analyst, ...study }),
    optimizer: createOptimizer({ proposer: analyst, drafting, edits, rejected, trial, ...study }),
    guard: createGuard({ payload }),
    validator: createValidator({ trial, objectives, executor, payload }),
    "accept-gate": createAcceptGate({ archive: keeping, payload, ledger }),
    archivist: createArchivist({ policies: policyList(policies), stopping, trial, payload }),
  });
}

/** Said rather than inferred: the inferred type is written out in full wherever a declaration mentions it. */
type Loop = StateGraph<typeof RunState, RunState, RunUpdate, typeof START | keyof LoopNodes>;

/** The canonical loop of these nodes: one generation is one way through them. Any of them may be one's own. */
export function wireLoop(nodes: LoopNodes): Loop {
  return new StateGraph(RunState)
    .addNode("task-sampler", nodes["task-sampler"])
    .addNode("parent-selector", nodes["parent-selector"])
    .addNode("rollout", nodes.rollout)
    .addNode("failure-analyzer", nodes["failure-analyzer"])
    .addNode("diagnostician", nodes.diagnostician)
    .addNode("optimizer", nodes.optimizer)
    .addNode("guard", nodes.guard)
    .addNode("validator", nodes.validator)
    .addNode("accept-gate", nodes["accept-gate"])
    .addNode("archivist", nodes.archivist)
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
    .addConditionalEdges("archivist", nextGeneration, ["task-sampler", END]);
}

/** Where the archivist's edge goes: into the next generation, or to the end. */
export function nextGeneration({ stop }: Pick<RunState, "stop">): "task-sampler" | typeof END {
  return stop === null ? "task-sampler" : END;
}

/** The canonical loop. Compile it with a saver of your choice. */
export function createLoop(needs: LoopNeeds): Loop {
  return wireLoop(loopNodes(needs));
}
