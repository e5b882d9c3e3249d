import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSocketServer, type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { SettingsError } from "../../state/errors.ts";
import { admit, type Admission, type GuardRules } from "./local-guard.ts";

const loopback = "127.0.0.1";

/** A server on this machine that stands behind a guard. */
interface Behind {
  port: number;
  /** The header, and its value, by which it knows the guard: it answers nobody else. */
  key: readonly [name: string, value: string];
}

export interface LocalServer {
  /** Where clients find it, with the token. */
  url: string;
  /** Where the server behind is to listen. */
  behind: number;
  close(): Promise<void>;
}

/**
 * The only way to serve something here: on the loopback interface, to whoever has the token of this session, and to no page but those
 * named. What is admitted goes to the server behind, without what only this one needs to see.
 */
export async function openLocalServer({
  port: wanted,
  origins,
  key,
}: Pick<GuardRules, "port" | "origins"> & Pick<Behind, "key">): Promise<LocalServer> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer();
  const port = await listen(server, wanted);
  const rules = { port, token, origins };
  const behind = { port: await freePort(), key };
  const judge = ({ method = "", url = "", headers }: IncomingMessage) => admit({ method, target: url, headers }, rules);
  server.on("request", (asked, answer) => serve(asked, answer, { admission: judge(asked), behind }));
  server.on("upgrade", (asked, socket) => upgrade(asked, socket, { admission: judge(asked), behind }));
  return {
    url: `http://${loopback}:${port}/token/${token}`,
    behind: behind.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  const port = await listen(server, 0);
  const closed = once(server, "close");
  server.close();
  await closed;
  return port;
}

async function listen(server: Server, wanted: number): Promise<number> {
  server.listen(wanted, loopback);
  try {
    await once(server, "listening");
  } catch (cause) {
    const text = `Port ${wanted} of ${loopback} is not available: ${(cause as Error).message}.`;
    throw new SettingsError("port", `${text} Use another port, or 0 for a free one.`, { cause });
  }
  return (server.address() as AddressInfo).port;
}

interface Way {
  admission: Admission;
  behind: Behind;
}

function serve(asked: IncomingMessage, answer: ServerResponse, { admission, behind }: Way): void {
  if (admission.kind === "refused") return refuse(answer, admission);
  if (admission.kind === "preflight") {
    answer.writeHead(204, preflight(admission.origin, asked.headers)).end();
    return;
  }
  const { target, origin } = admission;
  const passed = request({
    ...placeOf(behind),
    path: target,
    method: asked.method,
    headers: inward(asked.headers, behind),
  });
  passed.on("response", (response) => {
    answer.writeHead(response.statusCode ?? 502, { ...outward(response.headers), ...sharedWith(origin) });
    response.pipe(answer);
    // Cut off half-way: the client must not take it for whole.
    response.on("error", () => answer.destroy());
  });
  passed.on("error", () => {
    if (answer.headersSent) answer.destroy();
    else
      refuse(answer, {
        status: 502,
        message: "LangGraph's server does not respond. See the output of skillgraph studio.",
      });
  });
  // Whoever no longer listens need not be answered.
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
}

/** A WebSocket: no browser asks beforehand whether a page may open one. */
function upgrade(asked: IncomingMessage, socket: Duplex, { admission, behind }: Way): void {
  socket.on("error", () => socket.destroy());
  if (admission.kind !== "admitted") {
    socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
    return;
  }
  const { upgrade: protocol, connection, ...others } = asked.headers;
  const headers = { ...inward(others, behind), upgrade: protocol, connection };
  const passed = request({ ...placeOf(behind), path: admission.target, method: asked.method, headers });
  passed.on("error", () => socket.destroy());
  passed.on("response", () => socket.destroy());
  passed.on("upgrade", ({ rawHeaders, statusMessage }, inner) => {
    const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
    socket.write(`HTTP/1.1 101 ${statusMessage ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`);
    inner.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.on("close", () => inner.destroy());
    inner.pipe(socket).pipe(inner);
  });
  passed.end();
}

const placeOf = ({ port }: Behind) => ({ host: loopback, port });

/** Of one connection, or meant for the guard alone: the key of somebody's account has no business behind it. */
const notInward = new Set([
  "host",
  "connection",
  "origin",
  "referer",
  "cookie",
  "authorization",
  "x-api-key",
  "x-auth-scheme",
]);

function inward(headers: IncomingHttpHeaders, { key: [name, value] }: Behind): IncomingHttpHeaders {
  return { ...without(headers, (each) => notInward.has(each)), [name]: value };
}

function outward(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return without(
    headers,
    (name) => name === "connection" || name === "keep-alive" || name.startsWith("access-control-"),
  );
}

function without(headers: IncomingHttpHeaders, isLeftOut: (name: string) => boolean): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isLeftOut(name)));
}

/** Lets a page read the answer. */
function sharedWith(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {};
  const exposed = "content-location, location, x-pagination-total";
  return { "access-control-allow-origin": origin, "access-control-expose-headers": exposed, vary: "origin" };
}

function preflight(origin: string, headers: IncomingHttpHeaders): Record<string, string> {
  return {
    ...sharedWith(origin),
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "content-type",
    // From a page on the internet to this machine.
    "access-control-allow-private-network": "true",
  };
}

function refuse(answer: ServerResponse, { status, message }: { status: number; message: string }): void {
  answer.writeHead(status, { "content-type": "application/json", connection: "close" });
  answer.end(JSON.stringify({ error: "refused", message }));
}
