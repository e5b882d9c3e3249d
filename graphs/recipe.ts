import { z } from "zod";
import { allStudied, type Studied } from "../policies/advantages/studied.ts";
import type { Archive } from "../policies/archive.ts";
import type { ModelCards } from "../policies/cards/model-card.ts";
import { oneDraft, type Drafting } from "../policies/drafting.ts";
import { constantEdits, type EditSchedule } from "../policies/edit-budget.ts";
import { whenInDoubt, type Doubt } from "../policies/doubt.ts";
import type { Epochs } from "../policies/epochs.ts";
import type { Episodes } from "../policies/episodes/episodes.ts";
import { anyShortfall, type Failing } from "../policies/feedback/failing.ts";
import type { FeedbackHistory } from "../policies/feedback/feedback-history.ts";
import { noObjectives, type Objectives } from "../policies/objectives.ts";
import { rejectedSinceAccepted, type RejectedEdits } from "../policies/rejected-edits.ts";
import { posteriorSampling } from "../policies/curriculum/posterior-sampling.ts";
import { anyProgram, currentProgram, type Replay } from "../policies/curriculum/replay.ts";
import { epochSampling, minibatchSampling, type Sampling } from "../policies/sampling.ts";
import type { Selection } from "../policies/selection.ts";
import { triedPrograms, type Tried } from "../policies/feedback/tried.ts";
import { firstBound, type Stopping } from "../policies/stopping.ts";
import type { Trial } from "../policies/trial.ts";
import { visibilityOf, type Visibility } from "../policies/visibility.ts";
import { growingSample, type ValidationSample } from "../policies/validation-tasks.ts";
import { SettingsError } from "../state/errors.ts";
import { Settings, type RecipeSettings } from "../state/settings.ts";
import type { LoopGraph } from "./compile.ts";
import type { LoopNeeds } from "./parts.ts";

/** The decisions of a loop. All are pure; their memories are in the state. */
export interface Policies {
  /** Which train tasks a generation runs. */
  sampling: Sampling;
  /** Which programs it starts from. */
  selection: Selection;
  /** Which rollouts of the batch are analyzed. */
  studied: Studied;
  /** How drafts are made. */
  drafting: Drafting;
  /** How many edits a candidate may have. */
  edits: EditSchedule;
  /** Which rejected edits the proposer sees. */
  rejected: RejectedEdits;
  /** Which past rollouts the analyst may still learn from. */
  replay: Replay;
  /** What was tried before. */
  tried: Tried;
  /** Which rollouts count as failures. */
  failing: Failing;
  /** Which earlier proposals the proposer sees, with what became of them; without it, none. */
  history?: FeedbackHistory;
  /** Objectives in addition to those of the verifier. */
  objectives: Objectives;
  /** How many validation tasks are used. */
  sample: ValidationSample;
  /** How candidates are measured. */
  trial: Trial;
  /** Why a person is asked about a candidate, under `approve: "in-doubt"`. */
  doubt: Doubt;
  /** Which programs are kept, and which one the run returns. */
  archive: Archive;
  /** When the run ends. */
  stopping: Stopping;
  /** When it reviews more than one generation; without it, the graph has no reflector. */
  epochs?: Epochs;
  /** Chains of generations that revise a skill, of their own tasks or of drawn ones. */
  episodes?: Episodes;
  /** What proposers know of the agent; without it, nothing. */
  card?: ModelCards;
  /** Which skills an agent sees for a question; without it, all. */
  visibility?: Visibility;
}

/** The policies that a recipe must define; the others are those of the common settings. Visibility is theirs alone. */
type OwnPolicies = Pick<Policies, "selection" | "trial" | "archive"> & Partial<Omit<Policies, "visibility">>;

/** A named optimizer. Name and version are part of the version of a run's graph. */
export interface Recipe extends RecipeSettings {
  readonly version: number;
  /** What it does, in one line. */
  readonly summary: string;
  /** Where it was published; "skillgraph" if it was not. */
  readonly source: string;
  /** Whether a run without a skill starts from one that a creator drafts, with any analyst; otherwise only with a language model. */
  readonly drafts: boolean;
  /** Its own settings that are not given have their defaults. */
  policies(settings: Settings): Policies;
  /** Its wiring if that is not the canonical loop. It needs the node `archivist`, whose checkpoints are the generations of a run. */
  wire?(needs: LoopNeeds): LoopGraph;
}

interface Definition<Own extends z.ZodRawShape> {
  name: string;
  version: number;
  summary: string;
  source?: string;
  /** Its own settings, in addition to the common ones; each with a default and a description. */
  settings?: Own;
  /** Other defaults of common settings. */
  defaults?: RecipeSettings["defaults"];
  /** Whether runs without a skill start from one that a creator drafts, with any analyst. */
  drafts?: boolean;
  /** What the setting `asPublished` changes, in one line: our gate, guard and fixes that its source does not have. */
  published?: string;
  /** Whether its own stopping policy ends its runs, regardless of the bounds of the common settings. */
  endsItself?: boolean;
  policies(settings: Settings & z.output<z.ZodObject<Own>>): OwnPolicies;
  wire?(needs: LoopNeeds): LoopGraph;
}

/** Creates a recipe: `optimize({ recipe, ... })`, or `recipe` in a config. Throws a SettingsError for one that cannot be used. */
export function defineRecipe<Own extends z.ZodRawShape = Record<never, never>>(definition: Definition<Own>): Recipe {
  const {
    name,
    version,
    summary,
    source = "skillgraph",
    defaults = {},
    endsItself = false,
    published,
    drafts = false,
    wire,
  } = definition;
  const own: z.ZodRawShape = definition.settings ?? {};
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new SettingsError(
      "recipe",
      `Invalid name of a recipe: "${name}". Use lower-case letters, digits and hyphens.`,
    );
  const twice = Object.keys(own).find((key) => Object.hasOwn(Settings.shape, key));
  if (twice !== undefined)
    throw new SettingsError(
      "recipe",
      `Recipe "${name}" defines the setting "${twice}", which is a common setting. Change its default in "defaults".`,
    );
  return {
    name,
    version,
    summary,
    source,
    settings: own,
    defaults,
    endsItself,
    drafts,
    ...(published === undefined ? {} : { published }),
    policies(settings) {
      // Another recipe can use these policies without having these settings.
      const all = { ...settings, ...z.object(own).parse(settings) } as Settings;
      const visibility = visibilityOf(all);
      const seeing = visibility === undefined ? {} : { visibility };
      return { ...commonPolicies(all), ...definition.policies(all as never), ...seeing };
    },
    ...(wire === undefined ? {} : { wire }),
  };
}

function commonPolicies({ sampling, evidence }: Settings): Omit<Policies, "selection" | "trial" | "archive"> {
  return {
    sampling: { epoch: epochSampling, minibatch: minibatchSampling, posterior: posteriorSampling() }[sampling],
    studied: allStudied,
    drafting: oneDraft,
    edits: constantEdits,
    rejected: rejectedSinceAccepted,
    replay: { recent: anyProgram, current: currentProgram }[evidence],
    tried: triedPrograms,
    failing: anyShortfall,
    objectives: noObjectives,
    sample: growingSample,
    doubt: whenInDoubt(),
    stopping: firstBound,
  };
}
