import { withoutSecrets } from "../../stores/secrets.ts";
import { FaultyReply } from "../faults.ts";

/** Bytes that the body of an answer may have: room for the longest reply and what stands around it. */
const largestBody = 4_000_000;

interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  /** What is posted as JSON; without it the request is a GET. */
  body?: object;
  signal: AbortSignal;
}

interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** An answer whose status says that something went wrong. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Headers | undefined;
  readonly code: string | undefined;
  readonly type: string | undefined;
  /** The field of the request that was refused, as the server names it. */
  readonly param: string | undefined;

  constructor(status: number, { message, code, type, param }: ReportedError, headers?: Headers) {
    super(withoutSecrets(message));
    this.status = status;
    this.headers = headers;
    this.code = code;
    this.type = type;
    this.param = param;
  }
}

/** An error as the body of an answer reports it. */
export interface ReportedError {
  message: string;
  code?: string | undefined;
  type?: string | undefined;
  param?: string | undefined;
}

/**
 * One request of a server of models. No redirect is followed: a POST that was redirected would be sent again as a GET, or
 * with the key to an address that nobody has set. The body is read whole, and no longer than it may be: an answer without
 * end would fill the memory.
 */
export async function ask({ url, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      accept: "application/json",
      "user-agent": "skillgraph",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: "manual",
    signal,
  });
  const { status } = response;
  if (status >= 300 && status < 400) {
    void response.body?.cancel();
    throw redirected(url, response);
  }
  const text = await textOf(response);
  return { status, headers: response.headers, text };
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > largestBody) throw new FaultyReply("oversized", `The response was longer than ${largestBody} bytes.`);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** Without queries, which may hold what is secret. */
function redirected(url: string, { status, headers }: Response): FaultyReply {
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
