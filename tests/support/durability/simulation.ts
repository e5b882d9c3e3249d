import type { TaskAgent } from "../../../agents/agent.ts";
import { programHash } from "../../../skills/folder.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { draw } from "../../../state/draw.ts";
import { StoreError } from "../../../state/errors.ts";
import { hashJson, type Hash } from "../../../state/json.ts";
import type { Task } from "../../../state/task.ts";
import { createLocalPool } from "../../../rollouts/executor.ts";
import { createLeases } from "../../../stores/lease/lease.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { currentOwner } from "../../../stores/lease/owner.ts";
import { createPayload } from "../../../stores/payload/payload.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createRegistry } from "../../../stores/registry.ts";
import { createSaver } from "../../../stores/saver/saver.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { createProcessClock, createVirtualTime, type ProcessClock, type VirtualTime } from "./virtual-time.ts";

const thread = "t";
const family = "t";
const steps = 3;
const concurrency = 3;
const pace = { every: 200, ttl: 1000 };
const tasks: Task[] = Array.from({ length: 24 }, (_, index) => ({
  id: `task-${index}`,
  input: `${index}`,
  expected: "1",
}));
const skills = [minimalSkill("simulated", "Answers simulated tasks.")];

/** How often things go wrong, in 0..1 an operation. */
interface Faults {
  lostRequest: number;
  lostReply: number;
  kill: number;
  stop: number;
}

const noFaults: Faults = { lostRequest: 0, lostReply: 0, kill: 0, stop: 0 };

/** About five kills and three stops in a run of three transitions. */
const stormyFaults: Faults = { lostRequest: 0.01, lostReply: 0.01, kill: 0.01, stop: 0.005 };

interface Execution {
  key: string;
  process: number;
  /**
   * Whether the key's answer was in the store when its process looked for it. What a fenced process had in flight may be
   * stored between that look and the payment: both calls are then in flight at once.
   */
  wasKnown: boolean;
  /** Whether no other process had taken the lease from the one that paid. */
  isOwner: boolean;
}

export interface Simulation {
  digest: string;
  violations: string[];
  executions: number;
  kills: number;
  stops: number;
  /** Calls whose process was killed or fenced before their answer was stored: all that may be paid again. */
  unacknowledged: number;
}

interface World {
  seed: number;
  time: VirtualTime;
  truth: RecordStore;
  faults: Faults;
  executions: Execution[];
  known: Set<string>;
  /** By process and key, whether the last look found an answer. */
  looks: Map<string, boolean>;
  /** The process that took the lease last. */
  owner: number;
  counts: { kills: number; stops: number; draws: number };
  violations: string[];
}

/** The next drawn number of this world, in 0..1. */
function chance(world: World, purpose: string): number {
  world.counts.draws += 1;
  return draw(world.seed, world.counts.draws, purpose, 0);
}

/** The shared store as one process sees it: slow, at times without an answer, and the moment at which it dies or is stopped. */
function storeOf(world: World, clock: ProcessClock, process: number): RecordStore {
  const { truth, faults, counts } = world;
  async function through<Value>(work: () => Promise<Value>): Promise<Value> {
    await clock.sleep(1 + chance(world, "latency") * 20);
    if (chance(world, "lost-request") < faults.lostRequest) throw new StoreError("The request was lost.");
    const value = await work();
    if (chance(world, "kill") < faults.kill) {
      counts.kills += 1;
      clock.kill();
    }
    if (chance(world, "stop") < faults.stop) {
      counts.stops += 1;
      clock.stop(chance(world, "stop-length") * 4 * pace.ttl);
    }
    await clock.sleep(1 + chance(world, "latency") * 20);
    if (chance(world, "lost-reply") < faults.lostReply) throw new StoreError("The reply was lost.");
    return value;
  }
  return {
    url: truth.url,
    warnings: truth.warnings,
    get: (...from) =>
      through(() => {
        const key = answerIn(from[0]);
        if (key !== undefined) world.looks.set(`${process} ${key}`, world.known.has(key));
        return truth.get(...from);
      }),
    list: (...from) => through(() => truth.list(...from)),
    spaces: (familyPrefix) => through(() => truth.spaces(familyPrefix)),
    bytes: (familyPrefix) => through(() => truth.bytes(familyPrefix)),
    commit: (batch) =>
      through(async () => {
        const outcomes = await truth.commit(batch);
        const hasTaken = batch.some(
          ({ put }, index) => outcomes[index]?.committed === true && put?.["owner"] !== undefined,
        );
        if (hasTaken) world.owner = process;
        for (const key of batch.flatMap(({ space }) => answerIn(space) ?? [])) world.known.add(key);
        return outcomes;
      }),
    async close() {},
  };
}

/** The key whose answer a space holds; undefined for other spaces. */
function answerIn(space: string): string | undefined {
  return space.includes("/answer/") ? space.split("/")[2] : undefined;
}

function agentOf(world: World, clock: ProcessClock, process: number): TaskAgent {
  const fingerprint = "simulated@1";
  return {
    fingerprint,
    async answer(question, visible, { sample }) {
      const saw = programHash(visible);
      const key = hashJson({ kind: "rollout", fingerprint, saw, question: hashJson(question), sample });
      const wasKnown = world.looks.get(`${process} ${key}`) ?? world.known.has(key);
      world.executions.push({ key, process, wasKnown, isOwner: world.owner === process });
      await clock.sleep(10 + chance(world, "work") * 200);
      const text = draw(1, 0, question.id, 0) < 0.5 ? "1" : "0";
      return { text, used: [], trace: [], cost: { inputTokens: 0, outputTokens: 0, usd: 0 } };
    },
  };
}

