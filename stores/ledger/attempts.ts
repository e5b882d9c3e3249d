import { randomUUID } from "node:crypto";
import { z } from "zod";
import { StoreError } from "../../state/errors.ts";
import { canonicalJson, Hash } from "../../state/json.ts";
import { SuiteName } from "../../state/task.ts";
import type { GroupCommit } from "./group-commit.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import { under, type RecordStore, type SpaceCommit } from "../record-store.ts";
import { attemptSpace } from "../spaces.ts";
import { createQuarantine } from "./quarantine.ts";
import { Suspicion } from "./suspicion.ts";
import { createTurns } from "./turns.ts";

/** A task put aside, as it keeps ending the process. */
export const HeldTask = z.strictObject({ suite: SuiteName, task: z.string() });
export type HeldTask = z.infer<typeof HeldTask>;

export const heldReason = "held: the process ended each time it ran alone";

/**
 * Which tasks of a run were begun and not ended: noted before each attempt and taken back after it, so that only a
 * process that ended on the way leaves a note. A task is meant by the hash of its question, whatever program it is run with.
 *
 * What was in flight when the process ended is suspected and tried alone, after all that is not. Only ends of the process
 * during such tries count against a task, and only while nothing speaks for an outside cause (docs/durability.md, "A task that
 * ends the process").
 */
export interface Attempts {
  /** Reads what earlier sessions left. To be called before the first attempt. */
  open(): Promise<void>;
  /** 0 for a task that nothing is known of; the larger, the later it should be tried. */
  rank(question: Hash): number;
  /** Notes an attempt, durably, once it is its turn. False for a task that is held. Throws an AbortError once the work is over. */
  begin(question: Hash, task: HeldTask, isOver?: () => boolean): Promise<boolean>;
  /** The attempt came to an end, good or bad. Gives what is to be changed in the run's attempts. */
  end(question: Hash): SpaceCommit;
  /**
   * The store failed at what `end` gave, so that the attempt would count as one that ended the process. Tries it again now, and
   * where that fails when the session is closed.
   */
  endLate(question: Hash): Promise<void>;
  /** At the end of the session. */
  close(): Promise<void>;
}

/** A note of this very process says nothing against a task: the process lives. */
const thisProcess = randomUUID();

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

export function createAttempts({
  commit,
  clock = systemClock,
  process = thisProcess,
  ...place
}: Place & { commit: GroupCommit; clock?: Clock; process?: string }): Attempts {
  const space = attemptSpace(place.family, place.run);
  const write = (question: Hash, note: Suspicion) => commit({ space, put: putsOf([[question, note]]) });
  const quarantine = createQuarantine({ write, warnings: place.store.warnings, clock, process });
  const turns = createTurns();
  const underWay = createUnderWay();
  const late = new Map<Hash, SpaceCommit>();
  let held = new Set<string>();
  let ended = 0;

  /** Notes an attempt whose turn it is. Gives what stops the watch over it; undefined for a task that is held. */
  async function start(question: Hash, task: HeldTask, isOver: () => boolean): Promise<(() => void) | undefined> {
    refuseWhenOver(isOver);
    // Another program may have been run with the same question meanwhile.
    if (held.has(question)) return undefined;
    if (!quarantine.has(question)) {
      await write(question, { phase: "together", ends: 0, longest: 0, others: ended, outside: 0, process });
      return () => {};
    }
    if (quarantine.isGuilty(question)) {
      await commit({ space, put: { [`${heldPrefix}${question}`]: canonicalJson(task) } });
      held.add(question);
      return undefined;
    }
    await quarantine.keepQuiet(question, task.task, isOver);
    refuseWhenOver(isOver);
    return quarantine.begin(question);
  }

  const gone = (question: Hash, others: Notes = []): SpaceCommit => ({
    space,
    delete: [noteKey(question)],
    put: putsOf(others),
  });

  /** As if it had not been noted that the attempt begins. */
  function cancelled(question: Hash): SpaceCommit {
    if (!quarantine.has(question)) return gone(question);
    return { space, put: putsOf([[question, quarantine.cancel(question)]]) };
  }

  /** Where the store fails again, the fault that is under way is what the user has to know. */
  async function storeLate(question: Hash, change: SpaceCommit): Promise<void> {
    late.set(question, change);
    await commit(change).then(
      () => late.delete(question),
      () => undefined,
    );
  }

  return {
    async open() {
      held = new Set((await readAll(place, heldPrefix)).keys());
      const left = await readNotes(place);
      const suspects = quarantine.open(left);
      const cleared = [...left.keys()].filter((question) => !suspects.has(question));
      if (left.size > 0) await commit({ space, put: putsOf(suspects), delete: cleared.map(noteKey) });
    },
    rank(question) {
      const ends = quarantine.endsOf(question);
      return ends === undefined ? 0 : 1 + ends;
    },
    async begin(question, task, isOver = () => false) {
      if (held.has(question)) return false;
      const endTurn = await (quarantine.has(question)
        ? turns.alone(quarantine.endsOf(question) ?? 0)
        : turns.together());
      let stop: (() => void) | undefined;
      try {
        stop = await start(question, task, isOver);
      } catch (error) {
        // A note whose commit failed may be there all the same.
        if (error instanceof StoreError) await storeLate(question, cancelled(question));
        throw error;
      } finally {
        if (stop === undefined) endTurn();
      }
      if (stop === undefined) return false;
      underWay.add(question, [stop, endTurn]);
      return true;
    },
    end(question) {
      underWay.end(question);
      ended += 1;
      return gone(question, quarantine.clear(question));
    },
    endLate: (question) => storeLate(question, gone(question)),
    async close() {
      const [first, ...others] = late.values();
      if (first !== undefined) await commit(first, ...others);
      late.clear();
    },
  };
}

/** What is to be done when an attempt ends. Several may have one question. */
function createUnderWay() {
  const all = new Map<Hash, Array<ReadonlyArray<() => void>>>();
  return {
    add: (question: Hash, finish: ReadonlyArray<() => void>) =>
      void all.set(question, [...(all.get(question) ?? []), finish]),
    end(question: Hash) {
      const [finish = [], ...others] = all.get(question) ?? [];
      for (const each of finish) each();
      if (others.length > 0) all.set(question, others);
      else all.delete(question);
    },
  };
}

type Notes = Iterable<readonly [question: Hash, note: Suspicion]>;

const noteKey = (question: Hash) => `${notePrefix}${question}`;

function putsOf(notes: Notes): Record<string, string> {
  return Object.fromEntries([...notes].map(([question, note]) => [noteKey(question), canonicalJson(note)]));
}

function refuseWhenOver(isOver: () => boolean): void {
  if (isOver()) throw new DOMException("The run is stopping; this attempt was not started.", "AbortError");
}

async function readNotes(place: Place): Promise<Map<Hash, Suspicion>> {
  return new Map([...(await readAll(place, notePrefix))].map(([question, note]) => [question, Suspicion.parse(note)]));
}

async function readAll({ store, family, run }: Place, prefix: string): Promise<Map<string, unknown>> {
  const records = await store.list(attemptSpace(family, run), under(prefix), ({ key, space, url }) =>
    store.warnings.add(
      `The attempt record "${key}" of "${space}" in ${url} is damaged: a task that crashes the process is retried more often.`,
    ),
  );
  return new Map(records.map(({ key, value }) => [key.slice(prefix.length), JSON.parse(value) as unknown]));
}
