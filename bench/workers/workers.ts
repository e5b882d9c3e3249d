import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import pLimit from "p-limit";
import { optimize } from "../../runs/cycle/optimize.ts";
import { createSession, openRuns } from "../../runs/session.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import type { ExecutorName } from "../../runs/store.ts";
import type { Task } from "../../state/task.ts";
import { openStore } from "../../stores/open.ts";
import { createExact } from "../../verifiers/exact.ts";
import { startRedis, type RedisServer } from "../../tests/support/redis-server.ts";
import { houseParts, houseProgram, houseSuites } from "../../tests/support/world.ts";
import { median } from "../statistics.ts";
import { printLine, printTable } from "../table.ts";
import { createEchoAgent } from "./echo-agent.ts";
import { reportSimulation } from "./simulate.ts";
import type { Costs } from "./simulation.ts";

const child = fileURLToPath(new URL("worker-child.ts", import.meta.url));

/** How many times each is measured; the median is printed. */
const repeats = 3;

/** Some work: how many tasks of how many milliseconds, with how many under way, by how many workers (0: in this process). */
interface Load {
  kind: "ours" | "bare";
  tasks: number;
  milliseconds: number;
  workers: number;
  /** Under way in one worker, or in the pool. */
  each: number;
}

/** Jobs of a run, waiting or under way, for each rollout that its workers can have under way, so that none waits for the sender. */
const jobsForEach = 2;

/** Tasks for each worker before the measurement: with its first one a worker reads the run's record and tasks. */
const warmUpEach = 8;

/** Tasks that take no time: what is left is what they cost. */
const empty = { tasks: 1_000, milliseconds: 0, each: 16 };

/** Seconds of wall, and milliseconds of CPU of a task by who spends it. */
interface Cost extends Costs {
  wall: number;
}

/**
 * How many rollouts a second workers do, what one costs, and how that grows with their number; with `--simulate` what a thousand
 * workers would do by what one costs here.
 */
export async function runWorkers(words: string[]): Promise<void> {
  const { values } = parseArgs({ args: words, options: { simulate: { type: "boolean", default: false } } });
  const server = await startRedis({ appendonly: "yes", appendfsync: "always" });
  try {
    if (values.simulate) {
      reportSimulation(await measured(server, { ...empty, kind: "ours", workers: 1 }));
    } else {
      await reportCost(server);
      await reportScaling(server);
    }
  } finally {
    await server.stop();
  }
}

async function reportCost(server: RedisServer): Promise<void> {
  const rows: Array<[string, Load]> = [
    ["bare BullMQ, an empty job, one worker", { ...empty, kind: "bare", workers: 1 }],
    ["rollouts, one worker", { ...empty, kind: "ours", workers: 1 }],
    ["rollouts in this process", { ...empty, kind: "ours", workers: 0 }],
  ];
  const table: string[][] = [];
  for (const [name, each] of rows) {
    const cost = await measured(server, each);
    const cpu = [cost.sender, cost.workers, cost.redis].map((milliseconds) => milliseconds.toFixed(2));
    table.push([name, Math.round(empty.tasks / cost.wall).toLocaleString("en-US"), ...cpu]);
  }
  printLine(
    `${empty.tasks} tasks that take no time, ${empty.each} under way, Redis with appendfsync always, median of ${repeats}:`,
  );
  printTable(["", "a second", "CPU ms each: sender", "worker", "redis-server"], table);
}

async function reportScaling(server: RedisServer): Promise<void> {
  const load = { kind: "ours", tasks: 640, milliseconds: 50, each: 1 } as const;
  const best = (slots: number) => ((load.tasks * load.milliseconds) / 1000 / slots).toFixed(2);
  const table: string[][] = [];
  let one = 0;
  for (const workers of [1, 2, 4, 8]) {
    const { wall } = await measured(server, { ...load, workers });
    if (workers === 1) one = wall;
    table.push([`${workers}`, wall.toFixed(2), (one / wall).toFixed(2), best(workers)]);
  }
  const pool = await measured(server, { ...load, workers: 0, each: 8 });
  table.push(["none, 8 under way in this process", pool.wall.toFixed(2), (one / pool.wall).toFixed(2), best(8)]);
  printLine(
    `${load.tasks} tasks of ${load.milliseconds} ms, 1 under way in each worker and ${jobsForEach - 1} waiting for it, after ${warmUpEach} others, median of ${repeats}:`,
  );
  printTable(["workers", "seconds", "times as fast as one", "seconds at best"], table);
}

async function measured(server: RedisServer, load: Load): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < repeats; round += 1) costs.push(await measureOnce(server, load));
  const of = (name: keyof Cost) => median(costs.map((cost) => cost[name]));
  return { wall: of("wall"), sender: of("sender"), workers: of("workers"), redis: of("redis") };
}