/** One life of one process: takes the run, makes its transitions, and gives it back. */
async function live(world: World, process: number, clock: ProcessClock): Promise<void> {
  const store = storeOf(world, clock, process);
  const registry = createRegistry(store);
  const owner = { ...currentOwner(), host: `host-${process}`, pid: process };
  const leases = createLeases({ store, registry, owner, pace, clock });
  const saver = createSaver({ store, registry, leases });
  const payload = createPayload({ store, family });
  const confirm = async () => leases.held(thread)?.confirm();
  const ledger = createLedger({ store, family, run: thread, confirm });
  const agent = agentOf(world, clock, process);
  const pool = createLocalPool({ agent, verifier: createExact(), ledger, payload, concurrency });
  const lease = await leases.acquire(thread);
  try {
    const program = await payload.putProgram(skills);
    const ref = { hash: await payload.putJson(tasks), size: tasks.length };
    for (;;) {
      const tuple = await saver.getTuple({ configurable: { thread_id: thread } });
      const { step = 0, digest = "" } = (tuple?.checkpoint.channel_values["run"] ?? {}) as {
        step?: number;
        digest?: string;
      };
      if (step === steps) break;
      const indices = Array.from({ length: 6 }, (_, index) => (step * 4 + index * 3) % tasks.length);
      const set = await pool.roll({ program, suite: "train", tasks: ref, indices, samples: 1 }, {});
      const next = {
        step: step + 1,
        digest: hashJson({ digest, scores: set.rows.map(({ score }) => score?.value ?? null) }),
      };
      await saver.put(
        tuple?.config ?? { configurable: { thread_id: thread, checkpoint_ns: "" } },
        {
          v: 4,
          id: `step-${step + 1}-by-${process}`,
          ts: "2026-01-01T00:00:00Z",
          channel_values: { run: next },
          channel_versions: { run: step + 1 },
          versions_seen: {},
        },
        { source: "loop", step: step + 1, parents: {} },
        { run: step + 1 },
      );
    }
  } finally {
    await lease.release();
  }
}

/** A process that is started again whenever it ends before the run does. */
async function restartUntilDone(world: World, first: number): Promise<void> {
  for (let process = first; process < first + 5000; process += 10) {
    const clock = createProcessClock(world.time);
    const death = new Promise<"dead">((resolve) => {
      const look = () => (clock.isDead ? resolve("dead") : world.time.at(world.time.now() + 50, look));
      look();
    });
    const end = await Promise.race([
      live(world, process, clock).then(
        () => "done" as const,
        () => "failed" as const,
      ),
      death,
    ]);
    if (end === "done") return;
    clock.kill();
    // Faults pass: every world comes to an end.
    if (world.time.now() > 60_000) world.faults = noFaults;
    await createProcessClock(world.time).sleep(100 + chance(world, "restart") * 500);
  }
}

/** Three processes over one store. The same seed gives the same history. */
async function simulate(seed: number, faults: Faults): Promise<Simulation> {
  const world: World = {
    seed,
    time: createVirtualTime(),
    truth: createMemoryStore(),
    faults,
    executions: [],
    known: new Set<string>(),
    looks: new Map(),
    owner: 0,
    counts: { kills: 0, stops: 0, draws: 0 },
    violations: [],
  };
  await createRegistry(world.truth).register({ name: "run", thread, family });
  await world.time.until(Promise.all([1, 2, 3].map((process) => restartUntilDone(world, process))));
  return judge(world);
}

async function judge({ truth, executions, violations, counts }: World): Promise<Simulation> {
  const registry = createRegistry(truth);
  const saver = createSaver({ store: truth, registry, leases: createLeases({ store: truth, registry }) });
  const history = [];
  for await (const tuple of saver.list({ configurable: { thread_id: thread } })) history.unshift(tuple);
  const made = history.map(({ checkpoint }) => checkpoint.channel_values["run"] as { step: number; digest: Hash });
  const expected = Array.from({ length: steps }, (_, index) => index + 1);
  if (hashJson(made.map(({ step }) => step)) !== hashJson(expected)) {
    violations.push(`transitions ${made.map(({ step }) => step).join(" ")} instead of ${expected.join(" ")}`);
  }
  for (const warning of truth.warnings.all()) if (/damaged|missing|lost/.test(warning)) violations.push(warning);
  for (const { key, process, wasKnown, isOwner } of executions) {
    if (!isOwner) violations.push(`process ${process} paid for ${key.slice(0, 8)} after it had lost the lease`);
    if (wasKnown) violations.push(`process ${process} paid for ${key.slice(0, 8)}, whose answer was stored`);
  }
  const unique = new Set(executions.map(({ key }) => key)).size;
  return {
    digest: made.at(-1)?.digest ?? "",
    violations,
    executions: executions.length,
    ...counts,
    unacknowledged: executions.length - unique,
  };
}

/** Seeds from `first` on; gives what went wrong, by seed, and sums. */
export async function simulateMany(first: number, count: number, onSeed: (done: number) => void = () => {}) {
  const { digest } = await simulate(0, noFaults);
  const sums = { kills: 0, stops: 0, executions: 0, unacknowledged: 0 };
  const problems: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await simulate(seed, stormyFaults);
    for (const sum of Object.keys(sums) as Array<keyof typeof sums>) sums[sum] += result[sum];
    if (result.digest !== digest) problems.push(`seed ${seed}: another result`);
    problems.push(...result.violations.map((violation) => `seed ${seed}: ${violation}`));
    onSeed(seed - first + 1);
  }
  return { problems, ...sums };
}
