import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { optimize, type OptimizeOptions } from "../../../runs/cycle/optimize.ts";
import { whoWaitsForOthers, whyNobodyWorks } from "../../../runs/workers/others.ts";
import { startWorker, type WorkerOptions } from "../../../runs/workers/worker.ts";
import { ReplacedError } from "../../../state/errors.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { acknowledged, buryOwner, houseOn, paidAgain } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { hasRedis, startRedis, type RedisServer } from "../../support/redis-server.ts";
import { createWitnessedAgent, executionsIn, houseParts, houseSettings } from "../../support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-workers-"));
let redis: RedisServer;
/** The digest of the run in one process, and how many rollouts it made. */
let whole: { digest: string; executions: number };
let places = 0;

/** Locks that run out soon, so that jobs of a worker that is gone are not waited for. */
const pace = { lock: 400, look: 100 };

/** So that no job is done twice while its worker lives, however busy the machine is. */
const lasting = { pace: { lock: 120_000, look: 10_000 } };

/** A store and a witness of the test's own, and workers on that store. */
async function openPlace() {
  places += 1;
  const url = `${redis.url}?prefix=${places}:`;
  const witness = join(folder, `witness-${places}`);
  writeFileSync(witness, "");
  const open = async (): Promise<RecordStore> => {
    const store = await openStore(url);
    onTestFinished(() => store.close());
    return store;
  };
  const work = async (options: Partial<WorkerOptions> = {}) => {
    const { verifier } = houseParts();
    const agent = createWitnessedAgent(witness);
    const worker = await startWorker({ agent, verifier, store: url, concurrency: 3, pace, ...options });
    onTestFinished(() => worker.close().catch(() => undefined));
    return worker;
  };
  return { url, witness, open, work, store: await open() };
}

/** Two generations of the house. */
const housed = (store: RecordStore, witness: string): OptimizeOptions => ({
  ...houseOn(store, witness),
  settings: { ...houseSettings, generations: 2 },
});

const queued = (store: RecordStore, witness: string) => optimize({ ...housed(store, witness), executor: "queue" });

