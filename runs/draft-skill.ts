import { randomUUID } from "node:crypto";
import type { Creator, CreatorInput } from "../analysts/creator.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { questionOf, type Cost, type Task } from "../state/task.ts";
import { withCalls } from "../stores/calls.ts";
import { createLedger } from "../stores/ledger.ts";
import { createPayload } from "../stores/payload.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { readRunRecord } from "./run-record.ts";
import { openRuns } from "./session.ts";

export interface DraftOptions {
  creator: Creator;
  /** The run that will start from the skill. */
  run: string;
  store: RecordStore;
  /** The name of the skill. */
  name: string;
  /** Train tasks; of these the creator sees question and expected answer. */
  tasks: readonly Task[];
  documents?: CreatorInput["documents"];
  signal?: AbortSignal;
}

/**
 * A first skill for a run: what the run of that name started from, or else what the creator drafts now. Its calls go
 * through a ledger of their own under the name of the run, so that drafting again after a crash is free; what failed is
 * asked again. `cost` is null where nothing was drafted.
 */
export async function draftSkill(options: DraftOptions): Promise<{ program: SkillFolder[]; cost: Cost | null }> {
  const { creator, run, store, name, tasks, documents, signal = new AbortController().signal } = options;
  const place = await openRuns(store).registry.find(run);
  const record = place === undefined ? undefined : await readRunRecord(store, place);
  if (record !== undefined) {
    return { program: await createPayload({ store, family: record.family }).program(record.input.start), cost: null };
  }
  const ledger = createLedger({ store, family: `draft of ${run}`, run: randomUUID() });
  const examples = tasks.map((task) => ({ question: questionOf(task), expected: task.expected ?? null }));
  const input = documents === undefined ? { name, examples } : { name, examples, documents };
  const { value, cost } = await withCalls({ name: () => ({ part: "creator", skill: name }), ledger, signal }, () =>
    creator.create(input),
  );
  return { program: [value], cost };
}
