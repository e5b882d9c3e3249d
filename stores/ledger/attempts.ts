import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Hash } from "../../state/json.ts";
import { SuiteName } from "../../state/task.ts";
import type { GroupCommit } from "./group-commit.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import type { SpaceCommit } from "../record-store.ts";
import { createAttemptNotes, readHeldNotes, type AttemptPlace } from "./attempt-notes.ts";
import { createQuarantine } from "./quarantine.ts";
import { createTries } from "./tries.ts";
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
  /** 0 for a task that nothing is known of; the larger, the later it should be tried. Asks for the question where it matters. */
  rank(question: () => Hash): number;
  /** Notes an attempt, durably, once it is its turn. False for a task that is held. Throws an AbortError once the work is over. */
  begin(question: Hash, task: HeldTask, isOver?: () => boolean): Promise<boolean>;
  /** The attempt came to an end, good or bad. Gives what is to be changed in the run's attempts. */
  end(question: Hash): SpaceCommit | undefined;
  /**
   * The store failed at what `end` gave, so that the attempt would count as one that ended the process. Tries it again now, and
   * where that fails when the session is closed.
   */
  endLate(question: Hash): Promise<void>;
}

/** The attempts of a session of a run, which nobody else works on meanwhile. */
export interface SessionAttempts extends Attempts {
  /** Reads what earlier sessions left. To be called before the first attempt. */
  open(): Promise<void>;
  end(question: Hash): SpaceCommit;
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
}: AttemptPlace & { commit: GroupCommit; clock?: Clock; process?: string }): SessionAttempts {
  const notes = createAttemptNotes(place, commit);
  const quarantine = createQuarantine({ write: notes.write, warnings: place.store.warnings, clock, process });
  let held = new Set<string>();
  const tries = createTries({
    notes,
    quarantine,
    turns: createTurns(),
    isHeld: (question) => held.has(question),
    async hold(question, task) {
      await notes.hold(question, task);
      held.add(question);
    },
    noteTogether: (question, others) =>
      notes.write(question, { phase: "together", ends: 0, longest: 0, others, outside: 0, process }),
  });

  return {
    async open() {
      held = new Set((await readHeldNotes(place)).keys());
      const left = await notes.read();
      const suspects = quarantine.open(left);
      const cleared = [...left.keys()].filter((question) => !suspects.has(question));
      if (left.size > 0) await commit(notes.changeOf(suspects, cleared));
    },
    rank: tries.rank,
    begin: (question, task, isOver = () => false) => tries.begin(question, task, isOver),
    end: tries.end,
    endLate: tries.endLate,
    close: () => notes.storeLate(),
  };
}
