import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { optimize } from "../../../runs/cycle/optimize.ts";
import type { RunResult } from "../../../runs/result.ts";
import { draw } from "../../../state/draw.ts";
import type { Hash } from "../../../state/json.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { startRedis, type RedisServer } from "../redis-server.ts";
import { executionsIn } from "../world.ts";
import { acknowledged, buryOwner, houseOn, paidAgain } from "../durability/crashes.ts";
import { createMortalStore, type Death } from "../durability/mortal-store.ts";

const child = fileURLToPath(new URL("worker-child.ts", import.meta.url));

/** What is done to a run with workers. */
const blows = ["kill", "stop", "restart", "move"] as const;
type Blow = (typeof blows)[number];

/** How long an answer takes a worker, in milliseconds, and how many workers there are. */
const answerTime = 15;
const workerCount = 3;

/** What came of one run: its result, how often each was done to it, and the calls paid again though they were acknowledged. */
export interface Stormed {
  result: RunResult;
  dealt: Record<Blow, number>;
  paidAgain: Hash[];
}

interface Field {
  seed: number;
  server: RedisServer;
  /** A store of the watcher's own, which is never struck. */
  store: RecordStore;
  witness: string;
  workers: ChildProcess[];
  /** Has the run lose its store at the next write. */
  lose(): unknown;
}

/** One run with three workers, each in a process of its own, until it has come to its end. What is done to it is drawn. */
export async function stormWorkers(seed: number, folder: string): Promise<Stormed> {
  const server = await startRedis({ appendonly: "yes", appendfsync: "always" });
  const witness = join(folder, `workers-${seed}`);
  writeFileSync(witness, "");
  const store = await openStore(server.url);
  const field: Field = { seed, server, store, witness, workers: [], lose: () => undefined };
  try {
    field.workers = await Promise.all(Array.from({ length: workerCount }, () => startChild(field)));
    return await fight(field);
  } finally {
    for (const worker of field.workers) worker.kill("SIGKILL");
    await store.close();
    await server.stop();
  }
}

async function fight(field: Field): Promise<Stormed> {
  const { store, witness, seed } = field;
  const dealt: Stormed["dealt"] = { kill: 0, stop: 0, restart: 0, move: 0 };
  const before: Array<{ count: number; kept: Set<Hash> }> = [];
  let result: RunResult | undefined;
  const running = (async () => {
    while (result === undefined) result = await runUntilMoved(field);
  })();
  let failure: unknown;
  running.catch((error: unknown) => (failure = error));
  const isOver = () => result !== undefined || failure !== undefined;
  for (let step = 0; !isOver(); step += 1) {
    const next = executionsIn(witness).length + 8 + Math.floor(draw(seed, step, "pause", 0) * 20);
    while (executionsIn(witness).length < next && !isOver()) await sleep(20);
    if (isOver()) break;
    // In this order: what is stored in the meantime was not there before.
    const kept = await acknowledged(store, witness);
    before.push({ kept, count: executionsIn(witness).length });
    const blow = blows[Math.floor(draw(seed, step, "blow", 0) * blows.length)] as Blow;
    await strike(field, blow, Math.floor(draw(seed, step, "worker", 0) * workerCount));
    dealt[blow] += 1;
  }
  await running;
  const again = before.flatMap(({ count, kept }) => paidAgain(witness, count, kept));
  return { result: result as unknown as RunResult, dealt, paidAgain: [...new Set(again)] };
}

/** The result of the run; undefined where its store died. */
async function runUntilMoved(field: Field): Promise<RunResult | undefined> {
  const { server, witness, store } = field;
  const death: Death = { atCommit: Infinity, when: "before" };
  const own = await openStore(server.url);
  try {
    const mortal = createMortalStore(own, death);
    field.lose = () => (death.atCommit = mortal.commits + 1);
    const run = await optimize({ ...houseOn(mortal, witness), executor: "queue", concurrency: 12 });
    return await run.result();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    await buryOwner(store);
    return undefined;
  } finally {
    await own.close();
  }
}

async function strike(field: Field, blow: Blow, place: number): Promise<void> {
  const { server, workers } = field;
  const worker = workers[place] as ChildProcess;
  if (blow === "kill") {
    worker.kill("SIGKILL");
    workers[place] = await startChild(field);
  }
  if (blow === "stop") {
    worker.kill("SIGSTOP");
    // Longer than its locks last.
    await sleep(7_500);
    worker.kill("SIGCONT");
  }
  if (blow === "restart") {
    await server.kill();
    await server.restart();
  }
  if (blow === "move") field.lose();
}

async function startChild({ server, witness }: Field): Promise<ChildProcess> {
  const words = ["--import", "tsx", child, server.url, witness, String(answerTime)];
  const worker = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  await once(worker.stdout as NodeJS.ReadableStream, "data");
  return worker;
}
