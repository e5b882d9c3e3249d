import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Brain, BrainReply } from "./brain.ts";
import { chatCompletions } from "./chat-completions.ts";
import { messages } from "./messages.ts";
import { responses } from "./responses.ts";
import type { Letterhead, WireFormat } from "./wire-format.ts";

/** Where models are asked, by what follows `/v1`. */
const formats: Record<string, WireFormat> = {
  "/chat/completions": chatCompletions,
  "/messages": messages,
  "/responses": responses,
};

/** A request as it came in: what a canary is looked for in. */
interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** The bill, counted where the money would go and not by who pays. Only calls of a model count. */
export interface Bill {
  /** Calls that came in. */
  calls: number;
  /** Calls that the model thought about, whether the reply arrived or not: what a provider would charge for. */
  answered: number;
  inputTokens: number;
  outputTokens: number;
}

/**
 * What a script has the server do with a call: give another reply than the brain's, or write to the wire itself (an
 * error, half a reply, nothing). `think` asks the brain, counts the bill and gives the whole body that would be sent.
 */
type Decision =
  | { reply: BrainReply }
  | { respond(response: ServerResponse, think: () => Promise<string>): void | Promise<void> };

export interface ModelServerNeeds {
  brain: Brain;
  /** Milliseconds each reply takes. */
  latency?: number;
  /** Asked about each call, numbered from 0 as they come in, before anything else; undefined leaves it to the brain. */
  decide?: (request: SeenRequest, index: number) => Decision | undefined | Promise<Decision | undefined>;
}

export interface ModelServer {
  /** Base URL, ending in /v1. */
  readonly url: string;
  /** Every request so far, calls of a model or not. */
  readonly requests: SeenRequest[];
  readonly bill: Bill;
  close(): Promise<void>;
}

/** A model's HTTP server on a free port of the loopback interface, with a simulated model behind it. */
export async function startModelServer({ brain, latency = 0, decide }: ModelServerNeeds): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const bill: Bill = { calls: 0, answered: 0, inputTokens: 0, outputTokens: 0 };

  async function answer(seen: SeenRequest, format: WireFormat, response: ServerResponse): Promise<void> {
    const index = bill.calls;
    bill.calls += 1;
    const decision = await decide?.(seen, index);
    const body = JSON.parse(seen.body) as Record<string, unknown>;
    const think = async (given?: BrainReply) => {
      const request = format.read(body);
      const reply = given ?? (await brain(request));
      const usage = { inputTokens: tokensIn(seen.body), outputTokens: tokensIn(JSON.stringify(reply)) };
      bill.answered += 1;
      bill.inputTokens += usage.inputTokens;
      bill.outputTokens += usage.outputTokens;
      return write(format, reply, { id: String(index), model: request.model, usage, body });
    };
    if (latency > 0) await sleep(latency);
    if (decision !== undefined && "respond" in decision) return decision.respond(response, think);
    const text = await think(decision?.reply);
    const type = body["stream"] === true ? "text/event-stream" : "application/json";
    response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const path = url.replace(/\?.*$/s, "");
    const seen: SeenRequest = { method, path: url, headers, body: await readBody(request) };
    requests.push(seen);
    const format = Object.hasOwn(formats, path.slice("/v1".length)) ? formats[path.slice("/v1".length)] : undefined;
    if (path === "/v1/models") return sendJson(response, 200, { object: "list", data: [modelCard] });
    if (method !== "POST" || format === undefined) {
      const error = { message: `Nothing is at ${method} ${url}.`, type: "invalid_request_error" };
      return sendJson(response, 404, { error });
    }
    try {
      await answer(seen, format, response);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) sendJson(response, 400, format.error(message, "invalid_request_error"));
    }
  }

  const server = createServer((request, response) => {
    // A client that hangs up in the middle is none of the server's concern.
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that nobody closes keeps no process alive.
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    bill,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const modelCard = { id: "simulated", object: "model", created: 0, owned_by: "tests" };

function write(format: WireFormat, reply: BrainReply, head: Letterhead): string {
  if (head.body["stream"] !== true) return JSON.stringify(format.whole(reply, head));
  return format
    .events(reply, head)
    .map(({ event, data }) => {
      const text = typeof data === "string" ? data : JSON.stringify(data);
      return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
    })
    .join("");
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Four characters a token: near enough for a bill, and free. */
function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}
