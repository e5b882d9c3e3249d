import type { SkillFolder } from "../skills/folder.ts";
import type { Json } from "../state/json.ts";
import type { Question } from "../state/task.ts";

/** A train task as a creator may see it: never its `meta`. */
export interface Example {
  question: Question;
  expected: Json | null;
}

export interface CreatorInput {
  /** The name of the skill. */
  name: string;
  examples: readonly Example[];
  /** Texts about the subject, by title. */
  documents?: Readonly<Record<string, string>>;
}

/** Drafts a first skill. Throws a CallError where none comes about. */
export interface Creator {
  readonly fingerprint: string;
  create(input: CreatorInput): Promise<SkillFolder>;
}
