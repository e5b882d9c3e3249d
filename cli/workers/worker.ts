import { counted } from "../../runs/words.ts";
import { startWorker, type RolloutWorker } from "../../runs/workers/worker.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { TaskAgent } from "../../agents/agent.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { agentNamed, verifierNamed } from "../parts/parts.ts";
import { readRubric } from "../parts/rubric.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor, warn } from "../parts/store.ts";
import { tell } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";
import { tellLine } from "../terminal/lines.ts";
import type { Dashboard } from "./dashboard.ts";

export interface WorkerFlags extends MergedFlags {
  agent: string | TaskAgent;
  verifier: string | Verifier;
  /** The file of the rubric. */
  rubric?: string;
  concurrency: number;
  rolloutsPerMinute?: number;
  /** The port of the dashboard, 0 for any; undefined for none. */
  dashboard?: number;
  store: string;
}

/** Does rollouts until it is stopped. */
export async function workerCommand(flags: WorkerFlags): Promise<number> {
  const { concurrency, rolloutsPerMinute } = flags;
  const limit = rolloutsPerMinute === undefined ? {} : { rolloutsPerMinute };
  const agent = await agentNamed(flags.agent);
  const verifier = await verifierNamed(flags.verifier, readRubric(flags.rubric).rubric);
  const { store, close } = await openStoreFor(flags.store);
  let dashboard: Dashboard | undefined;
  try {
    dashboard = await dashboardOf(store, flags.dashboard);
    const worker = await startWorker({ agent, verifier, store, concurrency, ...limit, onWarning: warn });
    tell(
      `Taking rollouts from ${store.url}, ${concurrency} at a time\n  agent     ${agent.fingerprint}\n  verifier  ${verifier.fingerprint}\n`,
    );
    const stopListening = stopOnSignals(worker);
    await worker.ended.finally(stopListening);
    return exitCodes.finished;
  } finally {
    await dashboard?.close();
    await close();
  }
}

async function dashboardOf(store: RecordStore, port: number | undefined): Promise<Dashboard | undefined> {
  if (port === undefined) return undefined;
  const dashboard = await (await import("./dashboard.ts")).openDashboard(store, port);
  tell(`Showing the queues, to whoever has this address, at ${dashboard.url}\n`);
  return dashboard;
}

/** The first signal waits for what is under way, the second leaves it to others. */
function stopOnSignals(worker: RolloutWorker): () => void {
  let asked = false;
  const onSignal = () => {
    const underWay = counted(worker.inFlight(), "rollout");
    if (asked) {
      tellLine(`Stopped immediately; ${underWay} under way may have to be paid for again.`);
      process.exit(exitCodes.failure);
    }
    asked = true;
    tellLine(`Stopping: waiting for ${underWay}. Press Ctrl-C again to leave them to other workers.`);
    worker.close().catch(() => undefined);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
