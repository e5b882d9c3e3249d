import { StoreError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { SpaceCommit } from "../record-store.ts";
import type { HeldTask } from "./attempts.ts";
import type { AttemptNotes } from "./attempt-notes.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Turns } from "./turns.ts";

interface Needs {
  notes: AttemptNotes;
  quarantine: Quarantine;
  turns: Turns;
  isHeld(question: Hash): boolean | Promise<boolean>;
  hold(question: Hash, task: HeldTask): Promise<unknown>;
  /** Notes the attempt of a task that is not suspected; `ended` is how many have come to an end so far. */
  noteTogether(question: Hash, ended: number): Promise<unknown>;
}

/** Attempts in their turn: those that are suspected alone, each after a quiet time, the others together. */
export function createTries({ notes, quarantine, turns, isHeld, hold, noteTogether }: Needs) {
  const underWay = createUnderWay();
  let ended = 0;

  /** Notes an attempt whose turn it is. Gives what stops the watch over it; undefined for a task that is held. */
  async function start(question: Hash, task: HeldTask, isOver: () => boolean): Promise<(() => void) | undefined> {
    refuseWhenOver(isOver);
    if (!quarantine.suspects.has(question)) {
      await noteTogether(question, ended);
      return () => {};
    }
    // Another program may have been run with the same question meanwhile.
    if (await isHeld(question)) return undefined;
    if (quarantine.isGuilty(question)) {
      await hold(question, task);
      return undefined;
    }
    await quarantine.keepQuiet(question, task.task, isOver);
    refuseWhenOver(isOver);
    return quarantine.begin(question);
  }

  return {
    ended: () => ended,
    rank(question: () => Hash): number {
      const ends = quarantine.suspects.size === 0 ? undefined : quarantine.endsOf(question());
      return ends === undefined ? 0 : 1 + ends;
    },
    async begin(question: Hash, task: HeldTask, isOver: () => boolean): Promise<boolean> {
      const held = isHeld(question);
      if (typeof held === "boolean" ? held : await held) return false;
      const rank = quarantine.endsOf(question);
      const endTurn = await (rank === undefined ? turns.together() : turns.alone(rank));
      let stop: (() => void) | undefined;
      try {
        stop = await start(question, task, isOver);
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
    end(question: Hash): SpaceCommit {
      underWay.end(question);
      ended += 1;
      return notes.changeOf(quarantine.clear(question), [question]);
    },
    endLate: (question: Hash) => notes.storeAgain(question, undefined),
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

function refuseWhenOver(isOver: () => boolean): void {
  if (isOver()) throw new DOMException("The run is stopping; this attempt was not started.", "AbortError");
}
