import type { SkillFolder } from "../skills/folder.ts";
import type { Json } from "../state/json.ts";
import type { Question } from "../state/task.ts";

/** A past case as a creator may see it, such as a train task: never its `meta`. */
export interface Example {
  question: Question;
  expected: Json | null;
  /** Names of the tools that were called to resolve it, in order; absent where nobody knows. */
  calls?: readonly string[];
}

/** A tool that the agent has. */
export interface ToolDescription {
  name: string;
  description: string;
  /** A JSON schema of its arguments; null where there is none. */
  parameters: Json;
}

export interface CreatorInput {
  /** The name of the skill. */
  name: string;
  examples: readonly Example[];
  /** Texts about the subject, by title. */
  documents?: Readonly<Record<string, string>>;
  tools?: readonly ToolDescription[];
}

/** Drafts a first skill. Throws a CallError where none comes about. */
export interface Creator {
  readonly fingerprint: string;
  create(input: CreatorInput): Promise<SkillFolder>;
}
