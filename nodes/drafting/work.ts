import type { Curator, EditBudget, FileEditor, PatchWorker, Proposer, Reducer } from "../../analysts/analyst.ts";
import type { BatchTask } from "../../policies/drafting.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Draw } from "../../state/draw.ts";
import type { Hash } from "../../state/json.ts";
import type { Draft, Edit, TextEdit } from "../../state/program.ts";
import type { Evidence } from "./evidence.ts";

/** A piece of work whose paid calls go by its part: two pieces of a generation never share one. */
export type Study = <Value>(part: string, work: () => Promise<Value>) => Promise<Value>;

/** A draft without operations on files and skills. */
export type TextDraft = Omit<Draft, "edits"> & { edits: TextEdit[] };

/** What drafts of a generation are made of and with. */
export interface DraftWork {
  proposer: Proposer & PatchWorker & FileEditor & Reducer & Curator;
  batch: readonly BatchTask[];
  evidence: Evidence;
  skills: readonly SkillFolder[];
  /** Of the generation; its edits are the most that a candidate may have. */
  budget: EditBudget;
  /** Edits of an earlier candidate in the payload. */
  editsOf(hash: Hash): Promise<readonly Edit[]>;
  /** The draw of a part. */
  drawFor(part: string): Draw;
  study: Study;
  /** What the calls of a part took, once it is done. */
  tokensOf(part: string): number;
  /** A draft of the generation before that was nearly accepted, and is tried again. */
  nearMiss: { edits: readonly Edit[]; reason: string; delta: number } | null;
  /** The draft if it can be used; else it is refused. */
  usable(draft: Draft): TextDraft | undefined;
}
