// The public door: re-exports only.
export { createChatAgent, type ChatAgentOptions } from "./agents/chat/chat-agent.ts";
export { fromGraph, type CompiledGraph, type GraphAgentOptions } from "./agents/graph/from-graph.ts";
export { createProcedureAgent } from "./agents/procedure/procedure-agent.ts";
export { createAugmentedAgent, type PromptTemplate } from "./agents/augmented-agent.ts";
export { createToolsAgent, type ToolsAgentOptions } from "./agents/tools/tools-agent.ts";
export type { TaskAgent } from "./agents/agent.ts";
export { createClaudeCode } from "./agents/command/claude-code.ts";
export { createCodex } from "./agents/command/codex.ts";
export { createCommandAgent, type CommandAgentOptions } from "./agents/command/command-agent.ts";
export { createOpencode } from "./agents/command/opencode.ts";
export type { PresetOptions } from "./agents/command/preset.ts";
export type { SkillMode } from "./agents/command/prompt.ts";
export type { Observation, ReadStream } from "./agents/command/stream.ts";
export type {
  Analyst,
  Analyzer,
  CurationRequest,
  Curator,
  Diagnostician,
  EditBudget,
  PastProposal,
  Patch,
  PatchContext,
  PatchWorker,
  Proposal,
  Proposer,
  Reducer,
  SupportedEdit,
} from "./analysts/analyst.ts";
export { createCountingCreator } from "./analysts/creation/counting-creator.ts";
export type { Creator, CreatorInput, Example, ToolDescription } from "./analysts/creator.ts";
export { createModelAnalyzer, type AnalyzerOptions } from "./analysts/language-model/analyzer.ts";
export {
  Checklist,
  checklistItems,
  createModelChecklistWriter,
  type ChecklistOptions,
  type ChecklistWriter,
} from "./analysts/language-model/checklist-writer.ts";
export { createModelCreator, type CreatorOptions } from "./analysts/language-model/creator.ts";
export { createModelDiagnostician, type DiagnosticianOptions } from "./analysts/language-model/diagnostician.ts";
export {
  createLanguageModelAnalyst,
  type LanguageModelAnalystOptions,
} from "./analysts/language-model/language-model-analyst.ts";
export { createModelFileEditor, type FileEditorOptions } from "./analysts/language-model/file-editor.ts";
export { createModelMerger, type Merger, type MergerOptions } from "./analysts/language-model/merger.ts";
export { createModelPatchWorker, type PatchWorkerOptions } from "./analysts/language-model/patch-worker.ts";
export { createModelProposer, type ProposerOptions } from "./analysts/language-model/proposer.ts";
export { createModelRanker, type Ranker } from "./analysts/language-model/ranker.ts";
export { createModelCurator, type CuratorOptions } from "./analysts/language-model/curation/curator.ts";
export { createModelReducer } from "./analysts/language-model/reducer.ts";
export { createModelReflector, type ReflectorOptions } from "./analysts/language-model/reflector.ts";
export type { Attempt, Epoch, Reflection, Reflector } from "./analysts/reflector.ts";
export { createStatisticalAnalyst } from "./analysts/statistical/statistical-analyst.ts";
export { compileLoop, type LoopGraph } from "./graphs/compile.ts";
export { drawGraph, type DrawableGraph, type GraphFormat } from "./graphs/drawing.ts";
export { checkedAll } from "./graphs/wiring.ts";
export { createLoop, loopNodes, nextGeneration, wireDrafting, wireLoop, type LoopNodes } from "./graphs/loop.ts";
export { defineRecipe, type Policies, type Recipe } from "./graphs/recipe.ts";
export { findRecipe, recipes } from "./graphs/recipes/all.ts";
export { bayesian } from "./graphs/recipes/bayesian.ts";
export { effiskill } from "./graphs/recipes/effiskill.ts";
export { evoskill } from "./graphs/recipes/evoskill.ts";
export { gepa } from "./graphs/recipes/gepa.ts";
export { hillClimb } from "./graphs/recipes/hill-climb.ts";
export { masa } from "./graphs/recipes/masa.ts";
export { mocha } from "./graphs/recipes/mocha.ts";
export { skillos } from "./graphs/recipes/skillos.ts";
export { reduce } from "./graphs/recipes/reduce.ts";
export { skillforge } from "./graphs/recipes/skillforge.ts";
export { slim } from "./graphs/recipes/slim.ts";
export type { Approver, Drive, LoopNeeds, Parts } from "./graphs/parts.ts";
export type { CallCounts } from "./models/attempts.ts";
export type { FaultKind } from "./models/faults.ts";
export { JournaledModel } from "./models/journaled-model.ts";
export type { ModelSettings, ModelSettingsInput } from "./models/model-settings.ts";
export { createModel, type ModelOptions } from "./models/open-model.ts";
export type { Price, PriceTable } from "./models/prices.ts";
export { askFor } from "./models/replies/structured.ts";
export { createAcceptGate } from "./nodes/accept-gate.ts";
export { createArchivist } from "./nodes/archivist.ts";
export { createDiagnostician } from "./nodes/diagnostician.ts";
export { createFailureAnalyzer } from "./nodes/failure-analyzer.ts";
export { createGuard } from "./nodes/guard.ts";
export { createInspect, type Inspect } from "./nodes/guarding/inspect.ts";
export type { RunNode } from "./nodes/node.ts";
export { createOptimizer } from "./nodes/optimizer.ts";
export { createParentSelector } from "./nodes/parent-selector.ts";
export { createRollout } from "./nodes/rollout.ts";
export { createTaskSampler } from "./nodes/task-sampler.ts";
export { createValidator } from "./nodes/validator.ts";
export { noWorseAcceptance, strictAcceptance, tolerantAcceptance, type Acceptance } from "./policies/acceptance.ts";
export type { Plan } from "./policies/acceptances/orders.ts";
export { pairedAcceptance, type PairedTerms } from "./policies/acceptances/paired.ts";
export { raceAcceptance } from "./policies/acceptances/race.ts";
export { repairsAcceptance } from "./policies/acceptances/repairs.ts";
export { manyArchive, wholeArchive, type Ranked } from "./policies/many-archive.ts";
export { stretchArchive } from "./policies/archives/stretch.ts";
export { versionArchive, type Versions } from "./policies/archives/versions.ts";
export { optimisticTrial } from "./policies/audits/optimistic-trial.ts";
export { minibatchTrial } from "./policies/minibatch-trial.ts";
export { reductionTrial } from "./policies/trials/reduction-trial.ts";
export { halvingTrial } from "./policies/trials/halving.ts";
export { withParts } from "./policies/trials/parts.ts";
export {
  againstHead,
  measuredTrial,
  noTrial,
  type Stage,
  type Trial,
  type TrialCost,
  type TrialInput,
} from "./policies/trial.ts";
export { whenInDoubt, type Doubt, type Doubtful, type DoubtOptions } from "./policies/doubt.ts";
export { complianceWith, noObjectives, type Objectives } from "./policies/objectives.ts";
export { advantagesOf, contrastPair, episodeEnd, type GenerationAdvantage } from "./policies/advantages/advantages.ts";
export { trainedGenerator } from "./policies/advantages/generator.ts";
export { armProbabilities, trainSoftmax } from "./policies/advantages/softmax-policy.ts";
export { allStudied, contrastStudied, type Studied } from "./policies/advantages/studied.ts";
export { BetaTable, chooseTasks, learnOutcomes } from "./policies/curriculum/beta-table.ts";
export { beliefDrafting, type BeliefOptions } from "./policies/beliefs/belief-drafting.ts";
export { composedDrafting } from "./policies/composition/composed-drafting.ts";
export type { GivenPair } from "./policies/composition/given.ts";
export { curatedDrafting } from "./policies/curation/curated-drafting.ts";
export { judgedLater } from "./policies/curation/later-trial.ts";
export { curationReward, type Curated, type RewardWeights } from "./policies/curation/reward.ts";
export { streamEpisodes } from "./policies/curation/streams.ts";
export { posteriorSampling, type PosteriorOptions } from "./policies/curriculum/posterior-sampling.ts";
export { composeTasks, type CompositionOptions } from "./policies/curriculum/composition.ts";
export { CategoryOffsets, drawCategories, noOffsets } from "./policies/curriculum/categories.ts";
export { categorySampling } from "./policies/curriculum/category-sampling.ts";
export { categoryMixture, type Helps } from "./policies/curriculum/mixture.ts";
export { mixtureSampling, type MixtureOptions } from "./policies/curriculum/mixture-sampling.ts";
export { betaSample, dirichletSample } from "./policies/draws/dirichlet.ts";
export { weightedChoice } from "./policies/draws/weighted-choice.ts";
export { afterEpisodes, episodeArchive, episodeSelection } from "./policies/episodes/episode-archive.ts";
export { revisionEpisodes, type EpisodePlan, type Episodes } from "./policies/episodes/episodes.ts";
export { episodeTrial, rewardTrial, sharedTrial } from "./policies/episodes/revision-trial.ts";
export { cardText, modelCard, type ModelCard, type ModelCards } from "./policies/cards/model-card.ts";
export { chainRewards, turnReward, type ChainBatch, type ChainRollout } from "./policies/rewards/chain.ts";
export { rewardAcceptance, rewardOf } from "./policies/rewards/reward.ts";
export { effectObjectives, idleShare } from "./policies/rewards/steps.ts";
export { afterPhases, treePhases, type Phases } from "./policies/trees/phases.ts";
export { treeArchive } from "./policies/trees/tree-archive.ts";
export { treeDrafting } from "./policies/trees/tree-drafting.ts";
export { treeSelection } from "./policies/trees/tree-selection.ts";
export { typeSampling } from "./policies/trees/task-types.ts";
export { nodeToExpand, ucb1, type Tree, type TreeNode, type TreeRules } from "./policies/trees/ucb.ts";
export { chebyshev, nearestToIdeal } from "./policies/fronts/chebyshev.ts";
export { dominates, paretoFront } from "./policies/fronts/dominance.ts";
export { frontFrequencies } from "./policies/fronts/front-frequency.ts";
export { hypervolume, hypervolumeContribution } from "./policies/fronts/hypervolume.ts";
export { frontierArchive, frontierSelection } from "./policies/fronts/frontier.ts";
export { frontsOf } from "./policies/fronts/instance-fronts.ts";
export { chooseParent, updateFrontier } from "./policies/fronts/top-frontier.ts";
export { createdPerUse, hasConverged } from "./policies/library-growth.ts";
export { proposingBudgets } from "./policies/drafts/parallel-budget.ts";
export { headArchive, type Archive, type ArchiveDecision, type ArchiveInput } from "./policies/archive.ts";
export {
  filesDraft,
  minibatchDrafting,
  oneDraft,
  type Alternative,
  type Choice,
  type Drafting,
  type DraftPlan,
} from "./policies/drafting.ts";
export { coolingAt, uctChances, uctOf, type Arm } from "./policies/drafts/bottom-up.ts";
export { bottomUpDrafting, type BottomUpOptions } from "./policies/drafts/bottom-up-drafting.ts";
export { balancedDrafting, type BalanceOptions } from "./policies/drafts/balanced-drafting.ts";
export { balanceOf, meanBalance, type Selected } from "./policies/drafts/balance.ts";
export { batchDrafting } from "./policies/drafts/batch-drafting.ts";
export { nearMissDrafting } from "./policies/drafts/near-miss.ts";
export {
  missingSkillProfile,
  profileDrafting,
  type Lack,
  type ProfileOptions,
} from "./policies/drafts/profile-drafting.ts";
export { reductionDrafting } from "./policies/drafts/reduction-drafting.ts";
export type { Ablating, AblationInput, AblationPlan } from "./policies/lifecycle/ablating.ts";
export { lifecycleDrafting, type LifecycleOptions } from "./policies/lifecycle/lifecycle-drafting.ts";
export { promotedByUse, type PromotionOptions } from "./policies/lifecycle/promotion.ts";
export { lifecycleSettings } from "./policies/lifecycle/terms.ts";
export { refinedDrafting, type RefinedOptions } from "./policies/drafts/refined-drafting.ts";
export {
  chosenNumber,
  constantEdits,
  decayingEdits,
  withOperations,
  type EditSchedule,
} from "./policies/edit-budget.ts";
export { anyShortfall, failingBelow, type Failing } from "./policies/feedback/failing.ts";
export { feedbackHistory, type FeedbackHistory } from "./policies/feedback/feedback-history.ts";
export type { Bound, Forecast, Purse, Span } from "./policies/forecast.ts";
export type { Learned, Memory, MemoryTable, Observed, Policy, SkillEvidence, TaskOutcome } from "./policies/policy.ts";
export { anyProgram, currentProgram, type Replay } from "./policies/curriculum/replay.ts";
export { rejectedEver, rejectedSinceAccepted, triedOnParent, type RejectedEdits } from "./policies/rejected-edits.ts";
export { epochSampling, minibatchSampling, noTasks, type Sampling } from "./policies/sampling.ts";
export { visibilityOf, type Visibility } from "./policies/visibility.ts";
export { headSelection, type Selection } from "./policies/selection.ts";
export { firstBound, untilNoCandidate, untilNoImprovement, whenConverged, type Stopping } from "./policies/stopping.ts";
export { readProgram, writeProgram } from "./readers/skill.ts";
export { findNeighbours, type Neighbour } from "./readers/near-duplicates.ts";
export { readTasks, type TaskSet } from "./readers/tasks.ts";
export { adopt, type Adoption, type AdoptOptions } from "./runs/keeping/adopt.ts";
export { branch, type BranchOptions } from "./runs/cycle/branch.ts";
export { collectGarbage, type Collection, type CollectOptions, type FamilyUse } from "./runs/keeping/collect.ts";
export { mergeRuns, type MergedRuns, type MergeOptions } from "./runs/keeping/merge.ts";
export { compareRuns, type Comparison } from "./runs/reading/compare.ts";
export { defineConfig, type Config } from "./runs/config.ts";
export { diffRuns, type ProgramDiff } from "./runs/reading/diff.ts";
export { draftSkill, type DraftOptions } from "./runs/cycle/draft-skill.ts";
export { estimateRun, type Estimate, type RolloutTokens } from "./runs/cycle/estimate.ts";
export type { TunedEpisode, TunedEpisodes } from "./runs/episodes.ts";
export { certify, type CertifyOptions } from "./runs/certifying/certify.ts";
export type { Trust } from "./runs/certifying/standing.ts";
export { evaluate, type EvaluateOptions, type Evaluation } from "./runs/evaluation/evaluate.ts";
export {
  deploymentRoles,
  evolutionRates,
  routingOf,
  transferOf,
  type DeploymentRole,
  type EvolutionRates,
  type EvolutionTrial,
  type Routed,
  type TrialRole,
} from "./runs/evaluation/evolution.ts";
export {
  libraryChange,
  libraryHealth,
  type LibraryChange,
  type LibraryHealth,
  type LibraryStory,
} from "./runs/evaluation/library-health.ts";
export { revisionSafety, type RevisionAttempt, type RevisionSafety } from "./runs/evaluation/revision-safety.ts";
export { forecastOf } from "./runs/forecast-rest.ts";
export type { RunForecast } from "./runs/forecast.ts";
export { exportRun, type ExportOptions, type RunExport } from "./runs/keeping/export.ts";
export { listRuns, type RunSummary } from "./runs/reading/list.ts";
export { openRun, type OpenRun } from "./runs/reading/open-run.ts";
export { optimize, type OptimizeOptions, type TaskSuites } from "./runs/cycle/optimize.ts";
export { pause, type PauseOptions } from "./runs/cycle/pause.ts";
export { renderReport } from "./runs/report/page.ts";
export { readReport, type RunReport } from "./runs/report/report.ts";
export { removeRun, type Removal, type RemoveOptions } from "./runs/keeping/remove.ts";
export { resume, type ResumeOptions } from "./runs/cycle/resume.ts";
export type { RunResult, RunStatus } from "./runs/result.ts";
export { readRunPairs, type PairLine } from "./runs/reading/pairs.ts";
export { readRevisions, type RevisionLine } from "./runs/reading/revisions.ts";
export {
  readTraining,
  type AblationLine,
  type SkillsLine,
  type TrainingLine,
  type TrainingRollout,
} from "./runs/reading/training.ts";
export { readRollouts, type RolloutLine } from "./runs/reading/rollouts.ts";
export type { Run } from "./runs/cycle/run.ts";
export { scanPath, type Scan } from "./runs/scan/scan.ts";
export { readLibrary, type Library, type LibraryOptions } from "./runs/library/library.ts";
export { settingsOf, type RunSettings } from "./runs/reading/settings-of.ts";
export { shortfallOf, type Bar } from "./runs/evaluation/shortfall.ts";
export { show, type RunView } from "./runs/reading/show.ts";
export type { Source, Sources } from "./runs/sources.ts";
export { diffPrograms } from "./skills/diff.ts";
export { applyEdits } from "./skills/edits.ts";
export { createSkillFolder, textOf, type SkillFolder } from "./skills/folder.ts";
export { minimalSkill } from "./skills/minimal.ts";
export type { ScanCategory, ScanFinding } from "./skills/scan/finding.ts";
export type { PlacedFinding } from "./skills/scan/sarif.ts";
export { newFindings, scanSkills, type ScanOptions } from "./skills/scan/scan.ts";
export * from "./state/approval.ts";
export { initialState, RunState, type RunUpdate } from "./state/channels.ts";
export { createDraw, draw, permutation, type Draw } from "./state/draw.ts";
export * from "./state/errors.ts";
export type { Hash, Json } from "./state/json.ts";
export type { RunEvent } from "./state/events.ts";
export * from "./state/curation.ts";
export * from "./state/evidence.ts";
export * from "./state/program.ts";
export { parseSettings, Settings, type SettingsInput } from "./state/settings.ts";
export type { ArchiveView, Column, Means, Member, OpenMember } from "./state/archive.ts";
export * from "./state/study.ts";
export * from "./state/task.ts";
export { createLocalPool, type Executor } from "./rollouts/executor.ts";
export { startWorker, type RolloutWorker, type WorkerOptions } from "./runs/workers/worker.ts";
export type { Lease, Pace } from "./stores/lease/held-lease.ts";
export { createLeases, type Leases } from "./stores/lease/lease.ts";
export { createLedger, type Ledger } from "./stores/ledger/ledger.ts";
export { createMemoryStore } from "./stores/drivers/memory.ts";
export { openStore } from "./stores/open.ts";
export { createPayload, type Payload } from "./stores/payload/payload.ts";
export type { RecordStore } from "./stores/record-store.ts";
export { createRedisStore, type RedisStoreNeeds } from "./stores/drivers/redis.ts";
export { createRegistry, type Registry } from "./stores/registry.ts";
export { createSqliteStore, type SqliteConnections, type SqliteDatabase } from "./stores/drivers/sqlite.ts";
export { createRolloutArchive, type RolloutArchive } from "./stores/payload/rollout-archive.ts";
export { createSaver } from "./stores/saver/saver.ts";
export { createStateReader, type EvidenceRow, type StateReader } from "./stores/payload/state-reader.ts";
export { labelGeneration } from "./stores/saver/timeline.ts";
export { createChecklistJudge, type ChecklistJudgeNeeds } from "./verifiers/checklist-judge.ts";
export { createCommandVerifier, type CommandVerifierNeeds } from "./verifiers/command/command-verifier.ts";
export { createConsistency, type ConsistencyOptions } from "./verifiers/consistency.ts";
export { createExact } from "./verifiers/exact.ts";
export type { Verifier } from "./verifiers/verifier.ts";
export { createInsensitive } from "./verifiers/insensitive.ts";
export { createJudge, type JudgeNeeds } from "./verifiers/judge.ts";
export { createJsonEquality } from "./verifiers/json-equality.ts";
export { createMultiTolerance } from "./verifiers/multi-tolerance.ts";
export { createNumeric } from "./verifiers/numeric.ts";
export { createMix, mixPoints, type MixPoints } from "./verifiers/mix.ts";
export { createOneOf } from "./verifiers/one-of.ts";
export { createRegex } from "./verifiers/regex.ts";
export { createTokenF1 } from "./verifiers/token-f1.ts";
