import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { optimize } from "../../../runs/cycle/optimize.ts";
import type { RunResult } from "../../../runs/result.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { buryOwner, houseOn } from "../durability/crashes.ts";
import { createMortalStore, type Death } from "../durability/mortal-store.ts";
import { startRedis, type RedisServer } from "../redis-server.ts";
import { compiled } from "../started/compiled.ts";
import { houseSettings } from "../world.ts";
import { bridgeAddress, canUseNamespaces, createNamespaces, createProxiedHosts, type Hosts } from "./hosts.ts";
import { watchExecutions, type Watched, type Witness } from "./watched-executions.ts";

/** What is done to runs with workers. */
const blows = ["kill", "cut", "stop", "clock", "restart", "move"] as const;
type Blow = (typeof blows)[number];

/** Milliseconds: an answer of a worker; the lock of a job; how long a host is cut off or stopped, longer than its locks last. */
const [answerTime, lock, away] = [15, 2_000, 3_000];

/** Programs that the runs of a lane begin with in turn: two runs at a time never have the same, so that executions can be told apart. */
const variants = 4;

interface StormNeeds {
  seed: number;
  runs: number;
  hosts: number;
  /** Runs at a time. */
  lanes: number;
  /** Executions between two blows, on average. */
  between: number;
  folder: string;
  /** Whether hosts are network namespaces, where that is possible; otherwise processes behind proxies. */
  isApart: boolean;
  onRun?(done: number): void;
}

/** What came of the runs: how often each was done to them, and what must not have happened. */
export interface Stormed {
  kind: string;
  same: number;
  dealt: Record<Blow, number>;
  paidAgain: number;
  executions: number;
  problems: string[];
}

interface Field extends StormNeeds {
  server: RedisServer;
  machines: Hosts;
  /** A store of the watcher's own, which is never struck. */
  store: RecordStore;
  witness: Witness;
  workers: ChildProcess[];
  /** Hosts that something lasting is done to. */
  busy: Set<number>;
  /** Runs under way, and how each is made to lose its store at the next write. */
  active: Map<string, { watched: Watched; lose(): void }>;
}

const runNamed = (index: number) => `house-${index}`;

/** Short, so that many can be made. */
const settings = { ...houseSettings, generations: 1 };

const programOf = (variant: number) => [minimalSkill("house", `Sorts messages about house ${variant}.`)];

/** What a run ends in where nothing happens to it, by its variant. */
function digestsIn(folder: string): (variant: number) => Promise<string> {
  const witness = join(folder, "undisturbed");
  writeFileSync(witness, "");
  const known = new Map<number, Promise<string>>();
  const digestOf = async (variant: number) => {
    const run = await optimize({ ...houseOn(createMemoryStore(), witness), program: programOf(variant), settings });
    return (await run.result()).digest;
  };
  return (variant) => {
    const digest = known.get(variant) ?? digestOf(variant);
    known.set(variant, digest);
    return digest;
  };
}

/** Runs on workers, each on a host of its own, until all have come to their end. What is done to them is drawn. */
export async function stormWorkers(needs: StormNeeds): Promise<Stormed> {
  const { seed, folder, hosts } = needs;
  const place = { port: 0 };
  const namespaces = needs.isApart && canUseNamespaces() ? createNamespaces(hosts, () => place.port) : undefined;
  const open = namespaces === undefined ? {} : { bind: `127.0.0.1 ${bridgeAddress}`, "protected-mode": "no" };
  const server = await startRedis({ appendonly: "yes", appendfsync: "always", ...open });
  place.port = server.port;
  const machines = namespaces ?? (await createProxiedHosts(hosts, server.port));
  const file = join(folder, `workers-${seed}`);
  writeFileSync(file, "");
  const store = await openStore(server.url);
  const witness = watchExecutions(store, file);
  const field: Field = { ...needs, server, machines, store, witness, workers: [], busy: new Set(), active: new Map() };
  try {
    field.workers = await Promise.all(Array.from({ length: hosts }, (_, host) => startChild(field, host)));
    return await fight(field, digestsIn(folder));
  } finally {
    for (const worker of field.workers) worker.kill("SIGKILL");
    await store.close();
    await server.stop();
    await machines.close();
  }
}

