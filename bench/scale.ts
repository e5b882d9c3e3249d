import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import pLimit from "p-limit";
import { z } from "zod";
import { branch } from "../runs/cycle/branch.ts";
import { optimize } from "../runs/cycle/optimize.ts";
import { resume } from "../runs/cycle/resume.ts";
import { hashJson } from "../state/json.ts";
import { createLedger } from "../stores/ledger/ledger.ts";
import { openStore } from "../stores/open.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { goldenOptions } from "../tests/support/durability/golden.ts";
import { createLeases } from "../stores/lease/lease.ts";
import { createRegistry } from "../stores/registry.ts";
import { createSaver } from "../stores/saver/saver.ts";
import { createLoop, loopInput, loopNodes } from "../tests/support/loop-graph.ts";
import { openSaver, saverName } from "./chaos/langgraph/loop.ts";
import { hasRedis, startRedis } from "../tests/support/redis-server.ts";
import { createMeter } from "./meter.ts";
import { median } from "./statistics.ts";
import { printLine, printTable } from "./table.ts";

const parts = ["savers", "growth", "calls"] as const;
const lengths = [10, 100, 200, 1000];
const repeats = 5;

/** How runs behave as they grow, and what the ledger costs beside the calls it keeps, on each durable store. */
export async function runScale(words: string[]): Promise<void> {
  const unknown = words.find((word) => !parts.some((part) => part === word));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}"; choose among ${parts.join(", ")}.`);
  const has = (part: (typeof parts)[number]) => words.length === 0 || words.includes(part);
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-scale-"));
  const redis = hasRedis ? await startRedis({ appendonly: "yes", appendfsync: "always" }) : undefined;
  const urls = { SQLite: `file:${join(folder, "runs.db")}`, ...(redis === undefined ? {} : { Redis: redis.url }) };
  try {
    if (has("savers")) await reportSavers();
    for (const [name, url] of Object.entries(urls)) {
      const store = await openStore(url);
      if (has("growth")) await reportGrowth(name, store);
      if (has("calls")) await reportThroughput(name, store);
      await store.close();
    }
  } finally {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same graph on this saver and on LangGraph's own, with state of a fixed size and with rollouts appended to it. */
async function reportSavers(): Promise<void> {
  const appended = 1000;
  const rows: string[][] = [];
  for (const generations of [10, 50, 100]) {
    const invoke = (loop: ReturnType<typeof createLoop>) =>
      loop.invoke(loopInput, { configurable: { thread_id: "loop" }, durability: "sync" });
    const meter = createMeter(await openStore("memory:"));
    const registry = createRegistry(meter.store);
    const leases = createLeases({ store: meter.store, registry });
    await invoke(createLoop({ saver: createSaver({ store: meter.store, registry, leases }), generations }));
    await leases.held("loop")?.release();
    const { bytes, steps } = meter.read();
    const theirs: number[] = [];
    for (const grows of [0, appended]) {
      const saver = openSaver(":memory:");
      await invoke(createLoop({ saver, generations, appended: grows }));
      const { size } = saver.db
        .prepare("SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size")
        .get() as { size: number };
      theirs.push(size / (generations * loopNodes));
      saver.db.close();
    }
    rows.push([String(generations), ...[bytes.state / steps, ...theirs].map((size) => size.toFixed(0))]);
  }
  printLine(
    `One loop of ${loopNodes} nodes: bytes per superstep; appended state grows by ${appended} bytes per generation`,
  );
  printTable(["generations", "skillgraph", saverName, `${saverName}, appended state`], rows);
}

/** Nothing helps on validation, so that every generation has a batch, a candidate and a rejection. */
function options(generations: number) {
  const golden = goldenOptions();
  const validation = golden.tasks.validation.map((task) => ({ ...task, expected: "never" }));
  const settings = { ...golden.settings, generations, acceptance: "strict" as const };
  return { ...golden, tasks: { ...golden.tasks, validation, test: [] }, settings };
}

async function reportGrowth(name: string, store: RecordStore): Promise<void> {
  printLine(
    `${name}: runs of so many generations; branching at the middle and going on for one generation, fastest of ${repeats}`,
  );
  const grown = new Map<number, { state: number; payload: number }>();
  for (const generations of lengths) {
    const meter = createMeter(store);
    const run = await optimize({ ...options(generations), store: meter.store, run: `run-${generations}` });
    for await (const event of run.events()) {
      if (event.type === "generation-end" && event.generation % 100 === 0) {
        process.stderr.write(`  ${name}: generation ${event.generation} of ${generations}\n`);
      }
    }
    await run.result();
    const { bytes, steps } = meter.read();
    grown.set(generations, { state: bytes.state / steps, payload: bytes.payload / steps });
  }
  const times = new Map(
    lengths.map((generations) => [generations, { branch: [] as number[], resume: [] as number[] }]),
  );
  // In turns, so that a machine that is busy for a while slows all of them; the first turn warms up.
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    for (const [generations, { branch: branches, resume: resumes }] of times) {
      const took = await timeBranch(store, generations, repeat);
      if (repeat === 0) continue;
      branches.push(took.branch);
      resumes.push(took.resume);
    }
  }
  printTable(
    ["generations", "branch", "resume, one generation", "bytes per superstep", "payload in addition"],
    lengths.map((generations) => [
      String(generations),
      `${Math.min(...(times.get(generations)?.branch ?? [])).toFixed(1)} ms`,
      `${Math.min(...(times.get(generations)?.resume ?? [])).toFixed(1)} ms`,
      (grown.get(generations)?.state ?? Number.NaN).toFixed(0),
      (grown.get(generations)?.payload ?? Number.NaN).toFixed(0),
    ]),
  );
}