describe.skipIf(!hasRedis)("a run with workers", () => {
  beforeAll(async () => {
    redis = await startRedis({ appendonly: "yes", appendfsync: "always" });
    const witness = join(folder, "whole");
    writeFileSync(witness, "");
    const run = await optimize(housed(createMemoryStore(), witness));
    const { digest, spent } = await run.result();
    whole = { digest, executions: spent.executions };
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("has the digest of one in a process by itself, and what workers spend is the run's", async () => {
    const { store, witness, work } = await openPlace();
    await Promise.all([work(lasting), work(lasting)]);
    const { status, digest, spent } = await (await queued(store, witness)).result();
    expect({ status, digest, executions: spent.executions }).toEqual({ status: "finished", ...whole });
  });

  test("sees of a program on workers what it sees in its own process", async () => {
    const { store, witness, work } = await openPlace();
    await work(lasting);
    const program = [minimalSkill("house", "Messages in the kitchen."), minimalSkill("plumbing", "A tap or a pipe.")];
    const settings = { ...houseSettings, generations: 1, visibility: "retrieved", visible: 1 } as const;
    const seeing = { ...housed(store, witness), program, settings };
    const here = await (await optimize({ ...seeing, store: createMemoryStore() })).result();
    const alone = executionsIn(witness);
    const there = await (await optimize({ ...seeing, executor: "queue" })).result();
    expect({ status: there.status, digest: there.digest }).toEqual({ status: "finished", digest: here.digest });
    expect(executionsIn(witness).slice(alone.length).toSorted()).toEqual(alone.toSorted());
  });

  test("goes on where a worker is lost before or after a write, and pays for nothing acknowledged again", async () => {
    const { store, witness, open, work } = await openPlace();
    const gone = new ReplacedError("The store is gone, as the test asked.");
    const lost = await Promise.all(
      (["before", "after"] as const).map(async (when) =>
        work({ store: createMortalStore(await open(), { atCommit: 12, when, error: gone }) }),
      ),
    );
    const run = await queued(store, witness);
    await Promise.all(lost.map(({ ended }) => expect(ended).rejects.toThrow("gone")));
    const before = { count: executionsIn(witness).length, kept: await acknowledged(store, witness) };
    await work();
    expect(await run.result()).toMatchObject({ status: "finished", digest: whole.digest });
    expect(before.kept.size).toBeGreaterThan(0);
    expect(paidAgain(witness, before.count, before.kept)).toEqual([]);
  });

  test("that was lost goes on elsewhere while its jobs are in flight", async () => {
    const { store, witness, open, work } = await openPlace();
    await work();
    for (const atCommit of [25, 60]) {
      const mortal = createMortalStore(await open(), { atCommit, when: "before" });
      const run = await queued(mortal, witness);
      await expect(run.result()).rejects.toThrow("died");
      await buryOwner(store);
    }
    const before = { count: executionsIn(witness).length, kept: await acknowledged(store, witness) };
    expect(await (await queued(store, witness)).result()).toMatchObject({ status: "finished", digest: whole.digest });
    expect(paidAgain(witness, before.count, before.kept)).toEqual([]);
  });

  test("goes on with the same workers after Redis was killed and restarted", async () => {
    const { store, witness, work } = await openPlace();
    await Promise.all([work(), work()]);
    const run = await queued(store, witness);
    for (const executions of [10, 40]) {
      while (executionsIn(witness).length < executions) await sleep(5);
      await redis.kill();
      await redis.restart();
    }
    expect(await run.result()).toMatchObject({ status: "finished", digest: whole.digest });
  });

  test("loses a worker that is being closed as its store is found to be another one, which then ends", async () => {
    const { store, witness, open, work } = await openPlace();
    const shared = await open();
    let isGone = false;
    const gone: RecordStore = {
      ...shared,
      async commit(batch) {
        if (isGone) throw new ReplacedError("The store is gone, as the test asked.");
        return shared.commit(batch);
      },
    };
    let closing: Promise<void> | undefined;
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const witnessed = createWitnessedAgent(witness);
    const agent: TaskAgent = {
      ...witnessed,
      async answer(...call) {
        closing ??= worker.close();
        isGone = true;
        begin();
        return witnessed.answer(...call);
      },
    };
    const worker = await work({ store: gone, agent });
    const run = await queued(store, witness);
    await begun;
    await closing;
    expect(worker.inFlight()).toBe(0);
    const reason = expect.stringContaining("could not be done by workers");
    expect(await run.result()).toMatchObject({ status: "paused", reason });
  });

  test("begins no more rollouts in a minute than its workers may together", async () => {
    const { store, witness, work } = await openPlace();
    const begun = performance.now();
    await Promise.all([work({ rolloutsPerMinute: 3 }), work({ rolloutsPerMinute: 3 })]);
    const run = await queued(store, witness);
    while (executionsIn(witness).length < 3) await sleep(5);
    // Long enough for all ten of the batch, were there no limit.
    await sleep(150);
    run.pause();
    expect(await run.result()).toMatchObject({ status: "paused", generations: 0 });
    const minutes = Math.ceil((performance.now() - begun) / 60_000);
    expect(executionsIn(witness).length).toBeLessThanOrEqual(3 * minutes);
  });

  test("pauses before its workers together spend more than it may", async () => {
    const { store, witness, work } = await openPlace();
    const cost = { inputTokens: 1, outputTokens: 1, usd: 0.01 };
    const witnessed = createWitnessedAgent(witness);
    const agent: TaskAgent = {
      ...witnessed,
      isEmbedded: false,
      bound: cost,
      answer: async (...call) => ({ ...(await witnessed.answer(...call)), cost }),
    };
    await Promise.all([work({ agent, ...lasting }), work({ agent, ...lasting })]);
    const run = await optimize({ ...housed(store, witness), agent, limits: { usd: 0.15 }, executor: "queue" });
    const { status, reason, spent } = await run.result();
    expect({ status, reason }).toEqual({ status: "paused", reason: expect.stringContaining("budget of $0.15") });
    expect(spent.roles.agent.calls).toBe(15);
    expect(executionsIn(witness)).toHaveLength(15);
  });

  test("is paused without a worker, as what nobody has begun is taken back, and finished in one process", async () => {
    const { store, witness } = await openPlace();
    const run = await queued(store, witness);
    for await (const event of run.events()) if (event.type === "generation-start") break;
    run.pause();
    expect(await run.result()).toMatchObject({ status: "paused", generations: 0 });
    const { verifier } = houseParts();
    const agent = createWitnessedAgent(witness);
    const nobody = await whyNobodyWorks(store, { agent: agent.fingerprint, verifier: verifier.fingerprint });
    expect(nobody).toContain("There is no worker at all");
    expect(executionsIn(witness)).toEqual([]);
    const pool = await optimize(housed(store, witness));
    expect(await pool.result()).toMatchObject({ status: "finished", digest: whole.digest });
  });

  test("and a worker with another agent are told each other's fingerprint", async () => {
    const { store, witness, work } = await openPlace();
    const { verifier, agent } = houseParts();
    const run = await queued(store, witness);
    while ((await whoWaitsForOthers(store, { agent: "other@1", verifier: "exact" })).length === 0);
    const told: string[] = [];
    await work({ agent: { ...agent, fingerprint: "other@1" }, onWarning: (text) => void told.push(text) });
    expect(told.join()).toContain(`a worker with agent ${agent.fingerprint} (here: other@1)`);
    const why = await whyNobodyWorks(store, { agent: agent.fingerprint, verifier: verifier.fingerprint });
    expect(why).toContain(`1 worker with agent other@1 (here: ${agent.fingerprint})`);
    run.pause();
    await run.result();
  });

  test("needs a store in Redis", async () => {
    await expect(queued(createMemoryStore(), "nowhere")).rejects.toThrow("this store is memory:");
  });
});
