import { DamageError, RunError } from "../../../state/errors.ts";
import { draw } from "../../../state/draw.ts";
import { withChecksums } from "../../../stores/checksum.ts";
import { createMemoryDriver } from "../../../stores/drivers/memory.ts";
import type { Driver, StoredRecord } from "../../../stores/record-store.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { show } from "../../../runs/reading/show.ts";
import { buryOwner, houseRun } from "./crashes.ts";
import { createMortalStore } from "./mortal-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../world.ts";

export const damages = ["flip", "truncate", "empty", "delete", "misplace"] as const;
type Kind = (typeof damages)[number];

/** What came of one damaged record. */
export interface CorruptionTrial {
  kind: Kind;
  space: string;
  key: string;
  /** `refused`: a typed error. `told`: another result, and a warning. `silent`: another result without a warning. */
  outcome: "same result" | "refused" | "told" | "silent" | "crashed";
  /** Whether the store tells the damage of this record to whoever reads it. Null for a deleted one. */
  isDetected: boolean | null;
  message: string;
}

/** All records of a driver, by space and key. */
type Contents = Map<string, Map<string, string>>;

/** A driver that can be copied. */
function createTape(contents: Contents = new Map()) {
  const driver = createMemoryDriver();
  const spaces = new Set<string>(contents.keys());
  const taped: Driver = {
    ...driver,
    async commit(batch) {
      for (const { space } of batch) spaces.add(space);
      return driver.commit(batch);
    },
  };
  return {
    driver: taped,
    async load() {
      const puts = [...contents].map(([space, records]) => ({ space, put: Object.fromEntries(records) }));
      await driver.commit(puts);
    },
    async contents(): Promise<Contents> {
      const all: Contents = new Map();
      for (const space of spaces) {
        const records = await driver.list(space, {});
        all.set(space, new Map(records.map(({ key, value }: StoredRecord & { key: string }) => [key, value])));
      }
      return all;
    },
  };
}

function house(driver: Driver) {
  return {
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    run: houseRun,
    store: withChecksums(driver),
    concurrency: 4,
  };
}

/** What the store holds at some moments of a run, and the digest the run ends in. */
export async function recordMoments(commits: readonly number[]): Promise<{ moments: Contents[]; digest: string }> {
  const moments: Contents[] = [];
  for (const atCommit of commits) {
    const tape = createTape();
    const options = house(tape.driver);
    const mortal = createMortalStore(options.store, { atCommit, when: "after" });
    await optimize({ ...options, store: mortal })
      .then((run) => run.result())
      .catch(() => undefined);
    await buryOwner(options.store);
    moments.push(await tape.contents());
  }
  const result = await (await optimize(house(createMemoryDriver()))).result();
  return { moments, digest: result.digest };
}

/** Damages one drawn record of a drawn moment, then resumes the run to its end and shows it. */
export async function tryCorruption(
  trial: number,
  { moments, digest }: { moments: readonly Contents[]; digest: string },
): Promise<CorruptionTrial> {
  const pick = <Item>(items: readonly Item[], purpose: string): Item =>
    items[Math.floor(draw(11, trial, purpose, 0) * items.length)] as Item;
  const tape = createTape(pick(moments, "moment"));
  await tape.load();
  const contents = await tape.contents();
  const places = [...contents].flatMap(([space, records]) => [...records.keys()].map((key) => [space, key] as const));
  const [space, key] = pick(places, "record");
  const kind = pick(damages, "damage");
  const value = contents.get(space)?.get(key) as string;
  const other = pick(places, "other");
  const elsewhere = contents.get(other[0])?.get(other[1]) as string;
  const damaged = damagedText(kind, { value, elsewhere, at: draw(11, trial, "place", 0) });
  await tape.driver.commit([damaged === undefined ? { space, delete: [key] } : { space, put: { [key]: damaged } }]);
  let isDetected: boolean | null = null;
  if (damaged !== undefined) {
    isDetected = damaged === value;
    await withChecksums(tape.driver).get(space, [key], () => (isDetected = true));
  }
  return { kind, space, key, isDetected, ...(await outcomeOf(tape.driver, digest)) };
}

/** The text after the damage; undefined where its record is gone. */
export function damagedText(kind: Kind, from: { value: string; elsewhere: string; at: number }): string | undefined {
  const { value, elsewhere, at } = from;
  const place = Math.floor(at * value.length);
  if (kind === "delete") return undefined;
  if (kind === "empty") return "";
  if (kind === "misplace") return elsewhere;
  if (kind === "truncate") return value.slice(0, place);
  // One bit of one character, as long as it stays storable.
  const flipped = String.fromCharCode(value.charCodeAt(place) ^ 1);
  return value.slice(0, place) + flipped + value.slice(place + 1);
}

async function outcomeOf(driver: Driver, digest: string): Promise<Pick<CorruptionTrial, "outcome" | "message">> {
  const options = house(driver);
  try {
    const result = await (await optimize(options)).result();
    const view = await show(houseRun, { store: options.store });
    const warnings = options.store.warnings.all();
    const message = warnings.join(" | ");
    if (result.digest === digest && view.result.digest === digest) return { outcome: "same result", message };
    return { outcome: warnings.length > 0 ? "told" : "silent", message };
  } catch (error) {
    const isTyped = error instanceof DamageError || error instanceof RunError;
    return { outcome: isTyped ? "refused" : "crashed", message: String((error as Error).stack) };
  }
}