async function fight(field: Field, digestOf: (variant: number) => Promise<string>): Promise<Stormed> {
  const found: Stormed = {
    kind: field.machines.kind,
    same: 0,
    dealt: { kill: 0, cut: 0, stop: 0, clock: 0, restart: 0, move: 0 },
    paidAgain: 0,
    executions: 0,
    problems: [],
  };
  let [next, done] = [0, 0];
  const lane = async (own: number) => {
    for (let turn = 0; next < field.runs; turn += 1) {
      const index = next;
      next += 1;
      const variant = own * variants + (turn % variants);
      const { result, paidAgain } = await runToTheEnd(field, { index, variant });
      const isSame = result.digest === (await digestOf(variant));
      found.same += isSame ? 1 : 0;
      found.paidAgain += paidAgain.length;
      if (!isSame) found.problems.push(`run ${index} ended in ${result.status} with another digest: ${result.reason}`);
      if (result.held.length > 0) found.problems.push(`run ${index}: ${result.held.length} tasks were held`);
      if (paidAgain.length > 0) found.problems.push(`run ${index}: ${paidAgain.length} acknowledged calls paid again`);
      done += 1;
      field.onRun?.(done);
    }
  };
  const progress = { isOver: false };
  const lanes = Promise.all(Array.from({ length: field.lanes }, (_, own) => lane(own))).finally(
    () => (progress.isOver = true),
  );
  lanes.catch(() => undefined);
  const lasting: Array<Promise<void>> = [];
  for (let step = 0; !progress.isOver; step += 1) {
    const until = field.witness.count() + 1 + Math.floor(draw(field.seed, step, "pause", 0) * 2 * field.between);
    while (field.witness.count() < until && !progress.isOver) await sleep(20);
    if (progress.isOver) break;
    for (const { watched } of field.active.values()) await watched.look();
    const blow = blows[Math.floor(draw(field.seed, step, "blow", 0) * blows.length)] as Blow;
    const host = Math.floor(draw(field.seed, step, "host", 0) * field.hosts);
    const struck = strike(field, blow, host);
    if (struck === undefined) continue;
    found.dealt[blow] += 1;
    if (blow === "restart") await struck;
    else lasting.push(struck);
  }
  await lanes;
  await Promise.all(lasting);
  found.executions = field.witness.count();
  return found;
}

async function runToTheEnd(field: Field, of: { index: number; variant: number }) {
  const name = runNamed(of.index);
  const watched = field.witness.of(name);
  const lane = { watched, lose: () => undefined as void };
  field.active.set(name, lane);
  let result: RunResult | undefined;
  while (result === undefined) result = await runUntilMoved(field, { variant: of.variant, name }, lane);
  field.active.delete(name);
  return { result, paidAgain: watched.end() };
}

/** The result of the run; undefined where its store died. */
async function runUntilMoved(
  { server, store }: Field,
  { variant, name: run }: { variant: number; name: string },
  lane: { lose(): void },
): Promise<RunResult | undefined> {
  const death: Death = { atCommit: Infinity, when: "before" };
  const own = await openWhenUp(server.url);
  try {
    const mortal = createMortalStore(own, death);
    lane.lose = () => void (death.atCommit = mortal.commits + 1);
    // Rollouts are done by workers alone: this agent is never asked.
    const house = houseOn(mortal, "");
    const agent = { ...house.agent, isEmbedded: false };
    const program = programOf(variant);
    const running = await optimize({ ...house, agent, program, settings, run, executor: "queue", concurrency: 12 });
    return await running.result();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    await buryOwner(store, run);
    return undefined;
  } finally {
    await own.close();
  }
}

/** The server may be struck just now, and an address where nobody is fails at once. */
async function openWhenUp(url: string): Promise<RecordStore> {
  for (;;) {
    try {
      return await openStore(url);
    } catch (error) {
      if (!(error as Error).message.includes("connection refused")) throw error;
      await sleep(50);
    }
  }
}

/** Undefined where that host has something else done to it. The promise is of what lasts. */
function strike(field: Field, blow: Blow, host: number): Promise<void> | undefined {
  const { server, workers, machines, busy } = field;
  if (blow === "restart") return server.kill().then(() => server.restart());
  if (blow === "move") {
    const lanes = [...field.active.values()];
    lanes[host % lanes.length]?.lose();
    return Promise.resolve();
  }
  if (busy.has(host)) return undefined;
  const worker = workers[host] as ChildProcess;
  if (blow === "clock") {
    worker.kill("SIGUSR2");
    return Promise.resolve();
  }
  busy.add(host);
  const lasting = async () => {
    if (blow === "kill") {
      worker.kill("SIGKILL");
      workers[host] = await startChild(field, host);
    }
    if (blow === "stop") {
      worker.kill("SIGSTOP");
      await sleep(away);
      worker.kill("SIGCONT");
    }
    if (blow === "cut") {
      machines.cut(host);
      await sleep(away);
      machines.mend(host);
    }
    busy.delete(host);
  };
  return lasting();
}

async function startChild({ machines, seed, witness }: Field, host: number): Promise<ChildProcess> {
  const script = compiled("tests/support/workers/worker-child.ts");
  const store = `redis://${machines.addressOf(host)}`;
  const words = [script, store, witness.file, String(answerTime), String(seed + host), String(lock)];
  const [program, ...rest] = [...machines.prefixOf(host), process.execPath, ...words] as [string, ...string[]];
  for (;;) {
    const worker = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
    const ready = once(worker.stdout as NodeJS.ReadableStream, "data").then(() => true);
    worker.stderr?.resume();
    // While Redis is down none can start.
    if (await Promise.race([ready, once(worker, "exit").then(() => false)])) return worker;
  }
}
