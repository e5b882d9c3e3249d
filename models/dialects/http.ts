import { Agent, errors, request, type Dispatcher } from "undici";
import { FaultyReply } from "../faults.ts";

/** Bytes that the body of an answer may have: room for the longest reply and what stands around it. */
const largestBody = 4_000_000;

/** How long an answer may take is for whoever asks to say. Without it undici gives up after five minutes. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, maxResponseSize: largestBody });

interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  /** What is posted as JSON; without it the request is a GET. */
  body?: object;
  signal: AbortSignal;
}

interface HttpAnswer {
  status: number;
  headers(): Headers;
  text: string;
}

/**
 * One request of a server of models. No redirect is followed: a POST that was redirected would be sent again as a GET, or
 * with the key to an address that nobody has set. The body is read whole, and no longer than it may be: an answer without
 * end would fill the memory.
 */
export async function ask({ url, headers: own, body: sent, signal }: HttpRequest): Promise<HttpAnswer> {
  // Not `fetch`, whose streams and signals take several times the CPU.
  const answer = await request(url, {
    dispatcher: agent,
    method: sent === undefined ? "GET" : "POST",
    headers: {
      accept: "application/json",
      // What is compressed is not unpacked here.
      "accept-encoding": "identity",
      "user-agent": "skillgraph",
      ...(sent !== undefined && { "content-type": "application/json" }),
      ...own,
    },
    ...(sent !== undefined && { body: JSON.stringify(sent) }),
    signal,
  });
  const { statusCode: status, body } = answer;
  const headers = () => headersOf(answer);
  if (status >= 300 && status < 400) {
    void body.dump().catch(() => undefined);
    throw redirected(url, status, headers());
  }
  return { status, headers, text: await textOf(body) };
}

function headersOf({ headers }: Dispatcher.ResponseData): Headers {
  return new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    ),
  );
}

async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    if (!(error instanceof errors.ResponseExceededMaxSizeError)) throw error;
    throw new FaultyReply("oversized", `The response was longer than ${largestBody} bytes.`);
  }
}

/** Without queries, which may hold what is secret. */
function redirected(url: string, status: number, headers: Headers): FaultyReply {
  const location = headers.get("location") ?? "";
  const target = URL.canParse(location, url) ? shown(new URL(location, url).href) : "another address";
  return new FaultyReply(
    "unavailable",
    `${shown(url)} redirects to ${target} (HTTP ${status}); redirects are not followed. Set the server's address to the final one.`,
    "pause",
  );
}

function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