async function measureOnce(server: RedisServer, load: Load): Promise<Cost> {
  const client = server.client();
  await client.flushall();
  const work = load.kind === "bare" ? await prepareBare(server, load) : await prepareRollouts(server, load);
  const words = [load.kind, server.url, String(load.milliseconds), String(load.each)];
  const execArgv = ["--import", import.meta.resolve("tsx")];
  const workers = Array.from({ length: load.workers }, () => fork(child, words, { execArgv }));
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
    await work.warmUp();
    for (const worker of workers) worker.send("begin");
    const redisBefore = await redisCpu(client);
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    await work.run();
    const wall = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const redis = (await redisCpu(client)) - redisBefore;
    const spent = await Promise.all(workers.map(cpuOf));
    await work.close();
    const each = (milliseconds: number) => milliseconds / load.tasks;
    const inWorkers = spent.reduce((sum, milliseconds) => sum + milliseconds, 0);
    return { wall, sender: each((user + system) / 1000), workers: each(inWorkers), redis: each(redis) };
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
}

async function cpuOf(worker: ChildProcess): Promise<number> {
  worker.send("end");
  const [milliseconds] = (await once(worker, "message")) as [number];
  const ended = once(worker, "exit");
  worker.disconnect();
  await ended;
  return milliseconds;
}

interface Work {
  warmUp(): Promise<unknown>;
  run(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** As BullMQ is used by itself: a job is added, and waited for by its event. */
async function prepareBare({ url }: RedisServer, { tasks, workers, each }: Load): Promise<Work> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue("bare", { connection });
  const listening = connection.duplicate();
  const events = new QueueEvents("bare", { connection: listening });
  const done = new Map<string, () => void>();
  events.on("completed", ({ jobId }) => done.get(jobId)?.());
  await events.waitUntilReady();
  const limit = pLimit(workers * each);
  const one = async (name: string) => {
    const ended = new Promise<void>((resolve) => done.set(name, resolve));
    await queue.add("empty", { program: "x".repeat(64) }, { jobId: name, removeOnComplete: true });
    await ended;
  };
  const all = (count: number, name: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => limit(one, `${name}-${index}`)));
  return {
    warmUp: () => all(warmUpEach * workers, "warm-up"),
    run: () => all(tasks, "job"),
    close: async () => {
      await events.close();
      await queue.close();
      for (const client of [connection, listening]) client.disconnect();
    },
  };
}

/** Rollouts of the start program of a run, on a suite of its own. */
async function prepareRollouts(
  { url }: RedisServer,
  { tasks: count, milliseconds, workers, each }: Load,
): Promise<Work> {
  const store = await openStore(url);
  const parts = { ...houseParts(), agent: createEchoAgent(milliseconds), verifier: createExact() };
  const settings = { generations: 1, batch: 1 };
  const tasks = {
    ...houseSuites,
    train: houseSuites.train.slice(0, 1),
    validation: houseSuites.validation.slice(0, 2),
  };
  const run = "workers";
  await (await optimize({ ...parts, program: houseProgram, tasks, settings, store, run })).result();
  const runs = openRuns(store);
  const record = await runRecordOf(runs, run);
  const executor: ExecutorName = workers === 0 ? "pool" : "queue";
  const concurrency = workers === 0 ? each : jobsForEach * workers * each;
  const input = { runs, place: record, parts, settings: record.input.settings, concurrency, executor };
  const session = await createSession(input);
  const warmUp = warmUpEach * Math.max(1, workers);
  const suite: Task[] = Array.from({ length: warmUp + count }, (_, index) => ({
    id: `${index}`,
    input: `task ${index}`,
    expected: "",
  }));
  const ref = { hash: await session.payload.putJson(suite), size: suite.length };
  const indices = suite.map((_, index) => index);
  const request = { program: record.input.start, suite: "train", tasks: ref, samples: 1 } as const;
  const roll = (chosen: number[]) => session.executor.roll({ ...request, indices: chosen }, {});
  return {
    warmUp: () => roll(indices.slice(0, warmUp)),
    run: () => roll(indices.slice(warmUp)),
    close: async () => {
      await session.executor.close();
      await store.close();
    },
  };
}

/** Milliseconds of CPU that the server has used. */
async function redisCpu(client: Redis): Promise<number> {
  const info = await client.info("cpu");
  const told = (field: string) => Number(new RegExp(`^${field}:([\\d.]+)`, "m").exec(info)?.[1] ?? 0);
  return (told("used_cpu_user") + told("used_cpu_sys")) * 1000;
}
