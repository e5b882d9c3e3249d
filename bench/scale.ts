import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import pLimit from "p-limit";
import { z } from "zod";
import { branch } from "../runs/branch.ts";
import { optimize } from "../runs/optimize.ts";
import { resume } from "../runs/resume.ts";
import { hashJson } from "../state/json.ts";
import { createLedger } from "../stores/ledger.ts";
import { openStore } from "../stores/open.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { goldenOptions } from "../tests/support/golden.ts";
import { hasRedis, startRedis } from "../tests/support/redis-server.ts";
import { createMeter } from "./meter.ts";
import { median } from "./statistics.ts";
import { printLine, printTable } from "./table.ts";

const lengths = [10, 100, 200, 1000];
const repeats = 5;

/** How runs behave as they grow, and what the ledger costs beside the calls it keeps, on each durable store. */
export async function runScale(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-scale-"));
  const redis = hasRedis ? await startRedis({ appendonly: "yes", appendfsync: "always" }) : undefined;
  const urls = { SQLite: `file:${join(folder, "runs.db")}`, ...(redis === undefined ? {} : { Redis: redis.url }) };
  try {
    for (const [name, url] of Object.entries(urls)) {
      const store = await openStore(url);
      await reportGrowth(name, store);
      await reportThroughput(name, store);
      await store.close();
    }
  } finally {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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
    `${name}: runs of so many generations; branching at the middle and going on for one generation, median of ${repeats}`,
  );
  const rows: string[][] = [];
  for (const generations of lengths) {
    const meter = createMeter(store);
    const run = `run-${generations}`;
    await (await optimize({ ...options(generations), store: meter.store, run })).result();
    const { bytes, steps } = meter.read();
    const times = { branch: [] as number[], resume: [] as number[] };
    const { agent, analyst, verifier } = options(generations);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const at = Math.ceil(generations / 2);
      const as = `${run}-branch-${repeat}`;
      const from = performance.now();
      await branch(run, { agent, analyst, verifier, at, as, settings: { generations: at + 1 }, store });
      times.branch.push(performance.now() - from);
      const begun = performance.now();
      await (await resume(as, { agent, analyst, verifier, store })).result();
      times.resume.push(performance.now() - begun);
    }
    rows.push([
      String(generations),
      `${median(times.branch).toFixed(1)} ms`,
      `${median(times.resume).toFixed(1)} ms`,
      (bytes.state / steps).toFixed(0),
      (bytes.payload / steps).toFixed(0),
    ]);
  }
  printTable(["generations", "branch", "resume, one generation", "bytes a superstep", "payload beside it"], rows);
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
  const ratios: number[] = [];
  const cpu: number[] = [];
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const alone = await timed(plain);
    const ledger = await timed(kept);
    ratios.push(ledger.wall / alone.wall);
    cpu.push((ledger.cpu - alone.cpu) / calls);
  }
  printLine(
    `${name}: ${calls} calls of ${latency} ms, ${inFlight} in flight, through the ledger and through p-limit alone`,
  );
  printTable(
    ["wall time, ratio (median of 3)", "CPU a call"],
    [[median(ratios).toFixed(3), `${median(cpu).toFixed(2)} ms`]],
  );
}

async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const [from, usage] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(usage);
  return { wall: performance.now() - from, cpu: (user + system) / 1000 };
}
