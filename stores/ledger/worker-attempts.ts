import type { Hash } from "../../state/json.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import type { Attempts } from "./attempts.ts";
import { createAttemptNotes, type AttemptNotes, type AttemptPlace } from "./attempt-notes.ts";
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
  /**
   * An attempt of this task is about to come, perhaps one that was taken from a worker that is gone: reads what is noted of the task while other things are
   * read. Gives what takes that back, where it comes to no attempt.
   */
  announce(question: Hash, wasLost: boolean): () => void;
}

/** An announced attempt. */
interface Coming {
  question: Hash;
  wasLost: boolean;
  found: ReturnType<AttemptNotes["find"]>;
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
  const coming = new Set<Coming>();
  const tries = createTries({
    notes,
    quarantine,
    turns,
    isHeld: async (question) => quarantine.suspects.has(question) && (await notes.find(question)).isHeld,
    hold: notes.hold,
    noteTogether: async () => undefined,
  });

  function take(question: Hash): Pick<Coming, "wasLost" | "found"> {
    const own = [...coming].filter((one) => one.question === question);
    const mark = own.find(({ wasLost }) => wasLost) ?? own[0];
    if (mark === undefined) return { wasLost: false, found: notes.find(question) };
    coming.delete(mark);
    return mark;
  }

  function noteOf(found: Suspicion | undefined, isLost: boolean): Suspicion | undefined {
    const unknown = { phase: "waiting", ends: 0, longest: 0, others: tries.ended(), outside: 0, process } as const;
    if (isLost) return found === undefined ? unknown : (noteLeft(found, process) ?? unknown);
    return found === undefined ? undefined : { ...found, phase: "waiting" };
  }

  return {
    announce(question, wasLost) {
      const mark = { question, wasLost, found: notes.find(question) };
      // Whoever takes it meets the error.
      mark.found.catch(() => undefined);
      coming.add(mark);
      return () => void coming.delete(mark);
    },
    rank: tries.rank,
    async begin(question, task, isOver = () => false) {
      const { wasLost, found } = take(question);
      const { isHeld, note: noted } = await found;
      if (isHeld) return false;
      const note = noteOf(noted, wasLost);
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
      const wasSuspected = quarantine.suspects.has(question);
      const change = tries.end(question);
      const isChanged = wasSuspected || Object.keys(change.put ?? {}).length > 0;
      return isChanged ? change : undefined;
    },
    endLate: tries.endLate,
  };
}
