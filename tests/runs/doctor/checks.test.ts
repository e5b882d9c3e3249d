import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { look, type Check } from "../../../runs/doctor/check.ts";
import { checkNode, checkProgram, leastNode } from "../../../runs/doctor/machine.ts";
import { checkModel } from "../../../runs/doctor/model.ts";
import { checkStore } from "../../../runs/doctor/store.ts";
import { checkTasks } from "../../../runs/doctor/tasks.ts";
import { SettingsError } from "../../../state/errors.ts";
import { openStore } from "../../../stores/open.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { completion, refuse, responseBody, startOddServer, type OddRequest } from "../../support/odd-server.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-doctor-"));
const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const statuses = (checks: readonly Check[]) => checks.map(({ name, status }) => `${name} ${status}`);
const textOf = (checks: readonly Check[]) => checks.map(({ text, advice }) => `${text} ${advice ?? ""}`).join("\n");

test("a look that throws is a problem, in its own words where it was meant, and as a fall where it was not", async () => {
  const meant = () => {
    throw new SettingsError("x", "Write it otherwise.");
  };
  const fallen = () => Promise.reject(new TypeError("x is undefined"));
  expect(await look("a", meant)).toEqual([{ name: "a", status: "problem", text: "Write it otherwise.", advice: null }]);
  expect(await look("a", fallen)).toMatchObject([
    { status: "problem", text: "This check failed unexpectedly: x is undefined" },
  ]);
});

