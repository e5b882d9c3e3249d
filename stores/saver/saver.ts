import {
  BaseCheckpointSaver,
  getCheckpointId,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from "@langchain/langgraph-checkpoint";
import type { RunnableConfig } from "@langchain/core/runnables";
import { DamageError, RunError } from "../../state/errors.ts";
import { createCheckpointReader, type CheckpointLine, type CheckpointReader } from "./checkpoint-reader.ts";
import {
  checkpointHeadKey,
  checkpointIdKey,
  checkpointKey,
  packCheckpoint,
  unpack,
  type CheckpointEntry,
  type CheckpointRecord,
} from "./checkpoint-record.ts";
import { readTuple } from "./checkpoint-tuple.ts";
import type { Lease } from "../lease/held-lease.ts";
import type { Leases } from "../lease/lease.ts";
import { addWrites, writesKey, type TaskWrites } from "./pending-writes.ts";
import type { Expectation, RecordStore } from "../record-store.ts";
import type { Registry } from "../registry.ts";
import { createSerializer } from "./serializer.ts";
import { threadSpace } from "../spaces.ts";

/** Further records for the commit of a root graph's checkpoint in a family, by key. */
export type Label = (
  checkpoint: Checkpoint,
  newVersions: ChannelVersions,
  family: string,
) => Promise<Record<string, string>>;

interface Needs {
  store: RecordStore;
  registry: Registry;
  leases: Leases;
  label?: Label;
}

/**
 * LangGraph's checkpoints on a record store. "Latest", `list` and `before` go by the order of commits, never by the clock
 * in a checkpoint's id. A checkpoint stores the values its superstep changed and points to the others, so its size does
 * not depend on the length of the history, and branches of one thread keep their own values.
 *
 * Reading needs nothing. The first write to a thread registers it if nobody has (name and family are the thread's id)
 * and takes its lease, which this process then keeps: throws RunError "owned" where another process writes, and "fenced"
 * from the moment on another process takes over.
 */
export function createSaver(needs: Needs): BaseCheckpointSaver {
  return new RecordSaver(needs);
}

class RecordSaver extends BaseCheckpointSaver {
  readonly #needs: Needs;
  readonly #reader: CheckpointReader;
  readonly #acquiring = new Map<string, Promise<Lease>>();

  constructor(needs: Needs) {
    super(createSerializer());
    this.#needs = needs;
    this.#reader = createCheckpointReader(needs.store);
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { thread, namespace = "" } = addressOf(config);
    const space = thread === undefined ? undefined : await this.#spaceOf(thread);
    if (thread === undefined || space === undefined) return undefined;
    const line = { thread, space, namespace };
    const id = getCheckpointId(config);
    if (id !== "") {
      const entry = await this.#reader.byId(line, id);
      return entry === undefined ? undefined : this.#tupleOf(line, entry);
    }
    for await (const entry of this.#reader.newestFirst(line)) {
      const tuple = await this.#wholeTuple(line, entry);
      if (tuple !== undefined) return tuple;
    }
    return undefined;
  }

  override async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { limit = Infinity, before, filter = {} } = options;
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const id = getCheckpointId(config);
    let left = limit;
    if (left <= 0) return;
    for await (const line of this.#linesOf(config)) {
      const bound = before === undefined ? {} : await this.#boundOf(before, line);
      if (bound === undefined) continue;
      for await (const entry of this.#reader.newestFirst(line, bound.to)) {
        if (entry.version >= (bound.version ?? Infinity) || (id !== "" && entry.record.id !== id)) continue;
        const metadata = (await unpack(entry.record.metadata, this.serde)) as Record<string, unknown>;
        if (!wanted.every(([key, value]) => metadata[key] === value)) continue;
        const tuple = await this.#wholeTuple(line, entry);
        if (tuple === undefined) continue;
        yield tuple;
        left -= 1;
        if (left <= 0) return;
      }
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { thread, namespace = "" } = addressOf(config);
    if (thread === undefined) throw new Error('A checkpoint needs a "thread_id" in the "configurable" of its config.');
    const lease = await this.#leaseOf(thread);
    const line = { thread, space: lease.space, namespace };
    const parentId = getCheckpointId(config);
    const labels = namespace === "" ? await this.#needs.label?.(checkpoint, newVersions, lease.family) : undefined;
    for (;;) {
      const known = await this.#reader.byId(line, checkpoint.id);
      const last = await this.#reader.last(line);
      const sequence = known?.sequence ?? last + 1;
      const parent = parentId === "" ? undefined : { id: parentId, record: await this.#recordOf(line, parentId) };
      const from = { checkpoint, metadata, newVersions, sequence, parent, serde: this.serde };
      const record = JSON.stringify(await packCheckpoint(from));
      const key = checkpointKey(namespace, sequence);
      const outcome = await lease.commit({
        expect: [[key, known?.version ?? "absent"]],
        put: {
          [key]: record,
          [checkpointIdKey(namespace, checkpoint.id)]: String(sequence),
          [checkpointHeadKey(namespace)]: String(Math.max(sequence, last)),
          ...labels,
        },
      });
      if (!outcome.committed) continue;
      return { configurable: { thread_id: thread, checkpoint_ns: namespace, checkpoint_id: checkpoint.id } };
    }
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const { thread, namespace = "" } = addressOf(config);
    const id = getCheckpointId(config);
    if (thread === undefined || id === "") {
      throw new Error('Writes need a "thread_id" and a "checkpoint_id" in the "configurable" of their config.');
    }
    const lease = await this.#leaseOf(thread);
    const key = writesKey(namespace, id, taskId);
    let stored: TaskWrites | undefined;
    let expectation: Expectation = [key, "absent"];
    for (;;) {
      const added = JSON.stringify(await addWrites(stored, writes, taskPath, this.serde));
      const outcome = await lease.commit({ expect: [expectation], put: { [key]: added } });
      if (outcome.committed) return;
      let damaged: number | undefined;
      const record = (await this.#needs.store.get(lease.space, [key], ({ version }) => (damaged = version))).get(key);
      stored = record === undefined ? undefined : (JSON.parse(record.value) as TaskWrites);
      expectation = [key, record?.version ?? damaged ?? "absent"];
    }
  }

  /** Deletes all of the thread but its epoch, which keeps fencing, and takes it off the registry. Blobs and answers stay. */
  override async deleteThread(thread: string): Promise<void> {
    const space = await this.#spaceOf(thread);
    if (space === undefined) return;
    const lease = await this.#leaseOf(thread);
    for (let from = ""; ;) {
      const page = await this.#needs.store.list(space, { from, limit: 200 });
      const keys = page.map(({ key }) => key).filter((key) => key !== "epoch" && key !== "owner");
      if (keys.length > 0) await lease.commit({ delete: keys });
      const last = page.at(-1);
      if (last === undefined) break;
      // Nothing stands between a key and this: keys hold no NUL.
      from = `${last.key}\u0001`;
    }
    await lease.release();
    await this.#needs.registry.remove(thread);
  }

  /** The thread's lease, taken if this process has not taken it yet. */
  #leaseOf(thread: string): Promise<Lease> {
    const held = this.#needs.leases.held(thread);
    if (held !== undefined) return Promise.resolve(held);
    const lease = this.#acquiring.get(thread) ?? this.#acquire(thread).finally(() => this.#acquiring.delete(thread));
    this.#acquiring.set(thread, lease);
    return lease;
  }

  async #acquire(thread: string): Promise<Lease> {
    const { registry, leases } = this.#needs;
    if ((await this.#spaceOf(thread)) === undefined) {
      try {
        await registry.register({ name: thread, thread, family: thread });
      } catch (error) {
        const isThere = (await this.#spaceOf(thread)) !== undefined;
        if (!(error instanceof RunError && isThere)) throw error;
      }
    }
    return leases.acquire(thread);
  }

  #tupleOf(line: CheckpointLine, entry: CheckpointEntry): Promise<CheckpointTuple> {
    return readTuple({ store: this.#needs.store, serde: this.serde }, line, entry);
  }

  /** Undefined, and warned of, for a checkpoint that needs a record which is damaged or gone. */
  async #wholeTuple(line: CheckpointLine, entry: CheckpointEntry): Promise<CheckpointTuple | undefined> {
    try {
      return await this.#tupleOf(line, entry);
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      this.#needs.store.warnings.add(`Checkpoint ${entry.sequence} cannot be used: ${error.message}`);
      return undefined;
    }
  }

  /** The stored record of a parent; a child of one that is not readable stores all its values. */
  async #recordOf(line: CheckpointLine, id: string): Promise<CheckpointRecord | undefined> {
    try {
      return (await this.#reader.byId(line, id))?.record;
    } catch (error) {
      if (error instanceof DamageError) return undefined;
      throw error;
    }
  }

  async #spaceOf(thread: string): Promise<string | undefined> {
    const entry = await this.#needs.registry.find(thread);
    return entry?.thread === thread ? threadSpace(entry.family, thread) : undefined;
  }

  /** The lines that a config without a thread or namespace stands for: all of them. */
  async *#linesOf(config: RunnableConfig): AsyncGenerator<CheckpointLine> {
    const { thread: only, namespace: onlyNamespace } = addressOf(config);
    const threads = only === undefined ? (await this.#needs.registry.entries()).map((entry) => entry.thread) : [only];
    for (const thread of threads) {
      const space = await this.#spaceOf(thread);
      if (space === undefined) continue;
      const namespaces = onlyNamespace === undefined ? await this.#reader.namespaces(space) : [onlyNamespace];
      for (const namespace of namespaces) yield { thread, space, namespace };
    }
  }

  /**
   * Where to stop short for what was committed before another checkpoint: its key in its own namespace, the version of
   * its commit in the thread's others. Undefined for a checkpoint that this thread does not have.
   */
  async #boundOf(before: RunnableConfig, line: CheckpointLine): Promise<{ to?: string; version?: number } | undefined> {
    const { thread = line.thread, namespace = "" } = addressOf(before);
    const id = getCheckpointId(before);
    if (id === "") return {};
    const entry = thread === line.thread ? await this.#reader.byId({ ...line, namespace }, id) : undefined;
    if (entry === undefined) return undefined;
    return namespace === line.namespace ? { to: checkpointKey(namespace, entry.sequence) } : { version: entry.version };
  }
}

function addressOf(config: RunnableConfig): { thread: string | undefined; namespace: string | undefined } {
  const { thread_id: thread, checkpoint_ns: namespace } = (config.configurable ?? {}) as Record<
    string,
    string | undefined
  >;
  return { thread, namespace };
}
