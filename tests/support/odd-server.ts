import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface OddRequest {
  url: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** What a server says: a body of status 200, or whatever the function does with the response. */
export type OddAnswer = object | ((response: ServerResponse) => void);

/** A server of models that answers each request as it is told, and what it was asked. */
export async function startOddServer(answer: (request: OddRequest, index: number) => OddAnswer) {
  const asked: OddRequest[] = [];
  const server = createServer(async (request, answering) => {
    let text = "";
    for await (const part of request) text += String(part);
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    const seen = { url: request.url ?? "", headers: request.headers, body };
    asked.push(seen);
    const given = answer(seen, asked.length - 1);
    if (typeof given === "function") return given(answering);
    answering.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    origin,
    environment: { OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: "sk-canary-of-the-key" },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

/** A completion that says "alpha", with what is odd about its message, its choice and its body. */
export function completion(message: object = {}, choice: object = {}, body: object = {}) {
  const said = { role: "assistant", content: "alpha", ...message };
  return { id: "x", choices: [{ index: 0, message: said, finish_reason: "stop", ...choice }], usage, ...body };
}

/** The same by the Responses API. */
export function responseBody(
  items: object[] = [{ content: [{ type: "output_text", text: "alpha" }] }],
  body: object = {},
) {
  const output = items.map((item) => ({ type: "message", status: "completed", role: "assistant", ...item }));
  return {
    id: "r",
    object: "response",
    status: "completed",
    output,
    usage: { input_tokens: 10, output_tokens: 2 },
    ...body,
  };
}

export function refuse(status: number, error: unknown, headers: Record<string, string> = {}) {
  return (answer: ServerResponse) => {
    answer.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify({ error }));
  };
}