describe("the machine", () => {
  test("needs the Node that package.json names", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${leastNode}`);
    expect(statuses([...checkNode("20.19.0"), ...checkNode("22.1.0")])).toEqual(["node ok", "node ok"]);
    expect(statuses([...checkNode("20.18.9"), ...checkNode("18.20.0")])).toEqual(["node problem", "node problem"]);
  });

  test("tells the version of a program, or how to install it where it is needed", async () => {
    const program = (name: string, isNeeded: boolean) => checkProgram({ name, install: "install it", isNeeded });
    const broken = join(folder, "broken");
    writeFileSync(broken, "#!/bin/sh\nexit 3\n", { mode: 0o755 });
    expect(await program(process.execPath, true)).toMatchObject([{ status: "ok", text: process.version }]);
    expect(await program("no-such-program", true)).toMatchObject([{ status: "problem", advice: "install it" }]);
    expect(await program("no-such-program", false)).toMatchObject([{ status: "ok" }]);
    expect(await program(broken, false)).toMatchObject([{ status: "problem", advice: "Fix it: install it" }]);
  });
});

describe("a model", () => {
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  const key = "canary-of-the-key";
  const check = (base: string | undefined, { call = false, environment = {} } = {}) =>
    checkModel({ name: "m1", call, environment: { OPENAI_BASE_URL: base, OPENAI_API_KEY: key, ...environment } });
  const json = (status: number, body: unknown): RequestListener => {
    return (_, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
  };

  test.each([
    ["lists it", json(200, { data: [{ id: "m1" }] }), "ok", "available at"],
    ["lists others", json(200, { data: [{ id: "m2" }] }), "warning", "it lists m2"],
    ["has no list", json(404, {}), "warning", "does not list its models"],
    ["answers something else", json(200, { hello: 1 }), "warning", "unexpected format"],
    ["refuses the key", json(401, { error: { message: `bad key ${key}` } }), "problem", "rejected the key (401)"],
    ["fails", json(500, {}), "problem", "returned HTTP 500"],
  ])("of a server that %s", async (_, listener, status, text) => {
    const checks = await check(await serve(listener));
    expect(statuses(checks)).toEqual(["key ok", `model m1 ${status}`]);
    expect(textOf(checks)).toContain(text);
    expect(JSON.stringify(checks)).not.toContain(key);
  });

  test("is asked for with the key, at the address without what is secret in it", async () => {
    const asked: unknown[] = [];
    const base = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      json(200, { data: [{ id: "m1" }] })(request, response);
    });
    await check(base);
    expect(asked).toEqual([["/v1/models", `Bearer ${key}`]]);
    expect(textOf(await check(`${base}?token=canary`))).not.toContain("canary");
  });

  test("of a server that is not there, of no address, or without a key is a problem", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const gone = await check(`http://127.0.0.1:${port}/v1`);
    expect(statuses(gone)).toEqual(["key ok", "model m1 problem"]);
    expect(textOf(gone)).toContain(`Cannot reach http://127.0.0.1:${port}/v1: ECONNREFUSED`);
    expect(textOf(await look("model", () => check("localhost:8000/v1")))).toContain("OPENAI_BASE_URL has no scheme");
    const bare = await check(undefined, { environment: { OPENAI_API_KEY: "" } });
    expect(bare).toMatchObject([{ name: "key", status: "problem", text: "OPENAI_API_KEY is not set." }]);
  });

  test("needs no key at an address of one's own", async () => {
    const base = await serve(json(200, { data: [{ id: "m1" }] }));
    const checks = await check(base, { environment: { OPENAI_API_KEY: undefined } });
    expect(statuses(checks)).toEqual(["key ok", "model m1 ok"]);
  });

  test("is called only where that was asked for", async () => {
    const server = await startOddServer(({ url }) => (url.endsWith("/models") ? refuse(404, "no") : completion()));
    closing.push(server.close);
    const base = `${server.origin}/v1`;
    await check(base);
    expect(server.asked.map(({ url }) => url)).toEqual(["/v1/models"]);
    const called = await check(base, { call: true });
    expect(textOf(called)).toContain("a test call succeeded (10 tokens in, 2 out)");
    expect(statuses(called).slice(-2)).toEqual(["model m1 ok", "model m1 warning"]);
  });

  test.each<[string, string, (request: OddRequest) => boolean, string]>([
    [
      "the other token field",
      "m1?max-tokens=9",
      ({ body }) => "max_completion_tokens" in body,
      "m1?max-tokens=9&token-field=max_completion_tokens",
    ],
    [
      "the first token field",
      "m1?token-field=max_completion_tokens",
      ({ body }) => "max_tokens" in body,
      "m1?token-field=max_tokens",
    ],
    [
      "the other API",
      "m1?seed=1&max-tokens=9",
      ({ url }) => url.endsWith("/responses"),
      "m1?max-tokens=9&api=responses",
    ],
    ["chat alone", "m1?api=responses", ({ url }) => url.endsWith("/completions"), "m1?token-field=max_tokens"],
  ])("is tried by other settings where its own fail, and takes %s", async (_, name, takes, advice) => {
    const answer = (request: OddRequest) => {
      const { url, body } = request;
      if (url.endsWith("/models")) return { data: [{ id: "m1" }] };
      if (!takes(request))
        return refuse(url.endsWith("/responses") ? 404 : 400, { message: "Unsupported, whatever it is." });
      const isJson = "response_format" in body || "text" in body;
      const text = isJson ? '{"word":"ok"}' : "ok";
      return url.endsWith("/responses")
        ? responseBody([{ content: [{ type: "output_text", text }] }])
        : completion({ content: text });
    };
    const server = await startOddServer(answer);
    closing.push(server.close);
    const checks = await checkModel({ name, call: true, environment: server.environment });
    expect(checks.slice(-2)).toMatchObject([
      { status: "problem", advice: `Write the model as ${advice}` },
      { status: "ok", text: "it supports JSON schemas as response format" },
    ]);
  });

  test("that takes no JSON schema is named without", async () => {
    const server = await startOddServer(({ url, body }) => {
      if (url.endsWith("/models")) return { data: [{ id: "m1" }] };
      return "response_format" in body
        ? refuse(400, { message: "This response_format type is unavailable now" })
        : completion();
    });
    closing.push(server.close);
    const checks = await checkModel({ name: "m1", call: true, environment: server.environment });
    expect(checks.at(-1)).toMatchObject({ status: "warning", advice: "Write the model as m1?takes-schema=false" });
  });

  test("is not tried again where no other setting could help", async () => {
    const server = await startOddServer(({ url }) =>
      url.endsWith("/models") ? { data: [] } : refuse(402, "no credit"),
    );
    closing.push(server.close);
    const checks = await checkModel({ name: "m1", call: true, environment: server.environment });
    expect(checks.at(-1)).toMatchObject({ status: "problem", text: expect.stringContaining("no credit") });
    expect(server.asked).toHaveLength(2);
  });

  test("whose list redirects is a problem that names both addresses, and the key stays here", async () => {
    const other = await startOddServer(() => ({ data: [{ id: "m1" }] }));
    closing.push(other.close);
    const redirect = (answer: ServerResponse) =>
      void answer.writeHead(307, { location: `${other.origin}/v1/models` }).end();
    const server = await startOddServer(() => redirect);
    closing.push(server.close);
    const checks = await checkModel({ name: "m1", call: true, environment: server.environment });
    expect(textOf(checks)).toContain(`${server.origin}/v1/models redirects to ${other.origin}/v1/models`);
    expect(other.asked).toHaveLength(0);
  });
});

