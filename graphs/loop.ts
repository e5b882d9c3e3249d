import { END, START, StateGraph } from "@langchain/langgraph";
import { createAblator } from "../nodes/ablator.ts";
import { createAcceptGate } from "../nodes/accept-gate.ts";
import { createArchivist } from "../nodes/archivist.ts";
import { createDiagnostician } from "../nodes/diagnostician.ts";
import { createFailureAnalyzer } from "../nodes/failure-analyzer.ts";
import { createGuard } from "../nodes/guard.ts";
import { createInspect } from "../nodes/guarding/inspect.ts";
import { createOptimizer } from "../nodes/optimizer.ts";
import { createParentSelector } from "../nodes/parent-selector.ts";
import { createReflector } from "../nodes/reflector.ts";
import { createRollout } from "../nodes/rollout.ts";
import { createTaskSampler } from "../nodes/task-sampler.ts";
import { createValidator } from "../nodes/validator.ts";
import type { RunNode } from "../nodes/node.ts";
import type { Epochs } from "../policies/epochs.ts";
import type { Ablating } from "../policies/lifecycle/ablating.ts";
import { RunState, type RunUpdate } from "../state/channels.ts";
import { SettingsError } from "../state/errors.ts";
import type { LoopGraph } from "./compile.ts";
import { policyList, type LoopNeeds } from "./parts.ts";
import { checked, checkedAll } from "./wiring.ts";

export type LoopNodes = ReturnType<typeof loopNodes>;

/** The nodes of the canonical loop, by name: plain functions of state and runtime, for custom graphs too. */
export function loopNodes({ analyst, policies, verifier, executor, payload, archive, ledger }: LoopNeeds) {
  const {
    sampling,
    selection,
    studied,
    drafting,
    edits,
    rejected,
    replay,
    tried,
    failing,
    history,
    objectives,
    sample,
    doubt,
    trial,
    archive: keeping,
    epochs,
    episodes,
    card,
  } = policies;
  if (drafting.rewrites === true && analyst.rewrite === undefined)
    throw new SettingsError(
      "analyst",
      `The policy "${drafting.name}" rewrites skills, which the analyst cannot do. Use a language model as the analyst, or a mode that applies edits.`,
    );
  const study = { payload, archive, ledger };
  const inspect = createInspect({ payload, verifier });
  return checkedAll({
    "task-sampler": createTaskSampler({ sampling, epochs, episodes, payload }),
    "parent-selector": createParentSelector({ selection, payload }),
    rollout: createRollout({ executor, archive, replay, payload }),
    "failure-analyzer": createFailureAnalyzer({ analyzer: analyst, failing, studied, ...study }),
    diagnostician: createDiagnostician({ diagnostician: analyst, failing, ...study }),
    optimizer: createOptimizer({
      proposer: analyst,
      drafting,
      edits,
      rejected,
      tried,
      failing,
      history,
      trial,
      episodes,
      card,
      ...study,
    }),
    guard: createGuard({ tried, rejected, inspect, payload }),
    validator: createValidator({ trial, sample, objectives, inspect, executor, payload }),
    "accept-gate": createAcceptGate({ archive: keeping, doubt, payload, ledger }),
    archivist: createArchivist({ ...policies, policies: policyList(policies), keeping, payload, archive }),
  });
}

/** Said rather than inferred: the inferred type is written out in full wherever a declaration mentions it. */
type Loop = StateGraph<typeof RunState, RunState, RunUpdate, typeof START | keyof LoopNodes>;

/** The canonical loop of these nodes: one generation is one pass through them. Each of them can be replaced. */
export function wireLoop(nodes: LoopNodes): Loop {
  return openLoop(nodes).addEdge("rollout", "failure-analyzer");
}

/** The nodes and edges that all loops have, without the edges after rollout; an ablator comes between gate and archivist. */
function openLoop(nodes: LoopNodes, ablator?: RunNode): Loop {
  const loop: Loop = new StateGraph(RunState)
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
    .addEdge("failure-analyzer", "diagnostician")
    .addEdge("diagnostician", "optimizer")
    .addEdge("optimizer", "guard")
    .addEdge("guard", "validator")
    .addEdge("validator", "accept-gate");
  // Nodes join the graph that there is.
  if (ablator === undefined) loop.addEdge("accept-gate", "archivist");
  else loop.addNode("ablator", ablator).addEdge("accept-gate", "ablator").addEdge("ablator", "archivist");
  return loop.addConditionalEdges("archivist", nextGeneration, ["task-sampler", END]);
}

/** A loop whose generations begin with drafts, without rollouts of train tasks: for recipes that need no failure. */
export function wireDrafting(nodes: LoopNodes): LoopGraph {
  return new StateGraph(RunState)
    .addNode("task-sampler", nodes["task-sampler"])
    .addNode("parent-selector", nodes["parent-selector"])
    .addNode("optimizer", nodes.optimizer)
    .addNode("guard", nodes.guard)
    .addNode("validator", nodes.validator)
    .addNode("accept-gate", nodes["accept-gate"])
    .addNode("archivist", nodes.archivist)
    .addEdge(START, "task-sampler")
    .addEdge("task-sampler", "parent-selector")
    .addEdge("parent-selector", "optimizer")
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

/**
 * The loop of these policies: the canonical one, with a reflector if they have epochs, and with an ablator if their drafting learns from leaving skills out. Compile it with a saver
 * of your choice.
 */
export function createLoop(needs: LoopNeeds): LoopGraph {
  const {
    epochs,
    drafting: { ablates },
  } = needs.policies;
  const nodes = loopNodes(needs);
  const ablator = ablates === undefined ? undefined : ablatorNode(needs, ablates);
  return epochs === undefined
    ? openLoop(nodes, ablator).addEdge("rollout", "failure-analyzer")
    : wireEpochs(openLoop(nodes, ablator), reflectorNode(needs, epochs));
}

function ablatorNode({ policies, executor, payload, ledger }: LoopNeeds, ablates: Ablating): RunNode {
  const { drafting, sample, visibility } = policies;
  return checked("ablator", createAblator({ ablates, drafting, sample, visibility, executor, payload, ledger }));
}

function reflectorNode({ analyst, executor, payload, archive, ledger }: LoopNeeds, epochs: Epochs): RunNode {
  return checked("reflector", createReflector({ analyst, epochs, executor, payload, archive, ledger }));
}

/** The canonical loop with a second path from rollout to guard: at the end of an epoch the reflector reviews it. */
function wireEpochs(open: Loop, reflector: RunNode): LoopGraph {
  return open
    .addNode("reflector", reflector)
    .addConditionalEdges("rollout", studyOrReflect, ["failure-analyzer", "reflector"])
    .addEdge("reflector", "guard");
}

function studyOrReflect({ epoch }: Pick<RunState, "epoch">): "failure-analyzer" | "reflector" {
  return epoch?.reflects === true ? "reflector" : "failure-analyzer";
}
