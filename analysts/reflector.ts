import type { SkillFolder } from "../skills/folder.ts";
import type { Draft, Edit } from "../state/program.ts";
import type { ScoredRollout } from "../state/task.ts";
import type { EditBudget } from "./analyst.ts";

/** Edits that were tried in one generation, and what became of them. `delta` is the change of the validation score. */
export interface Attempt {
  generation: number;
  edits: readonly Edit[];
  accepted: boolean;
  reason: string;
  delta: number;
}

/** What a reflector looks back on. */
export interface Epoch {
  attempts: readonly Attempt[];
  /** Rolled-out train tasks under the program the epoch began with. */
  before: readonly ScoredRollout[];
  /** The same tasks under the program it ended with. */
  after: readonly ScoredRollout[];
  /** What earlier epochs taught; null in the first. */
  guidance: string | null;
}

/** `drafts` are candidates like any other: nothing of them enters the skill without the gate. */
export interface Reflection {
  drafts: Draft[];
  /** For the `EditBudget` of the generations to come, never part of a skill; null where nothing is known. */
  guidance: string | null;
}

/** Looks back on an epoch: edits that single steps do not see (slow update), and notes for proposers (meta update). */
export interface Reflector {
  readonly fingerprint: string;
  reflect(epoch: Epoch, skills: readonly SkillFolder[], budget: EditBudget): Promise<Reflection>;
}