describe("a store", () => {
  test("that is not there yet is not made, and is a problem where it could not be", async () => {
    const file = join(folder, "new", "runs.db");
    expect(await checkStore(`file:${file}`)).toMatchObject([
      { status: "ok", text: expect.stringContaining("does not exist yet") },
    ]);
    expect(existsSync(join(folder, "new"))).toBe(false);
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "");
    expect(statuses(await checkStore(`file:${blocked}/runs.db`))).toEqual(["store problem"]);
  });

  test("opens, or tells why not", async () => {
    const url = `file:${join(folder, "runs.db")}`;
    await (await openStore(url)).close();
    expect(await checkStore(url)).toMatchObject([{ status: "ok", text: expect.stringContaining("can be opened") }]);
    const problem = async (where: string) => textOf(await look("store", () => checkStore(where)));
    expect(await problem(`file:${folder}`)).toContain("is a folder");
    expect(await problem("ftp://x")).toContain('"ftp://x" is not a store URL');
  });

  test("in memory forgets", async () => {
    expect(await checkStore("memory:")).toMatchObject([{ status: "warning" }]);
  });
});

describe("tasks", () => {
  const line = (id: string, input: string, expected?: string) => JSON.stringify({ id, input, expected });
  function write(name: string, files: Record<string, string[]>): string {
    const path = mkdtempSync(join(folder, name));
    for (const [file, lines] of Object.entries(files)) writeFileSync(join(path, `${file}.jsonl`), lines.join("\n"));
    return path;
  }
  const many = (count: number, from: string) =>
    Array.from({ length: count }, (_, index) => line(`${index}`, `${from} ${index}`, "a"));

  test("that are enough, with answers to all, are fine", async () => {
    const path = write("good", { train: many(40, "train"), val: many(40, "val"), test: many(40, "test") });
    const checks = await checkTasks(path, { verifier: createExact() });
    expect(statuses(checks)).toEqual(["tasks ok", "tasks ok"]);
    expect(checks[0]?.text).toBe("40 train, 40 validation, 0 sealed, 40 test");
  });

  test("that are few, shared between splits, or without a test split are a warning", async () => {
    const path = write("few", { train: many(40, "same"), val: many(3, "same") });
    const checks = await checkTasks(path, { verifier: createExact() });
    expect(statuses(checks)).toEqual(["tasks ok", "tasks warning", "tasks warning", "tasks warning", "tasks ok"]);
    expect(textOf(checks)).toMatch(
      /Only 3 validation tasks: one is 33.3 points[\s\S]*No test[\s\S]*3 validation tasks have exactly the input/,
    );
  });

  test("that the verifier cannot score are a problem, counted", async () => {
    const open = [line("a", "one"), line("b", "two"), line("c", "three", "x")];
    const path = write("open", { train: open, val: many(40, "val") });
    const checks = await checkTasks(path, { verifier: createExact() });
    expect(checks.at(-1)).toMatchObject({
      status: "problem",
      text: expect.stringMatching(/cannot score 2 of 43 tasks\. Task "a" has no expected value/),
    });
    expect((await checkTasks(path, {})).at(-1)).toMatchObject({ text: "2 of 43 have no expected answer" });
  });

  test("that cannot be read are a problem", async () => {
    expect(await look("tasks", () => checkTasks(join(folder, "nowhere"), {}))).toMatchObject([
      { status: "problem", text: expect.stringContaining("Task set not found") },
    ]);
  });
});
