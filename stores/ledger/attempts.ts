import { z } from "zod";
import { canonicalJson, Hash } from "../../state/json.ts";
import { SuiteName } from "../../state/task.ts";
import type { GroupCommit } from "./group-commit.ts";
import { under, type RecordStore } from "../record-store.ts";
import { attemptSpace } from "../spaces.ts";

/** A task put aside, as it keeps ending the process or never comes back. */
export const HeldTask = z.strictObject({ suite: SuiteName, task: z.string() });
export type HeldTask = z.infer<typeof HeldTask>;

/** How often a task is begun without an end before it is held. */
const most = 3;

export const heldReason = `held after ${most} attempts that never came back`;

/**
 * Which tasks of a run were begun and not ended: noted before each attempt and taken back after it, so that only a
 * process that ended on the way leaves a note. A task is meant by the hash of its question, whatever program it is run with.
 */
export interface Attempts {
  /** Reads what earlier sessions left. To be called before the first attempt. */
  open(): Promise<void>;
  /** Whether an earlier session began it and did not end it: it is then tried with no other such task beside it. */
  isSuspect(question: Hash): boolean;
  /** Notes an attempt, durably. False for a task that is held, from now on where this would be one attempt too many. */
  begin(question: Hash, task: HeldTask): Promise<boolean>;
  /** The attempt came to an end, good or bad. Gives what is to be deleted from the run's attempts. */
  end(question: Hash): string;
}

const notePrefix = "begun/";
const heldPrefix = "held/";

interface Place {
  store: RecordStore;
  family: string;
  run: string;
}

/** The held tasks of a run. */
export async function readHeld(place: Place): Promise<HeldTask[]> {
  return [...(await readAll(place, heldPrefix)).values()].map((value) => HeldTask.parse(value));
}

export function createAttempts({ commit, ...place }: Place & { commit: GroupCommit }): Attempts {
  const space = attemptSpace(place.family, place.run);
  let begun = new Map<string, number>();
  let held = new Set<string>();

  return {
    async open() {
      begun = new Map([...(await readAll(place, notePrefix))].map(([key, value]) => [key, z.int().parse(value)]));
      held = new Set((await readAll(place, heldPrefix)).keys());
    },
    isSuspect: (question) => begun.has(question),
    async begin(question, task) {
      if (held.has(question)) return false;
      const count = begun.get(question) ?? 0;
      if (count >= most) {
        await commit({ space, put: { [`${heldPrefix}${question}`]: canonicalJson(task) } });
        held.add(question);
        return false;
      }
      await commit({ space, put: { [`${notePrefix}${question}`]: String(count + 1) } });
      return true;
    },
    end(question) {
      begun.delete(question);
      return `${notePrefix}${question}`;
    },
  };
}

async function readAll({ store, family, run }: Place, prefix: string): Promise<Map<string, unknown>> {
  const records = await store.list(attemptSpace(family, run), under(prefix), ({ key, space, url }) =>
    store.warnings.add(
      `The note "${key}" of "${space}" in ${url} is damaged: a task that never comes back is tried more often.`,
    ),
  );
  return new Map(records.map(({ key, value }) => [key.slice(prefix.length), JSON.parse(value) as unknown]));
}
