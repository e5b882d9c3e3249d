import type { ServerResponse } from "node:http";
import { draw } from "../../../state/draw.ts";
import { sha256 } from "../../../state/json.ts";
import type { FaultKind } from "../../../models/faults.ts";

/** What goes wrong with one request, and as what the client must know it. */
interface Fault {
  kind: FaultKind;
  respond(response: ServerResponse): void;
}

const faults: Record<string, Fault> = {
  "429 with Retry-After": { kind: "rate-limit", respond: (response) => refuse(response, 429, { "retry-after": "2" }) },
  "500": { kind: "server-error", respond: (response) => refuse(response, 500) },
  "no answer": { kind: "time-out", respond: () => undefined },
  "connection reset": { kind: "connection", respond: ({ socket }) => void socket?.resetAndDestroy() },
  "slow drip": { kind: "time-out", respond: drip },
  "empty body": { kind: "empty", respond: (response) => void response.writeHead(200, json).end() },
  "empty reply": { kind: "empty", respond: (response) => say(response, { content: "" }) },
  "truncated JSON": {
    kind: "malformed",
    respond: (response) => void response.writeHead(200, json).end('{"choices":[{'),
  },
  "wrong schema": { kind: "malformed", respond: (response) => void response.writeHead(200, json).end('{"data":[7]}') },
  refusal: { kind: "refused", respond: (response) => say(response, { content: null, refusal: "I cannot help." }) },
  "10 MB answer": { kind: "oversized", respond: (response) => say(response, { content: "x".repeat(10_000_000) }) },
  "Unicode noise": { kind: "malformed", respond: (response) => say(response, { content: "\ud83d\u0000\ufffe\udc00" }) },
};

const json = { "content-type": "application/json" };

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...json, ...headers }).end('{"error":{"message":"not now"}}');
}

function say(response: ServerResponse, message: object): void {
  const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", ...message } }];
  response.writeHead(200, json).end(JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }));
}

/** A byte now and then, for ever: each one comes in time. */
function drip(response: ServerResponse): void {
  response.writeHead(200, json);
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
}

export interface FaultScript {
  /** What to do with a request: undefined leaves it to the server. */
  decide(request: { body: string }): Fault | undefined;
  /** Faults so far, by name. */
  readonly met: ReadonlyMap<string, number>;
  /** Faults so far, by what the client must have counted them as. */
  kinds(): Partial<Record<FaultKind, number>>;
}

/** Every kind of fault that there is, by name. */
export const faultNames = Object.keys(faults);

/**
 * Faults for a share of the requests, drawn from the bytes of each and how often it came before, so that they are the same
 * whatever the order in which requests arrive.
 */
export function createFaultScript({ seed, share }: { seed: number; share: number }): FaultScript {
  const asked = new Map<string, number>();
  const met = new Map<string, number>();
  return {
    met,
    decide({ body }) {
      const before = asked.get(body) ?? 0;
      asked.set(body, before + 1);
      const drawn = draw(seed, before, `fault/${sha256(body)}`, 0);
      if (drawn >= share) return undefined;
      const name = faultNames[Math.floor((drawn / share) * faultNames.length)] as string;
      met.set(name, (met.get(name) ?? 0) + 1);
      return faults[name];
    },
    kinds() {
      const counts: Partial<Record<FaultKind, number>> = {};
      for (const [name, count] of met) {
        const { kind } = faults[name] as Fault;
        counts[kind] = (counts[kind] ?? 0) + count;
      }
      return counts;
    },
  };
}
