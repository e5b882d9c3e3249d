import { canonicalJson, Hash } from "../../state/json.ts";
import type { GroupCommit } from "./group-commit.ts";
import { under, type OnDamage, type RecordStore, type SpaceCommit } from "../record-store.ts";
import { attemptSpace } from "../spaces.ts";
import { Suspicion } from "./suspicion.ts";

/** Whose attempts. */
export interface AttemptPlace {
  store: RecordStore;
  family: string;
  run: string;
}

/** What is noted of tasks, each meant by the hash of its question. */
type Notes = ReadonlyMap<Hash, Suspicion>;

const begunPrefix = "begun/";
const heldPrefix = "held/";

export type AttemptNotes = ReturnType<typeof createAttemptNotes>;

/** The records of a run's attempts: which were begun and not ended, and which tasks are held. */
export function createAttemptNotes(place: AttemptPlace, commit: GroupCommit) {
  const space = attemptSpace(place.family, place.run);
  const late = new Map<Hash, SpaceCommit>();

  const changeOf = (notes: Notes, gone: readonly Hash[] = []): SpaceCommit => ({
    space,
    delete: gone.map((question) => begunPrefix + question),
    put: Object.fromEntries([...notes].map(([question, note]) => [begunPrefix + question, canonicalJson(note)])),
  });

  return {
    changeOf,
    async read(): Promise<Map<Hash, Suspicion>> {
      const found = await readUnder(place, begunPrefix);
      return new Map([...found].map(([question, note]) => [question, Suspicion.parse(note)]));
    },
    /** What is noted of one task now. */
    async find(question: Hash): Promise<{ isHeld: boolean; note: Suspicion | undefined }> {
      const [begun, held] = [begunPrefix + question, heldPrefix + question];
      const found = await place.store.get(space, [begun, held], warnOfDamage(place.store));
      const text = found.get(begun)?.value;
      return { isHeld: found.has(held), note: text === undefined ? undefined : Suspicion.parse(JSON.parse(text)) };
    },
    write: (question: Hash, note: Suspicion) => commit(changeOf(new Map([[question, note]]))),
    hold: (question: Hash, task: unknown) => commit({ space, put: { [heldPrefix + question]: canonicalJson(task) } }),
    /** Stores what is noted of a task, or that nothing is, after the store has failed; where it fails again, `storeLate` has it. */
    async storeAgain(question: Hash, note: Suspicion | undefined): Promise<void> {
      const change = note === undefined ? changeOf(new Map(), [question]) : changeOf(new Map([[question, note]]));
      late.set(question, change);
      // Of the fault the user is told by whatever met it first.
      await commit(change).then(
        () => late.delete(question),
        () => undefined,
      );
    },
    async storeLate(): Promise<void> {
      const [first, ...others] = late.values();
      if (first !== undefined) await commit(first, ...others);
      late.clear();
    },
  };
}

/** The tasks that are held, by their questions. */
export function readHeldNotes(place: AttemptPlace): Promise<Map<Hash, unknown>> {
  return readUnder(place, heldPrefix);
}

async function readUnder({ store, family, run }: AttemptPlace, prefix: string): Promise<Map<Hash, unknown>> {
  const records = await store.list(attemptSpace(family, run), under(prefix), warnOfDamage(store));
  return new Map(records.map(({ key, value }) => [Hash.parse(key.slice(prefix.length)), JSON.parse(value) as unknown]));
}

function warnOfDamage({ warnings }: RecordStore): OnDamage {
  return ({ key, space, url }) =>
    warnings.add(
      `The attempt record "${key}" of "${space}" in ${url} is damaged: a task that crashes the process is retried more often.`,
    );
}
