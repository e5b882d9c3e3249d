import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TaskAgent } from "../../agents/agent.ts";
import type { CallCounts } from "../../models/attempts.ts";
import type { JournaledModel } from "../../models/journaled-model.ts";
import { createModel } from "../../models/open-model.ts";
import { systemTimer, type Timer } from "../../models/timer.ts";
import { noCost, type RolloutRow } from "../../state/task.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createFaultScript, type FaultScript } from "./model-server/faults.ts";

interface StallTimer extends Timer {
  /** Tells that a response will never end. */
  stall(response: ServerResponse): void;
}

/**
 * Waits pass a thousand times faster. Time limits run out together, as soon as each attempt under way hangs at the server: so
 * they end what hangs and nothing else, however busy the machine is.
 */
function createStallTimer(): StallTimer {
  const hanging = new Set<ServerResponse>();
  const limits = new Set<() => void>();

  function endHanging(): void {
    if (hanging.size < limits.size) return;
    hanging.clear();
    for (const end of limits) end();
  }

  return {
    ...systemTimer,
    stall(response) {
      hanging.add(response);
      response.on("close", () => hanging.delete(response));
      endHanging();
    },
    wait: (milliseconds, signal) => systemTimer.wait(milliseconds / 1000, signal),
    after(_timeLimit, act) {
      limits.add(act);
      return () => {
        limits.delete(act);
        endHanging();
      };
    },
  };
}

/** A server that answers every question with itself, but for its faults. */
async function startServer(script: FaultScript, timer: StallTimer) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    let body = "";
    for await (const part of request) body += String(part);
    const fault = script.decide({ body });
    if (fault?.kind === "time-out") timer.stall(response);
    if (fault !== undefined) return fault.respond(response);
    const { messages } = JSON.parse(body) as { messages: Array<{ content: string }> };
    const message = { role: "assistant", content: messages.at(-1)?.content };
    const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", message }], usage }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: () => requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Repeats what the model says; the verifier expects the question, so that every answer a fault has touched would score 0. */
function createEcho(model: JournaledModel): TaskAgent {
  return {
    fingerprint: `echo ${model.fingerprint}`,
    async answer({ input }) {
      const { text } = await model.invoke(input);
      return { text, used: [], trace: [], cost: noCost };
    },
  };
}

export interface FaultyRun {
  rows: RolloutRow[];
  /** The same rollouts asked for once more: what was paid for the second time. */
  again: { rows: RolloutRow[]; requests: number };
  requests: number;
  counts: CallCounts;
  script: FaultScript;
}

/** Rollouts, one call of a model each, through HTTP and against a server of which a share of the answers are faults. */
export async function runAgainstFaults(needs: { seed: number; calls: number; share: number }): Promise<FaultyRun> {
  const timeLimit = 600;
  const script = createFaultScript(needs);
  const timer = createStallTimer();
  const server = await startServer(script, timer);
  const environment = { OPENAI_BASE_URL: server.url };
  const model = await createModel("m?price=1/1", { environment, timer, timeLimit });
  const store = createMemoryStore();
  const payload = createPayload({ store, family: "f" });
  const ids = Array.from({ length: needs.calls }, (_, index) => `task ${needs.seed}/${index}`);
  const hash = await payload.putJson(ids.map((id) => ({ id, input: id, expected: id })));
  const request = {
    program: await payload.putProgram([]),
    suite: "train" as const,
    tasks: { hash, size: ids.length },
    indices: ids.map((_, index) => index),
    samples: 1,
  };
  const roll = async () => {
    const ledger = createLedger({ store, family: "f", run: "r" });
    const pool = createLocalPool({
      agent: createEcho(model),
      verifier: createExact(),
      ledger,
      payload,
      concurrency: 32,
    });
    return (await pool.roll(request, {})).rows;
  };
  try {
    const rows = await roll();
    const [requests, counts] = [server.requests(), model.counts()];
    const again = await roll();
    return { rows, again: { rows: again, requests: server.requests() - requests }, requests, counts, script };
  } finally {
    server.close();
  }
}
