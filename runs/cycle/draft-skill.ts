import { randomUUID } from "node:crypto";
import type { Creator, CreatorInput } from "../../analysts/creator.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { questionKey } from "../../readers/split.ts";
import { questionOf, type Cost, type Task } from "../../state/task.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { limitsOf, type LimitsInput } from "../limits.ts";
import { newPlace } from "./new-place.ts";
import { readRunRecord } from "../run-record.ts";
import { openBooks, openRuns, withLease } from "../session.ts";

export interface DraftOptions {
  creator: Creator;
  /** The run that will start from the skill. */
  run: string;
  /** The LangGraph thread it will be made on, a UUID; by default a new one. */
  thread?: string | undefined;
  store: RecordStore;
  /** The name of the skill. */
  name: string;
  /** Train tasks; of these the creator sees question and expected answer. */
  tasks: readonly Task[];
  /** Past cases beside the train tasks. */
  cases?: CreatorInput["examples"];
  /** Tasks that no case may ask: those of validation and test splits. Cases that do are left out. */
  heldOut?: readonly Task[];
  documents?: CreatorInput["documents"];
  tools?: CreatorInput["tools"];
  /** What the run may spend, of which the draft is a part. */
  limits?: LimitsInput;
  signal?: AbortSignal;
}

/**
 * A first skill for a run: what the run of that name started from, or else what the creator drafts now. Its calls go
 * through the ledger and the account of that run, so that drafting again after a crash is free; what failed is asked
 * again. `cost` is null where nothing was drafted; `leftOut` counts cases that held-out tasks ask.
 */
export async function draftSkill(
  options: DraftOptions,
): Promise<{ program: SkillFolder[]; cost: Cost | null; leftOut: number }> {
  const { creator, run, thread, store, name, signal = new AbortController().signal } = options;
  const runs = openRuns(store);
  const place = (await runs.registry.find(run)) ?? (await newPlace(runs, run, thread));
  const record = await readRunRecord(store, place);
  if (record !== undefined) {
    return {
      program: await createPayload({ store, family: record.family }).program(record.input.start),
      cost: null,
      leftOut: 0,
    };
  }
  const { input, leftOut } = inputOf(options);
  return withLease(runs, place, async (lease) => {
    const books = openBooks(runs, place);
    // Under a name of their own, so that failures do not count for the run and are asked again.
    const ledger = createLedger({ store, family: place.family, run: randomUUID(), confirm: lease.confirm, books });
    await books.account.open({ limits: limitsOf(options.limits), concurrency: 1 });
    const work = { name: () => ({ part: "creator", skill: name }), ledger, signal, role: "analyst" as const };
    try {
      const { value, cost } = await withCalls(work, () => creator.create(input));
      return { program: [value], cost, leftOut };
    } finally {
      await books.account.close();
      await lease.release();
    }
  });
}

function inputOf({ name, tasks, cases = [], heldOut = [], documents, tools }: DraftOptions) {
  const asked = new Set(heldOut.map(questionKey));
  const kept = cases.filter(({ question }) => !asked.has(questionKey(question)));
  const examples = tasks.map((task) => ({ question: questionOf(task), expected: task.expected ?? null }));
  const input: CreatorInput = {
    name,
    examples: [...kept, ...examples],
    ...(documents === undefined ? {} : { documents }),
    ...(tools === undefined ? {} : { tools }),
  };
  return { input, leftOut: cases.length - kept.length };
}
