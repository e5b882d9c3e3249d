import { z } from "zod";
import { Means } from "../state/archive.ts";
import { Suites } from "../state/channels.ts";
import { canonicalJson, Hash } from "../state/json.ts";
import { Settings } from "../state/settings.ts";
import { DamageError, RunError } from "../state/errors.ts";
import { Limits, noUsage, RoleUsage } from "../state/usage.ts";
import type { Lease } from "../stores/lease/held-lease.ts";
import type { Damage, RecordStore } from "../stores/record-store.ts";
import { threadSpace } from "../stores/spaces.ts";
import { Sources } from "./sources.ts";

/** One look at the test split: what was run on it and how it scored. Looks are never removed. */
export const Look = z.strictObject({
  program: Hash,
  tasks: z.int(),
  /** The mean over the tasks with a result; null where none has one. */
  score: z.number().nullable(),
  /** Means of the objectives other than the score. */
  objectives: Means,
  missing: z.int(),
  at: z.string(),
});
export type Look = z.infer<typeof Look>;

/** Versions of everything that is code, not data: a run is continued only by the same. */
export const Fingerprints = z.strictObject({
  graph: Hash,
  agent: z.string(),
  analyst: z.string(),
  verifier: z.string(),
});
export type Fingerprints = z.infer<typeof Fingerprints>;

export const SpentUsage = z.strictObject({
  seconds: z.number(),
  executions: z.int(),
  usd: z.number(),
  roles: RoleUsage.default(noUsage),
});
export type SpentUsage = z.infer<typeof SpentUsage>;

export const nothingSpent: SpentUsage = { seconds: 0, executions: 0, usd: 0, roles: noUsage };

/** The names the command line makes the parts by; null for a part that was given as an object. */
export const PartNames = z.strictObject({
  agent: z.string().nullable(),
  analyst: z.string().nullable(),
  verifier: z.string().nullable(),
  /** The text a judge grades by. */
  rubric: z.string().optional(),
});
export type PartNames = z.infer<typeof PartNames>;

/** What is known of a run beside its state: names, lineage, and what may differ between two equal runs. */
export const RunRecord = z.strictObject({
  name: z.string(),
  thread: z.string(),
  family: z.string(),
  parent: z.strictObject({ thread: z.string(), generation: z.int().positive() }).nullable(),
  /** `memories` is what policies begin with, where something was given to mine. */
  input: z.strictObject({ settings: Settings, suites: Suites, start: Hash, memories: Hash.optional() }),
  fingerprints: Fingerprints,
  /** Null for a run started in code. */
  parts: PartNames.nullable(),
  /** Where what it was made with comes from. */
  sources: Sources,
  /** Where the skill it began with was read from, on the host that began it; null for one that came from no file. */
  skillPath: z.string().nullable(),
  createdAt: z.string(),
  failure: z.string().nullable(),
  /** Why it paused by itself; null where it did not. */
  pause: z.string().nullable(),
  looks: z.array(Look),
  /** What it may really spend. */
  limits: Limits,
  /** Wall time at work, calls really made and what they cost by who paid, as of the last session that ended in an orderly way. */
  usage: SpentUsage,
});
export type RunRecord = z.infer<typeof RunRecord>;

/** Written twice, as nothing else holds it: the second is read where the first is damaged. */
const keys = ["run", "run-copy"] as const;

export async function readRunRecord(
  store: RecordStore,
  place: { family: string; thread: string },
): Promise<RunRecord | undefined> {
  const space = threadSpace(place.family, place.thread);
  const damage: Damage[] = [];
  const found = await store.get(space, keys, (each) => damage.push(each));
  const [record] = found.values();
  for (const { key } of damage) store.warnings.add(`The record "${key}" of "${space}" in ${store.url} is damaged.`);
  if (record !== undefined) return RunRecord.parse(JSON.parse(record.value));
  if (damage[0] !== undefined) throw new DamageError(damage[0]);
  return undefined;
}

export async function writeRunRecord(lease: Lease, record: RunRecord): Promise<void> {
  const text = canonicalJson(record);
  await lease.commit({ put: Object.fromEntries(keys.map((key) => [key, text])) });
}

/** Code that decides (graph, agent, analyst, verifier) must be what the run was started with. */
export function refuseChanged({ name, fingerprints: before }: RunRecord, now: Fingerprints): void {
  const changed = (Object.keys(before) as Array<keyof Fingerprints>).find((part) => before[part] !== now[part]);
  if (changed === undefined) return;
  throw new RunError(
    "changed",
    name,
    `Run "${name}" was started with ${changed} ${before[changed]}; this is ${changed} ${now[changed]}. A run can be continued ` +
      "only with the same version: use that version, or start a new run.",
  );
}