/** Milliseconds to branch a run at its middle, and to go on with the branch for one generation. */
async function timeBranch(store: RecordStore, generations: number, repeat: number) {
  const { agent, analyst, verifier } = options(generations);
  const at = Math.ceil(generations / 2);
  const as = `run-${generations}-branch-${repeat}`;
  const from = performance.now();
  await branch(`run-${generations}`, { agent, analyst, verifier, at, as, settings: { generations: at + 1 }, store });
  const begun = performance.now();
  await (await resume(as, { agent, analyst, verifier, store })).result();
  return { branch: begun - from, resume: performance.now() - begun };
}

const calls = 2000;
const latency = 50;
const inFlight = 32;

/** The same calls with the ledger and without, in turns. */
async function reportThroughput(name: string, store: RecordStore): Promise<void> {
  const call = () => new Promise<string>((resolve) => setTimeout(() => resolve("answer"), latency));
  const limit = pLimit(inFlight);
  const plain = () => Promise.all(Array.from({ length: calls }, () => limit(call)));
  let round = 0;
  const kept = () => {
    round += 1;
    const ledger = createLedger({ store, family: `throughput-${round}`, run: "run" });
    const question = hashJson("question");
    const key = (sample: number) => ({ kind: "call", fingerprint: "f", saw: question, question, sample });
    return Promise.all(
      Array.from({ length: calls }, (_, sample) => limit(() => ledger.once(key(sample), call, z.string()))),
    );
  };
  const walls = { alone: [] as number[], ledger: [] as number[] };
  const cpu: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const alone = await timed(plain);
    const ledger = await timed(kept);
    walls.alone.push(alone.wall);
    walls.ledger.push(ledger.wall);
    cpu.push((ledger.cpu - alone.cpu) / calls);
  }
  printLine(
    `${name}: ${calls} calls of ${latency} ms, ${inFlight} in flight, through the ledger and through p-limit alone`,
  );
  printTable(
    [`wall time, ratio (fastest of ${repeats} each)`, `CPU a call (median of ${repeats})`],
    [[(Math.min(...walls.ledger) / Math.min(...walls.alone)).toFixed(3), `${median(cpu).toFixed(2)} ms`]],
  );
}

async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const [from, usage] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(usage);
  return { wall: performance.now() - from, cpu: (user + system) / 1000 };
}
