import { randomUUID } from "node:crypto";
import { RunError } from "../../state/errors.ts";
import { systemClock, type Clock } from "./clock.ts";
import { hashJson } from "../../state/json.ts";
import { closedKey, defaultPace, heartbeatKey, holdLease, pauseKey, type Lease, type Pace } from "./held-lease.ts";
import { currentOwner, judgeOwner, Owner } from "./owner.ts";
import type { RecordStore, StoredRecord } from "../record-store.ts";
import type { Registry } from "../registry.ts";
import { threadSpace } from "../spaces.ts";

export interface Leases {
  /**
   * Takes the lease of a registered run, at once where its owner is gone. Whether an owner lives that cannot be seen from
   * here (on another host, in another container, or stopped) shows in its heartbeat, which is watched for as long as it
   * may stand still. Throws RunError "missing" for an unknown run and "owned" where the owner lives; `takeOver` takes it
   * all the same.
   */
  acquire(thread: string, options?: { takeOver?: boolean }): Promise<Lease>;
  /** Who works on a run, as far as can be seen from here; undefined for nobody. */
  ownerOf(thread: string): Promise<Owner | undefined>;
  /** Asks the process that works on the thread to pause; its next heartbeat sees it. Gives that owner; undefined where nobody works on it. */
  askToPause(thread: string): Promise<Owner | undefined>;
  /** The lease this process last took on the thread and has not released, fenced or not. */
  held(thread: string): Lease | undefined;
}

interface Needs {
  store: RecordStore;
  registry: Registry;
  owner?: Owner;
  pace?: Pace;
  clock?: Clock;
}

/**
 * One writer a run. The thread's space holds `owner`, the process that writes, and `epoch`, a number that only taking
 * the lease changes: every write expects the epoch it started with, so that a writer who lost the lease cannot store.
 */
export function createLeases({
  store,
  registry,
  owner = currentOwner(),
  pace = defaultPace,
  clock = systemClock,
}: Needs): Leases {
  const leases = new Map<string, Lease>();

  return {
    held: (thread) => leases.get(thread),
    ownerOf: async (thread) => (await findOwner({ store, registry, owner }, thread))?.found,
    async askToPause(thread) {
      const worked = await findOwner({ store, registry, owner }, thread);
      if (worked !== undefined) await store.commit([{ space: worked.space, put: { [pauseKey]: "asked" } }]);
      return worked?.found;
    },
    async acquire(thread, { takeOver = false } = {}) {
      const entry = await registry.find(thread);
      if (entry?.thread !== thread) {
        throw new RunError(
          "missing",
          thread,
          `There is no run on thread "${thread}" in ${store.url}; it may have been removed in the meantime.`,
        );
      }
      const space = threadSpace(entry.family, thread);
      const self = { ...owner, token: randomUUID() };
      const isFree = createWatch({ store, run: entry.name, self, pace, clock });
      for (;;) {
        const damaged = new Map<string, number>();
        const keys = ["epoch", "owner", heartbeatKey];
        const found = await store.get(space, keys, ({ key, version }) => damaged.set(key, version));
        const before = found.get("epoch");
        if (!takeOver && damaged.has("owner")) throw unreadable(entry.name, store.url);
        if (!takeOver && !(await isFree(found))) continue;
        const asFound = (key: string) => [key, found.get(key)?.version ?? damaged.get(key) ?? "absent"] as const;
        const askedAt = clock.now();
        const [outcome] = await store.commit([
          {
            space,
            // A heartbeat since the look means that the owner is at work after all.
            expect: takeOver ? [asFound("epoch")] : [asFound("epoch"), asFound(heartbeatKey)],
            put: { epoch: String(Number(before?.value ?? 0) + 1), owner: JSON.stringify(self) },
            // Whoever was asked to pause, or had closed the run, is not the one who takes it up now.
            delete: [pauseKey, closedKey],
          },
        ]);
        // A refusal means that somebody was quicker; the next look names them.
        if (outcome?.committed !== true) continue;
        const onRelease = () => {
          live.delete(self.token);
          if (leases.get(thread) === lease) leases.delete(thread);
        };
        const { sequence: epoch } = outcome;
        const grant = { store, thread, family: entry.family, space, epoch, askedAt, pace, clock, onRelease };
        const lease = holdLease(grant);
        live.add(self.token);
        leases.set(thread, lease);
        return lease;
      }
    },
  };
}

/** Who works on a thread, as far as can be seen from here, and the thread's space. */
async function findOwner(
  { store, registry, owner }: Needs & { owner: Owner },
  thread: string,
): Promise<{ found: Owner; space: string } | undefined> {
  const entry = await registry.find(thread);
  if (entry === undefined) return undefined;
  const space = threadSpace(entry.family, entry.thread);
  const record = (await store.get(space, ["owner"])).get("owner");
  const found = record === undefined ? undefined : Owner.parse(JSON.parse(record.value));
  return found === undefined || judge(found, owner) === "dead" ? undefined : { found, space };
}

/** The leases this process has taken and not given back. One that could not be given back, as its store failed, is not here. */
const live = new Set<string>();

function isSameProcess(owner: Owner, self: Owner): boolean {
  return hashJson({ ...owner, token: "" }) === hashJson({ ...self, token: "" });
}

function judge(owner: Owner, self: Owner): "alive" | "dead" | "unknown" {
  if (isSameProcess(owner, self)) return live.has(owner.token) ? "alive" : "dead";
  return judgeOwner(owner, self);
}

interface Watch {
  store: RecordStore;
  run: string;
  self: Owner;
  pace: Pace;
  clock: Clock;
}

/**
 * Looks, again and again, whether the lease may be taken. Throws where its owner lives; false after a while of waiting.
 * Time is this process's own monotonic clock: how long the heartbeat stood still while it looked.
 */
function createWatch({ store, run, self, pace, clock }: Watch) {
  let beat: string | undefined;
  let since = 0;
  return async (found: ReadonlyMap<string, StoredRecord>): Promise<boolean> => {
    const record = found.get("owner");
    if (record === undefined) return true;
    const owner = Owner.parse(JSON.parse(record.value));
    const verdict = judge(owner, self);
    if (verdict === "dead") return true;
    const now = `${found.get("epoch")?.version} ${found.get(heartbeatKey)?.version}`;
    if (verdict === "alive" || (beat !== undefined && beat !== now)) throw owned(owner, self, run);
    if (beat === undefined) {
      [beat, since] = [now, clock.now()];
      store.warnings.add(
        `Run "${run}" belongs to process ${owner.pid} on ${owner.host}, whose state cannot be checked from here. ` +
          `Waiting ${pace.ttl / 1000} s for its heartbeat.`,
      );
    }
    if (clock.now() - since >= pace.ttl) return true;
    await clock.sleep(pace.every / 2);
    return false;
  };
}

function owned(owner: Owner, self: Owner, run: string): RunError {
  const where = `process ${owner.pid} on ${owner.host}`;
  const stop = owner.host === self.host ? `stop it with: kill ${owner.pid}` : "stop it there";
  const text = isSameProcess(owner, self)
    ? `this process (${where}) already holds the lease. Release it before taking it again.`
    : `${where} is working on it. Wait until it is done, or ${stop}.`;
  return new RunError("owned", run, `Run "${run}" is in use: ${text}`);
}

function unreadable(run: string, url: string): RunError {
  return new RunError(
    "owned",
    run,
    `The lease record of run "${run}" in ${url} is damaged. If no process is working on the run, resume with --take-over (takeOver: true in code).`,
  );
}
