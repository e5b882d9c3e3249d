// What a recipe of one's own is made of.
export { noWorseAcceptance, strictAcceptance, tolerantAcceptance, type Acceptance } from "./acceptance.ts";
export type { Plan } from "./acceptances/orders.ts";
export { pairedAcceptance, type PairedTerms } from "./acceptances/paired.ts";
export { raceAcceptance } from "./acceptances/race.ts";
export { repairsAcceptance } from "./acceptances/repairs.ts";
export { manyArchive, wholeArchive, type Ranked } from "./many-archive.ts";
export { stretchArchive } from "./archives/stretch.ts";
export { versionArchive, type Versions } from "./archives/versions.ts";
export { optimisticTrial } from "./audits/optimistic-trial.ts";
export { minibatchTrial } from "./minibatch-trial.ts";
export { reductionTrial } from "./trials/reduction-trial.ts";
export { halvingTrial } from "./trials/halving.ts";
export { withParts } from "./trials/parts.ts";
export {
  againstHead,
  measuredTrial,
  noTrial,
  type Stage,
  type Trial,
  type TrialCost,
  type TrialInput,
} from "./trial.ts";
export { whenInDoubt, type Doubt, type Doubtful, type DoubtOptions } from "./doubt.ts";
export { complianceWith, noObjectives, type Objectives } from "./objectives.ts";
export { advantagesOf, contrastPair, episodeEnd, type GenerationAdvantage } from "./advantages/advantages.ts";
export { trainedGenerator } from "./advantages/generator.ts";
export { armProbabilities, trainSoftmax } from "./advantages/softmax-policy.ts";
export { allStudied, contrastStudied, type Studied } from "./advantages/studied.ts";
export { BetaTable, chooseTasks, learnOutcomes } from "./curriculum/beta-table.ts";
export { beliefDrafting, type BeliefOptions } from "./beliefs/belief-drafting.ts";
export { composedDrafting } from "./composition/composed-drafting.ts";
export type { GivenPair } from "./composition/given.ts";
export { curatedDrafting } from "./curation/curated-drafting.ts";
export { judgedLater } from "./curation/later-trial.ts";
export { curationReward, type Curated, type RewardWeights } from "./curation/reward.ts";
export { streamEpisodes } from "./curation/streams.ts";
export { posteriorSampling, type PosteriorOptions } from "./curriculum/posterior-sampling.ts";
export { composeTasks, type CompositionOptions } from "./curriculum/composition.ts";
export { CategoryOffsets, drawCategories, noOffsets } from "./curriculum/categories.ts";
export { categorySampling } from "./curriculum/category-sampling.ts";
export { categoryMixture, type Helps } from "./curriculum/mixture.ts";
export { mixtureSampling, type MixtureOptions } from "./curriculum/mixture-sampling.ts";
export { betaSample, dirichletSample } from "./draws/dirichlet.ts";
export { weightedChoice } from "./draws/weighted-choice.ts";
export { afterEpisodes, episodeArchive, episodeSelection } from "./episodes/episode-archive.ts";
export { revisionEpisodes, type EpisodePlan, type Episodes } from "./episodes/episodes.ts";
export { episodeTrial, rewardTrial, sharedTrial } from "./episodes/revision-trial.ts";
export { cardText, modelCard, type ModelCard, type ModelCards } from "./cards/model-card.ts";
export { chainRewards, turnReward, type ChainBatch, type ChainRollout } from "./rewards/chain.ts";
export { rewardAcceptance, rewardOf } from "./rewards/reward.ts";
export { effectObjectives, idleShare } from "./rewards/steps.ts";
export { afterPhases, treePhases, type Phases } from "./trees/phases.ts";
export { treeArchive } from "./trees/tree-archive.ts";
export { treeDrafting } from "./trees/tree-drafting.ts";
export { treeSelection } from "./trees/tree-selection.ts";
export { typeSampling } from "./trees/task-types.ts";
export { nodeToExpand, ucb1, type Tree, type TreeNode, type TreeRules } from "./trees/ucb.ts";
export { chebyshev, nearestToIdeal } from "./fronts/chebyshev.ts";
export { dominates, paretoFront } from "./fronts/dominance.ts";
export { frontFrequencies } from "./fronts/front-frequency.ts";
export { hypervolume, hypervolumeContribution } from "./fronts/hypervolume.ts";
export { frontierArchive, frontierSelection } from "./fronts/frontier.ts";
export { frontsOf } from "./fronts/instance-fronts.ts";
export { chooseParent, updateFrontier } from "./fronts/top-frontier.ts";
export { createdPerUse, hasConverged } from "./library-growth.ts";
export { proposingBudgets } from "./drafts/parallel-budget.ts";
export { headArchive, type Archive, type ArchiveDecision, type ArchiveInput } from "./archive.ts";
export {
  filesDraft,
  minibatchDrafting,
  oneDraft,
  type Alternative,
  type Choice,
  type Drafting,
  type DraftPlan,
} from "./drafting.ts";
export { balancedDrafting, type BalanceOptions } from "./drafts/balanced-drafting.ts";
export { balanceOf, meanBalance, type Selected } from "./drafts/balance.ts";
export { batchDrafting } from "./drafts/batch-drafting.ts";
export { nearMissDrafting } from "./drafts/near-miss.ts";
export { missingSkillProfile, profileDrafting, type Lack, type ProfileOptions } from "./drafts/profile-drafting.ts";
export { reductionDrafting } from "./drafts/reduction-drafting.ts";
export type { Ablating, AblationInput, AblationPlan } from "./lifecycle/ablating.ts";
export { lifecycleDrafting, type LifecycleOptions } from "./lifecycle/lifecycle-drafting.ts";
export { promotedByUse, type PromotionOptions } from "./lifecycle/promotion.ts";
export { lifecycleSettings } from "./lifecycle/terms.ts";
export { refinedDrafting, type RefinedOptions } from "./drafts/refined-drafting.ts";
export { chosenNumber, constantEdits, decayingEdits, withOperations, type EditSchedule } from "./edit-budget.ts";
export { anyShortfall, failingBelow, type Failing } from "./feedback/failing.ts";
export { feedbackHistory, type FeedbackHistory } from "./feedback/feedback-history.ts";
export type { Bound, Forecast, Purse, Span } from "./forecast.ts";
export type { Learned, Memory, MemoryTable, Observed, Policy, SkillEvidence, TaskOutcome } from "./policy.ts";
export { anyProgram, currentProgram, type Replay } from "./curriculum/replay.ts";
export { rejectedEver, rejectedSinceAccepted, triedOnParent, type RejectedEdits } from "./rejected-edits.ts";
export { epochSampling, minibatchSampling, noTasks, type Sampling } from "./sampling.ts";
export { visibilityOf, type Visibility } from "./visibility.ts";
export { headSelection, type Selection } from "./selection.ts";
export { firstBound, untilNoCandidate, untilNoImprovement, whenConverged, type Stopping } from "./stopping.ts";
