// The public door: re-exports only.
export { createProcedureAgent } from "./agents/procedure/procedure-agent.ts";
export type { TaskAgent } from "./agents/agent.ts";
export type { Analyst, Analyzer, Diagnostician, EditBudget, Proposal, Proposer } from "./analysts/analyst.ts";
export { createStatisticalAnalyst } from "./analysts/statistical/statistical-analyst.ts";
export { compileLoop } from "./graphs/compile.ts";
export { createLoop } from "./graphs/loop.ts";
export { loopPolicies } from "./graphs/loop-policies.ts";
export type { LoopNeeds, Parts, Policies } from "./graphs/parts.ts";
export { createAcceptGate } from "./nodes/accept-gate.ts";
export { createArchivist } from "./nodes/archivist.ts";
export { createDiagnostician } from "./nodes/diagnostician.ts";
export { createFailureAnalyzer } from "./nodes/failure-analyzer.ts";
export { createGuard } from "./nodes/guard.ts";
export type { RunNode } from "./nodes/node.ts";
export { createOptimizer } from "./nodes/optimizer.ts";
export { createParentSelector } from "./nodes/parent-selector.ts";
export { createRollout } from "./nodes/rollout.ts";
export { createTaskSampler } from "./nodes/task-sampler.ts";
export { createValidator } from "./nodes/validator.ts";
export {
  alwaysAcceptance,
  noWorseAcceptance,
  strictAcceptance,
  type Acceptance,
  type Plan,
} from "./policies/acceptance.ts";
export { constantEdits, type EditSchedule } from "./policies/edit-budget.ts";
export type { Memory, Policy } from "./policies/policy.ts";
export { rejectedSinceAccepted, type RejectedEdits } from "./policies/rejected-edits.ts";
export { epochSampling, minibatchSampling, type Sampling } from "./policies/sampling.ts";
export { headSelection, type Selection } from "./policies/selection.ts";
export { firstBound, type Stopping } from "./policies/stopping.ts";
export { readProgram, writeProgram } from "./readers/skill.ts";
export { readTasks, type TaskSet } from "./readers/tasks.ts";
export { branch, type BranchOptions } from "./runs/branch.ts";
export { compareRuns, type Comparison } from "./runs/compare.ts";
export { diffRuns, type ProgramDiff } from "./runs/diff.ts";
export { evaluate, type EvaluateOptions, type Evaluation } from "./runs/evaluate.ts";
export { exportRun, type ExportOptions, type RunExport } from "./runs/export.ts";
export { listRuns, type RunSummary } from "./runs/list.ts";
export { optimize, type OptimizeOptions, type TaskSuites } from "./runs/optimize.ts";
export { pause, type PauseOptions } from "./runs/pause.ts";
export { resume, type ResumeOptions } from "./runs/resume.ts";
export type { RunResult, RunStatus } from "./runs/result.ts";
export type { Run } from "./runs/run.ts";
export { show, type RunView } from "./runs/show.ts";
export { diffPrograms } from "./skills/diff.ts";
export { applyEdits } from "./skills/edits.ts";
export { createSkillFolder, textOf, type SkillFolder } from "./skills/folder.ts";
export { minimalSkill } from "./skills/minimal.ts";
export { initialState, RunState, type RunUpdate } from "./state/channels.ts";
export { createDraw, draw, permutation, type Draw } from "./state/draw.ts";
export * from "./state/errors.ts";
export type { Hash, Json } from "./state/json.ts";
export type { RunEvent } from "./state/events.ts";
export * from "./state/evidence.ts";
export * from "./state/program.ts";
export { parseSettings, Settings, type SettingsInput } from "./state/settings.ts";
export * from "./state/study.ts";
export * from "./state/task.ts";
export { createLocalPool, type Executor } from "./stores/executor.ts";
export type { Lease, Pace } from "./stores/held-lease.ts";
export { createLeases, type Leases } from "./stores/lease.ts";
export { createLedger, type Ledger } from "./stores/ledger.ts";
export { createMemoryStore } from "./stores/memory.ts";
export { openStore } from "./stores/open.ts";
export { createPayload, type Payload } from "./stores/payload.ts";
export type { RecordStore } from "./stores/record-store.ts";
export { createRedisStore, type RedisStoreNeeds } from "./stores/redis.ts";
export { createRegistry, type Registry } from "./stores/registry.ts";
export { createSqliteStore, type SqliteDatabase } from "./stores/sqlite.ts";
export { createRolloutArchive, type RolloutArchive } from "./stores/rollout-archive.ts";
export { createSaver } from "./stores/saver.ts";
export { labelGeneration } from "./stores/timeline.ts";
export { createExact } from "./verifiers/exact.ts";
export type { Verifier } from "./verifiers/verifier.ts";
export { createInsensitive } from "./verifiers/insensitive.ts";
export { createNumeric } from "./verifiers/numeric.ts";
