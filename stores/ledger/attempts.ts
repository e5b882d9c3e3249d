import { randomUUID } from "node:crypto";
import { z } from "zod";
import { StoreError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { SuiteName } from "../../state/task.ts";
import type { GroupCommit } from "./group-commit.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import type { SpaceCommit } from "../record-store.ts";
import { createAttemptNotes, readHeldNotes, type AttemptPlace } from "./attempt-notes.ts";
import { createQuarantine } from "./quarantine.ts";
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

/** The held tasks of a run. */
export async function readHeld(place: AttemptPlace): Promise<HeldTask[]> {
  return [...(await readHeldNotes(place)).values()].map((value) => HeldTask.parse(value));
}

export function createAttempts({
  commit,
  clock = systemClock,
  process = thisProcess,
  ...place
}: AttemptPlace & { commit: GroupCommit; clock?: Clock; process?: string }): Attempts {
  const notes = createAttemptNotes(place, commit);
  const quarantine = createQuarantine({ write: notes.write, warnings: place.store.warnings, clock, process });
  const starts = createStarts({ notes, quarantine, process });
  const turns = createTurns();
  const underWay = createUnderWay();

  return {
    async open() {
      starts.held = new Set((await readHeldNotes(place)).keys());
      const left = await notes.read();
      const suspects = quarantine.open(left);
      const cleared = [...left.keys()].filter((question) => !suspects.has(question));
      if (left.size > 0) await commit(notes.changeOf(suspects, cleared));
    },
    rank(question) {
      const ends = quarantine.endsOf(question);
      return ends === undefined ? 0 : 1 + ends;
    },
    async begin(question, task, isOver = () => false) {
      if (starts.held.has(question)) return false;
      const rank = quarantine.endsOf(question);
      const endTurn = await (rank === undefined ? turns.together() : turns.alone(rank));
      let stop: (() => void) | undefined;
      try {
        stop = await starts.start(question, task, isOver);
      } catch (error) {
        // A note whose commit failed may be there all the same.
        if (error instanceof StoreError) await notes.storeAgain(question, quarantine.cancel(question));
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
      starts.ended += 1;
      return notes.changeOf(quarantine.clear(question), [question]);
    },
    endLate: (question) => notes.storeAgain(question, undefined),
    close: () => notes.storeLate(),
  };
}

interface StartNeeds {
  notes: ReturnType<typeof createAttemptNotes>;
  quarantine: ReturnType<typeof createQuarantine>;
  process: string;
}

function createStarts({ notes, quarantine, process }: StartNeeds) {
  const starts = {
    held: new Set<string>(),
    /** Attempts that came to an end. */
    ended: 0,
    /** Notes an attempt whose turn it is. Gives what stops the watch over it; undefined for a task that is held. */
    async start(question: Hash, task: HeldTask, isOver: () => boolean): Promise<(() => void) | undefined> {
      refuseWhenOver(isOver);
      // Another program may have been run with the same question meanwhile.
      if (starts.held.has(question)) return undefined;
      if (!quarantine.has(question)) {
        const others = starts.ended;
        await notes.write(question, { phase: "together", ends: 0, longest: 0, others, outside: 0, process });
        return () => {};
      }
      if (quarantine.isGuilty(question)) {
        await notes.hold(question, task);
        starts.held.add(question);
        return undefined;
      }
      await quarantine.keepQuiet(question, task.task, isOver);
      refuseWhenOver(isOver);
      return quarantine.begin(question);
    },
  };
  return starts;
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

function refuseWhenOver(isOver: () => boolean): void {
  if (isOver()) throw new DOMException("The run is stopping; this attempt was not started.", "AbortError");
}
