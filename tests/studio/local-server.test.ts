import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLocalServer, type LocalServer } from "../../cli/studio/local-server.ts";

const studio = "https://smith.langchain.com";
const key = ["x-key", "between us"] as const;

let local: LocalServer;
let behind: Server;
/** What came through. */
let seen: Array<{ method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }> =
  [];

async function bodyOf(message: IncomingMessage): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of message) pieces.push(String(piece));
  return pieces.join("");
}

beforeAll(async () => {
  local = await openLocalServer({ port: 0, origins: [studio], key });
  behind = createServer(async (asked, answer) => {
    seen.push({ method: asked.method, url: asked.url, headers: asked.headers, body: await bodyOf(asked) });
    answer
      .writeHead(200, { "access-control-allow-origin": "*", "content-location": "/threads/1" })
      .write("event: one\n\n");
    if (asked.url !== "/stream") answer.end("end");
  });
  behind.on("upgrade", (asked: IncomingMessage, socket) => {
    seen.push({ method: "upgrade", url: asked.url, headers: asked.headers, body: "" });
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n");
    socket.pipe(socket);
  });
  behind.listen(local.behind, "127.0.0.1");
  await once(behind, "listening");
});
afterAll(async () => {
  await local.close();
  behind.closeAllConnections();
  behind.close();
});
beforeEach(() => {
  seen = [];
});

interface Asked {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const port = () => Number(new URL(local.url).port);
const withToken = (path: string) => `${new URL(local.url).pathname}${path}`;

/** As a browser or any other program would, with headers that `fetch` does not let one set. */
async function ask({ path = withToken("/threads"), method = "POST", headers = {}, body }: Asked) {
  const asked = request({ host: "127.0.0.1", port: port(), path, method, headers });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await bodyOf(answer) };
}

const json = { "content-type": "application/json" };
const run = { headers: json, body: "{}" };

