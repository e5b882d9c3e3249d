import type { Hash } from "../../state/json.ts";
import type { Clock } from "../lease/clock.ts";
import type { Warnings } from "../warnings.ts";
import { isGuilty, noteLeft, quietBefore, type Suspicion } from "./suspicion.ts";

/** How long a try alone has lasted is noted after so many milliseconds, and after twice as long again and again. */
const firstMark = 25;

/** Milliseconds between looks, in a quiet time, whether the work is over. */
const pollEvery = 200;

interface Needs {
  /** Stores a note, durably. */
  write(question: Hash, note: Suspicion): Promise<unknown>;
  warnings: Warnings;
  clock: Clock;
  /** The name of this process. */
  process: string;
  /** Since when this process has run nothing, before a try alone; by default since the notes were read. */
  quietSince?(): number;
}

export type Quarantine = ReturnType<typeof createQuarantine>;

/** The tasks that were in flight when an earlier session ended, and how each is tried alone. */
export function createQuarantine({ write, warnings, clock, process, ...needs }: Needs) {
  const suspects = new Map<Hash, Suspicion>();
  let openedAt = clock.now();
  const quietSince = needs.quietSince ?? (() => openedAt);

  const noteOf = (question: Hash) => suspects.get(question) as Suspicion;

  async function change(question: Hash, changed: Partial<Suspicion>): Promise<void> {
    suspects.set(question, { ...noteOf(question), ...changed, process });
    await write(question, noteOf(question));
  }

  return {
    /** Takes the notes that earlier sessions left. Gives those that speak against a task, as they are to be stored now. */
    open(left: ReadonlyMap<Hash, Suspicion>): ReadonlyMap<Hash, Suspicion> {
      openedAt = clock.now();
      suspects.clear();
      for (const [question, suspicion] of suspicionsIn(left, process)) suspects.set(question, suspicion);
      return suspects;
    },
    /** The same for one task, as its attempt comes to this process, and once it is not for this process any more. */
    suspect: (question: Hash, note: Suspicion) => void suspects.set(question, note),
    forget: (question: Hash) => void suspects.delete(question),
    suspects: suspects as ReadonlyMap<Hash, Suspicion>,
    /** How often the process has ended while it ran alone; undefined for a task that is not suspected. */
    endsOf: (question: Hash) => suspects.get(question)?.ends,
    isGuilty: (question: Hash) => isGuilty(noteOf(question)),

    /** Before a try alone: time in which nothing runs, so that an outside cause of the ends shows. */
    async keepQuiet(question: Hash, task: string, isOver: () => boolean): Promise<void> {
      const { ends } = noteOf(question);
      if (ends === 0) return;
      const until = quietSince() + quietBefore(noteOf(question));
      const milliseconds = until - clock.now();
      if (milliseconds > 0) {
        if (milliseconds > 1000) warnings.add(quietWarning({ task, ends, milliseconds }));
        await change(question, { phase: "quiet" });
        while (clock.now() < until && !isOver()) await clock.sleep(Math.min(pollEvery, until - clock.now()));
      }
      // Where no other task is left to compare with, that the process lived without this one is what speaks against it.
      const isOnly = [...suspects].every(([other, suspect]) => other === question || suspect.ends === 0);
      const { others } = noteOf(question);
      await change(question, { phase: "waiting", others: isOnly ? others + 1 : others });
    },

    /** Begins a try alone; while it lasts, how long is noted. Gives what stops that. */
    async begin(question: Hash): Promise<() => void> {
      await change(question, { phase: "alone", longest: Math.max(noteOf(question).longest, firstMark) });
      const begunAt = clock.now();
      let mark = firstMark;
      return clock.every(firstMark, () => {
        if (clock.now() - begunAt < mark) return;
        mark *= 2;
        // A store that fails shows when the answer is stored.
        if (mark > noteOf(question).longest) change(question, { longest: mark }).catch(() => undefined);
      });
    },

    /** An attempt was not begun after all. Gives the note to be stored; undefined for a task that is not suspected. */
    cancel(question: Hash): Suspicion | undefined {
      const note = suspects.get(question);
      if (note !== undefined) suspects.set(question, { ...note, phase: "waiting" });
      return suspects.get(question);
    },

    /** An attempt came to an end: what that says of those that are still suspected. Gives their notes, to be stored. */
    clear(question: Hash): ReadonlyMap<Hash, Suspicion> {
      // Cut short while it ran alone, and yet it came to an end: something else had ended the process.
      const outside = suspects.get(question)?.ends ?? 0;
      suspects.delete(question);
      for (const [other, note] of suspects) {
        suspects.set(other, { ...note, others: note.others + 1, outside: note.outside + outside });
      }
      return suspects;
    },
  };
}

function suspicionsIn(left: ReadonlyMap<Hash, Suspicion>, process: string): Array<[Hash, Suspicion]> {
  return [...left].flatMap(([question, note]): Array<[Hash, Suspicion]> => {
    const suspicion = noteLeft(note, process);
    return suspicion === undefined ? [] : [[question, suspicion]];
  });
}

function quietWarning({ task, ends, milliseconds }: { task: string; ends: number; milliseconds: number }): string {
  return (
    `The process ended ${ends === 1 ? "once" : `${ends} times`} while task "${task}" ran alone. Before the next try nothing ` +
    `runs for ${Math.ceil(milliseconds / 1000)} s, to check whether something else ends the process.`
  );
}
