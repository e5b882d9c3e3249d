import type { ModelCard } from "../policies/cards/model-card.ts";
import type { Purpose } from "../policies/drafting.ts";
import type { Feedback } from "../policies/feedback/feedback-history.ts";
import type { Draw } from "../state/draw.ts";
import type { CuratorCall } from "../state/curation.ts";
import type { Json } from "../state/json.ts";
import type { Draft, EditScope, Origin, RejectedEdit, TextEdit } from "../state/program.ts";
import type { Deficiency, Failure } from "../state/study.ts";
import type { ScoredRollout } from "../state/task.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { BodyItem, ItemKind } from "../skills/reduction/items.ts";
import type { Listed } from "../skills/reduction/routing.ts";
import type { Reflector } from "./reflector.ts";

/** What a proposer must keep to: at most `edits` edits a draft, none of the edits the gate has rejected since the last acceptance. */
export interface EditBudget {
  edits: number;
  /** With `files`, drafts hold no operations on files and skills; a draft that does is refused. */
  scope: EditScope;
  rejected: readonly RejectedEdit[];
  /** Operators that other drafts of the generation use, so that this one should use another; an analyst without operators ignores it. */
  otherThan?: readonly string[];
  /** The operators that drafts are to be made with, and cards of them to read; an analyst without operators goes by the cards. Without it, any. */
  plan?: { operators: readonly string[]; cards: string };
  /** What drafts are to do with one skill, where the recipe decides it; without it, whatever cures the deficiencies. */
  purpose?: Purpose;
  /** Names of skills that drafts leave as they are; a draft that edits one is refused. Without it, none. */
  frozen?: readonly string[];
  /** Tokens that the skills that may be edited should have, and those that they have now, where the recipe searches for a size. */
  granularity?: { tokens: number; now: number };
  /** What is known of the agent, where the recipe has a model card; a text of it is in `guidance`. */
  card?: ModelCard;
  /** Whether the gate takes a draft that does no better but makes the skill shorter. */
  takesShorter: boolean;
  /** Earlier proposals and what became of them, oldest first, where the recipe keeps them. */
  history?: readonly PastProposal[];
  /** What a reflector has learned about editing this skill, where the graph has one. */
  guidance?: string;
  /** What earlier drafts came to: the draft is to be made from it. Given to a proposer that distills. */
  digest?: string;
  /** One draft is enough, as others are asked for beside it. */
  single?: true;
  /** Where drafts are made from what went well: the replay holds nothing else then, and edits are to make sure that it stays so. */
  fromSuccesses?: true;
  draw: Draw;
}

/** A proposal of an earlier generation, and what became of it. */
export interface PastProposal extends Omit<Feedback, "proposal"> {
  origin: Origin;
}

/** Drafts, best first (the first one that passes the guard is measured), and how many times an edited skill was executed on replayed rollouts to find them. */
export interface Proposal {
  drafts: Draft[];
  simulations: number;
}

/** Says what went wrong in the rollouts that failed. Missing rollouts are not failures. Where tasks are run several times, all samples of each are given. */
export interface Analyzer {
  analyze(rollouts: readonly ScoredRollout[], skills: readonly SkillFolder[]): Promise<Failure[]>;
}

/**
 * Traces failures to places in the skill, worst first, and may name what failed nothing, such as a rule without effect:
 * a deficiency without tasks. `replay` as for the proposer.
 */
export interface Diagnostician {
  diagnose(
    failures: readonly Failure[],
    skills: readonly SkillFolder[],
    replay: readonly ScoredRollout[],
  ): Promise<Deficiency[]>;
}

/** Turns deficiencies into bounded edits. `replay` holds the last rolled-out train tasks, newest last, this batch included. */
export interface Proposer {
  propose(
    deficiencies: readonly Deficiency[],
    skills: readonly SkillFolder[],
    replay: readonly ScoredRollout[],
    budget: EditBudget,
  ): Promise<Proposal>;
}

/**
 * An edit that some group of rollouts asks for, from how many tasks, and whether these failed or went well. Patches have no operations on
 * files and skills: these depend on each other, and patches are counted, ranked and cut edit by edit.
 */
export interface SupportedEdit {
  edit: TextEdit;
  support: number;
  outcome: "failures" | "successes";
}

/** Edits from one group of rollouts, or from several that were merged. */
export type Patch = readonly SupportedEdit[];

/** What patches are about: all that is wrong with the skills that they edit, the budget of the generation, and how the batch went. */
export interface PatchContext {
  deficiencies: readonly Deficiency[];
  skills: readonly SkillFolder[];
  budget: EditBudget;
  tasks: number;
  failed: number;
}

/** What an analyst may do with patches. What it does not do is done by counting. */
export interface PatchWorker {
  /** One patch of edits that apply together; where patches contradict each other, edits from failures win. Null where it is missing. */
  merge?(patches: readonly Patch[], of: PatchContext): Promise<Patch | null>;
  /** The same edits, the most important first. */
  rank?(patch: Patch, of: PatchContext): Promise<Patch>;
  /** How many of the edits should be applied: a whole number. Anything else is none. */
  choose?(patch: Patch, of: PatchContext): Promise<Json>;
  /** What several patches agree and differ on, in at most so many characters, which is then the `digest` of a budget. Null where it is missing. */
  distill?(patches: readonly Patch[], of: PatchContext, characters: number): Promise<string | null>;
  /** The skills written anew with the edits as suggestions; these edits are no more than files, each replaced. Null where it is missing. */
  rewrite?(patch: Patch, of: PatchContext): Promise<TextEdit[] | null>;
}

/** What an analyst may do in place of proposing edits at once. */
export interface FileEditor {
  /** Works on the files of the skills in memory, step by step; the draft has the operations it was made by. */
  editFiles?: Proposer["propose"];
}

/** What an analyst may do where skills are made shorter. What it does not do is done by rules. */
export interface Reducer {
  /** For each question the name of the skill that it leads to, by the descriptions of at least one; null for none of them. Null where the reply is missing. */
  route?(questions: readonly string[], listed: readonly Listed[]): Promise<Array<string | null> | null>;
  /** What each of at least one item of a body is. Null where the reply is missing. */
  classify?(items: readonly BodyItem[]): Promise<ItemKind[] | null>;
}

/** What a curator is shown: what went wrong, the library, and the rollouts of the batch, whether they failed or not. */
export interface CurationRequest {
  deficiencies: readonly Deficiency[];
  skills: readonly SkillFolder[];
  rollouts: readonly ScoredRollout[];
  budget: EditBudget;
}

/** What an analyst may do where a library is curated. Where it does not, the edits that it proposes are. */
export interface Curator {
  /** Calls that insert, update and delete skills, in order; at most as many as the budget has edits are done. Null where the reply is missing. */
  curate?(request: CurationRequest): Promise<CuratorCall[] | null>;
  /** How good the texts of at least one skill are that were written from these rollouts, in 0..1. Null where the reply is missing. */
  judgeContent?(written: readonly SkillFolder[], rollouts: readonly ScoredRollout[]): Promise<number | null>;
}

/** A bundle that fills all three parts. `fingerprint` names everything that can change what it returns. */
export interface Analyst extends Analyzer, Diagnostician, Proposer, PatchWorker, FileEditor, Reducer, Curator {
  readonly fingerprint: string;
  /** Looks back on an epoch; where it does not, that is done by counting. */
  reflect?: Reflector["reflect"];
  /** Where it learns from expected answers that are one text, number or truth value, and from nothing else. */
  readonly needsExpected?: true;
}