describe("a request is refused, and nothing of it comes through:", () => {
  const refusals: Array<[string, () => Asked, number, string]> = [
    [
      "a foreign host (DNS rebinding)",
      () => ({ ...run, headers: { ...json, host: `evil.example:${port()}` } }),
      403,
      "can only be used at",
    ],
    [
      "a foreign host without a port",
      () => ({ ...run, headers: { ...json, host: "evil.example" } }),
      403,
      "can only be used at",
    ],
    [
      "this host at another port",
      () => ({ ...run, headers: { ...json, host: "127.0.0.1:1" } }),
      403,
      "can only be used at",
    ],
    [
      "a host that begins like this one",
      () => ({ ...run, headers: { ...json, host: `127.0.0.1:${port()}.evil.example` } }),
      403,
      "can only be used at",
    ],
    [
      "reading from a foreign host",
      () => ({ method: "GET", headers: { host: `evil.example:${port()}` } }),
      403,
      "can only be used at",
    ],
    [
      "a whole address as target",
      () => ({ ...run, path: `http://evil.example${withToken("/threads")}` }),
      403,
      "can only be used at",
    ],
    [
      "a page of another site",
      () => ({ ...run, headers: { ...json, origin: "https://evil.example" } }),
      403,
      "Requests from pages of other sites",
    ],
    [
      "a page of no origin",
      () => ({ ...run, headers: { ...json, origin: "null" } }),
      403,
      "Requests from pages of other sites",
    ],
    [
      "a page of another server on this machine",
      () => ({ ...run, headers: { ...json, origin: "http://127.0.0.1:3000" } }),
      403,
      "Requests from pages",
    ],
    [
      "a page whose site ends like Studio's",
      () => ({ ...run, headers: { ...json, origin: `${studio}.evil.example` } }),
      403,
      "Requests from pages",
    ],
    [
      "a page of Studio over plain HTTP",
      () => ({ ...run, headers: { ...json, origin: "http://smith.langchain.com" } }),
      403,
      "Requests from pages",
    ],
    [
      "reading by a page of another site",
      () => ({ method: "GET", headers: { origin: "https://evil.example" } }),
      403,
      "Requests from pages",
    ],
    [
      "a simple POST of a page (text/plain)",
      () => ({ headers: { "content-type": "text/plain", origin: "https://evil.example" }, body: "{}" }),
      403,
      "Requests from pages",
    ],
    [
      "a simple POST without an origin",
      () => ({ headers: { "content-type": "text/plain" }, body: "{}" }),
      415,
      "must be application/json",
    ],
    [
      "a form",
      () => ({ headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=1" }),
      415,
      "must be application/json",
    ],
    [
      "a kind that begins like JSON",
      () => ({ headers: { "content-type": "application/jsonp" }, body: "{}" }),
      415,
      "must be",
    ],
    ["no token", () => ({ ...run, path: "/threads" }), 401, "token is missing"],
    [
      "no token, by Studio",
      () => ({ ...run, path: "/threads", headers: { ...json, origin: studio } }),
      401,
      "token is missing",
    ],
    ["reading without a token", () => ({ method: "GET", path: "/threads/1/state" }), 401, "token is missing"],
    ["a token that is false", () => ({ ...run, path: "/token/none/threads" }), 401, "token is missing"],
    ["a token that is empty", () => ({ ...run, path: "/token//threads" }), 401, "token is missing"],
    [
      "a token that is cut short",
      () => ({ ...run, path: `${new URL(local.url).pathname.slice(0, -1)}/threads` }),
      401,
      "token is missing",
    ],
    [
      "a word of LangGraph's that Studio asks",
      () => ({ ...run, path: "/threads", headers: { ...json, "x-auth-scheme": "langsmith" } }),
      401,
      "token is missing",
    ],
    [
      "the key of the server behind, as it is not ours to be told",
      () => ({ ...run, path: "/threads", headers: { ...json, [key[0]]: key[1] } }),
      401,
      "token is missing",
    ],
    [
      "asking beforehand, for a page of another site",
      () => ({
        method: "OPTIONS",
        headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
      }),
      403,
      "Requests from pages",
    ],
    [
      "asking beforehand, of a foreign host",
      () => ({
        method: "OPTIONS",
        headers: { host: "evil.example", origin: studio, "access-control-request-method": "POST" },
      }),
      403,
      "can only be used",
    ],
  ];

  test.each(refusals)("%s", async (_, asked, status, message) => {
    const answer = await ask(asked());
    expect([answer.status, (JSON.parse(answer.body) as { message: string }).message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(seen).toEqual([]);
  });

  test.each([
    ["a WebSocket of a page of another site", () => withToken("/threads/1/stream"), "https://evil.example"],
    ["a WebSocket without a token", () => "/threads/1/stream", studio],
  ])("%s", async (_, path, origin) => {
    const socket = connect(port(), "127.0.0.1");
    const lines = [
      `GET ${path()} HTTP/1.1`,
      `host: 127.0.0.1:${port()}`,
      `origin: ${origin}`,
      "connection: Upgrade",
      "upgrade: websocket",
    ];
    socket.end(`${lines.join("\r\n")}\r\n\r\n`);
    expect(await bodyOf(socket as unknown as IncomingMessage)).toContain("403 Forbidden");
    expect(seen).toEqual([]);
  });
});

describe("whoever has the token is let through:", () => {
  test.each([
    ["a program", {}, undefined],
    ["a program that says localhost", { host: "localhost" }, undefined],
    [
      "a page of Studio",
      { origin: studio, "x-api-key": "of an account", cookie: "a=b", "x-auth-scheme": "langsmith" },
      studio,
    ],
  ])("%s", async (_, headers, shared) => {
    const { host, ...others } = headers as { host?: string };
    const named = host === undefined ? {} : { host: `${host}:${port()}` };
    const answer = await ask({
      path: withToken("/threads?limit=1"),
      headers: { ...json, ...others, ...named },
      body: '{"a":1}',
    });
    expect(answer).toMatchObject({ status: 200, body: "event: one\n\nend" });
    expect(answer.headers["access-control-allow-origin"]).toBe(shared);
    expect(seen).toMatchObject([
      { method: "POST", url: "/threads?limit=1", body: '{"a":1}', headers: { [key[0]]: key[1] } },
    ]);
    // Neither the token nor what belongs to an account goes on.
    expect(JSON.stringify(seen)).not.toContain(new URL(local.url).pathname.split("/")[2]);
    for (const name of ["origin", "x-api-key", "cookie", "x-auth-scheme"])
      expect(seen[0]?.headers).not.toHaveProperty(name);
  });

  test("Studio that asks beforehand", async () => {
    const asks = {
      origin: studio,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-api-key",
    };
    const answer = await ask({ method: "OPTIONS", headers: asks });
    expect(answer).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": studio, "access-control-allow-headers": "content-type,x-api-key" },
    });
    expect(seen).toEqual([]);
  });

  test("a stream, piece by piece, which ends behind where nobody listens any more", async () => {
    const asked = request({ host: "127.0.0.1", port: port(), path: withToken("/stream"), method: "GET" });
    const over = once(behind, "request").then(([, answer]) => once(answer as IncomingMessage, "close"));
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const [piece] = (await once(answer, "data")) as [Buffer];
    expect(String(piece)).toBe("event: one\n\n");
    answer.destroy();
    await over;
  });

  test("a WebSocket", async () => {
    const asked = request({
      host: "127.0.0.1",
      port: port(),
      path: withToken("/socket"),
      headers: { connection: "Upgrade", upgrade: "websocket", origin: studio },
    });
    asked.end();
    const [, socket] = (await once(asked, "upgrade")) as [IncomingMessage, import("node:net").Socket];
    socket.write("there and back");
    const [piece] = (await once(socket, "data")) as [Buffer];
    expect(String(piece)).toBe("there and back");
    expect(seen).toMatchObject([{ url: "/socket", headers: { [key[0]]: key[1] } }]);
    socket.destroy();
  });
});

test("a server behind that is not there yet is said", async () => {
  const alone = await openLocalServer({ port: 0, origins: [], key });
  const answer = await fetch(`${alone.url}/ok`);
  expect([answer.status, await answer.json()]).toEqual([
    502,
    { error: "refused", message: expect.stringContaining("does not respond") },
  ]);
  await alone.close();
});

test("LangGraph's server behind answers nobody but us, also where it believes that Studio asks", async () => {
  process.env["SKILLGRAPH_STUDIO"] = JSON.stringify({ key: "between us" });
  const { auth } = await import("../../cli/studio/studio-auth.ts");
  delete process.env["SKILLGRAPH_STUDIO"];
  const identify = (headers: Record<string, string>) => () =>
    auth["~handlerCache"].authenticate(new Request("http://127.0.0.1:1/threads", { method: "POST", headers }));
  for (const headers of [
    {},
    { "x-skillgraph-key": "" },
    { "x-skillgraph-key": "between" },
    { "x-auth-scheme": "langsmith" },
  ])
    expect(identify(headers as Record<string, string>)).toThrow(expect.objectContaining({ status: 401, headers: {} }));
  expect(identify({ "x-skillgraph-key": "between us" })()).toBe("skillgraph");
});
