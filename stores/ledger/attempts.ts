import { z } from "zod";
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

export function createAttempts({
  commit,
  clock = systemClock,
  ...place
}: Place & { commit: GroupCommit; clock?: Clock }): Attempts {
  const space = attemptSpace(place.family, place.run);
  const write = (question: Hash, note: Suspicion) => commit({ space, put: putsOf([[question, note]]) });
  const quarantine = createQuarantine({ write, warnings: place.store.warnings, clock });
  const turns = createTurns();
  const underWay = createUnderWay();
  let held = new Set<string>();
  let ended = 0;

  /** Notes an attempt whose turn it is. Gives what stops the watch over it; undefined for a task that is held. */
  async function start(question: Hash, task: HeldTask, isOver: () => boolean): Promise<(() => void) | undefined> {
    refuseWhenOver(isOver);
    // Another program may have been run with the same question meanwhile.
    if (held.has(question)) return undefined;
    if (!quarantine.has(question)) {
      await write(question, { phase: "together", ends: 0, longest: 0, others: ended, outside: 0 });
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

  return {
    async open() {
      held = new Set((await readAll(place, heldPrefix)).keys());
      const suspects = quarantine.open(await readNotes(place));
      if (suspects.size > 0) await commit({ space, put: putsOf(suspects) });
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
      return { space, delete: [`${notePrefix}${question}`], put: putsOf(quarantine.clear(question)) };
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

function putsOf(notes: Iterable<readonly [question: Hash, note: Suspicion]>): Record<string, string> {
  return Object.fromEntries([...notes].map(([question, note]) => [`${notePrefix}${question}`, canonicalJson(note)]));
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
