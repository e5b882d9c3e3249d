import type { Hash } from "../../state/json.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import type { Attempts } from "./attempts.ts";
import { createAttemptNotes, type AttemptPlace } from "./attempt-notes.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createQuarantine } from "./quarantine.ts";
import { noteLeft, type Suspicion } from "./suspicion.ts";
import { createTries } from "./tries.ts";
import type { Turns } from "./turns.ts";

/**
 * The attempts of a run on one of its workers. Which were begun and not ended is known by the queue, so an attempt together
 * with others is not noted. One that comes again, as the worker that had it is gone, is suspected and tried alone in the process of
 * the next worker, and from there on judged as in a process by itself (`createAttempts`). Notes and held tasks are the
 * same records, so that a run may go on in one process with what its workers found.
 */
export interface WorkerAttempts extends Attempts {
  /** The next attempt of this task was taken from a worker that is gone. Gives what takes that back, where it comes to no attempt. */
  suspect(question: Hash): () => void;
}

interface Needs extends AttemptPlace {
  commit: GroupCommit;
  /** Those of the whole process, whatever the run. */
  turns: Turns;
  /** The name of this worker. */
  process: string;
  clock?: Clock;
}

export function createWorkerAttempts({ commit, turns, clock = systemClock, process, ...place }: Needs): WorkerAttempts {
  const notes = createAttemptNotes(place, commit);
  const { warnings } = place.store;
  // A worker may be old, and have done other things: quiet is from when its turn comes.
  const quietSince = () => clock.now();
  const quarantine = createQuarantine({ write: notes.write, warnings, clock, process, quietSince });
  const lost = new Set<{ question: Hash }>();
  const tries = createTries({
    notes,
    quarantine,
    turns,
    isHeld: async (question) => quarantine.has(question) && (await notes.find(question)).isHeld,
    hold: notes.hold,
    noteTogether: async () => undefined,
  });

  function wasLost(question: Hash): boolean {
    const mark = [...lost].find((one) => one.question === question);
    return mark !== undefined && lost.delete(mark);
  }

  function noteOf(found: Suspicion | undefined, isLost: boolean): Suspicion | undefined {
    const unknown = { phase: "waiting", ends: 0, longest: 0, others: tries.ended(), outside: 0, process } as const;
    if (isLost) return found === undefined ? unknown : (noteLeft(found, process) ?? unknown);
    return found === undefined ? undefined : { ...found, phase: "waiting" };
  }

  return {
    suspect(question) {
      const mark = { question };
      lost.add(mark);
      return () => void lost.delete(mark);
    },
    rank: tries.rank,
    async begin(question, task, isOver = () => false) {
      const { isHeld, note: found } = await notes.find(question);
      if (isHeld) return false;
      const note = noteOf(found, wasLost(question));
      // An attempt of the same task may be under way here: what is noted of that one stays.
      const isNews = note !== undefined && note.ends > (quarantine.endsOf(question) ?? -1);
      if (isNews) quarantine.suspect(question, note);
      let isBegun = false;
      try {
        isBegun = await tries.begin(question, task, isOver);
      } finally {
        if (!isBegun && isNews) quarantine.forget(question);
      }
      return isBegun;
    },
    end(question) {
      const wasSuspected = quarantine.has(question);
      const change = tries.end(question);
      const isChanged = wasSuspected || Object.keys(change.put ?? {}).length > 0;
      return isChanged ? change : undefined;
    },
    endLate: tries.endLate,
  };
}
