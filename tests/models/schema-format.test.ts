import { HumanMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { withCalls } from "../../models/calls.ts";
import { createModel } from "../../models/open-model.ts";
import { askFor } from "../../models/replies/structured.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { completion, refuse, startOddServer, type OddAnswer, type OddRequest } from "../support/odd-server.ts";

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const schema = z.strictObject({ label: z.string() });
const labelled = completion({ content: '{"label":"a"}' });

const hasFormat = ({ body }: OddRequest) => "response_format" in body;
const wordsIn = ({ body }: OddRequest) => JSON.stringify(body["messages"]);

/** A model at a server, in works that share a store: each asks side by side about so many things. */
async function setUp(answer: (request: OddRequest) => OddAnswer, store = createMemoryStore()) {
  const { environment, close, asked } = await startOddServer(answer);
  closing.push(close);
  const model = await createModel("m?attempts=1&patience=0.01&price=1/1", { environment });
  const told: string[] = [];
  const { signal } = new AbortController();
  const ledger = createLedger({ store, family: "f", run: "r" });
  const ask = (question: string) =>
    askFor({ model, messages: [new HumanMessage(question)], schema, name: "label" }).catch((error: Error) => error);
  const work = (name: string, questions: string[]) =>
    withCalls({ name: () => name, ledger, signal, tell: (message) => told.push(message) }, () =>
      Promise.all(questions.map(ask)),
    );
  return { asked, told, work, store, model };
}

const refused = refuse(400, { message: "This response_format type is unavailable now", type: "invalid_request_error" });

describe.each<[string, (request: OddRequest) => OddAnswer]>([
  ["refuses it", (request) => (hasFormat(request) ? refused : labelled)],
  ["has no such field", (request) => (hasFormat(request) ? refuse(422, { message: "Extra inputs" }) : labelled)],
  ["has nobody who takes it", (request) => (hasFormat(request) ? refuse(404, { message: "No endpoints" }) : labelled)],
  ["fails of it", (request) => (hasFormat(request) ? refuse(500, { message: "grammar" }) : labelled)],
  [
    "answers it with other fields",
    (request) => (hasFormat(request) ? completion({ content: '{"name":"a"} [1]' }) : labelled),
  ],
  ["ignores it", (request) => (/JSON schema/.test(wordsIn(request)) ? labelled : completion({ content: "It is a." }))],
])("a schema for a server that %s", (_, answer) => {
  test("is put into the prompt after one call, which is told once, for all calls of the model", async () => {
    const { asked, told, work, model } = await setUp(answer);
    const { value } = await work("one", ["a", "b", "c"]);
    await work("two", ["d"]);
    expect(value).toEqual([{ label: "a" }, { label: "a" }, { label: "a" }]);
    expect(asked.map(hasFormat)).toEqual([true, false, false, false, false]);
    expect(asked.filter((each) => !hasFormat(each)).every((each) => wordsIn(each).includes("JSON schema"))).toBe(true);
    expect(told).toEqual([
      expect.stringMatching(/^The server of model m does not support JSON schemas.*takes-schema=false/),
    ]);
    expect(model.schemaRefusal()).toBeDefined();
  });

  test("is not paid for again by a process that does not know of it", async () => {
    const before = await setUp(answer);
    const first = await before.work("one", ["a", "b"]);
    const after = await setUp(answer, before.store);
    expect(await after.work("one", ["a", "b"])).toEqual(first);
    expect(after.asked).toEqual([]);
  });
});

test("a reply without JSON counts as paid for, beside the one that is used", async () => {
  const { work, asked } = await setUp((request) =>
    hasFormat(request) ? completion({ content: "It is a." }) : labelled,
  );
  const { cost, calls } = await work("one", ["a"]);
  expect([asked.length, calls, cost.inputTokens]).toEqual([2, 1, 10]);
});

test("a server that took a schema is asked so on, and a reply without JSON is shown to the model", async () => {
  const { work, asked, told } = await setUp((request) =>
    /"b"/.test(wordsIn(request)) && !wordsIn(request).includes("cannot be used")
      ? completion({ content: "b?" })
      : labelled,
  );
  await work("one", ["a"]);
  expect((await work("two", ["b"])).value).toEqual([{ label: "a" }]);
  expect(asked.map(hasFormat)).toEqual([true, true, true]);
  expect(told).toEqual([]);
});

test("one schema of several that a server refuses is put into the prompt, and the others are not", async () => {
  const { work, asked, told } = await setUp((request) =>
    hasFormat(request) && /"b"/.test(wordsIn(request)) ? refused : labelled,
  );
  await work("one", ["a"]);
  await work("two", ["b"]);
  await work("three", ["c", "b"]);
  expect(asked.map(hasFormat)).toEqual([true, true, false, true, true, false]);
  expect(told).toEqual([expect.stringContaining("does not support all JSON schemas")]);
});

test.each([401, 403, 429, 503])("HTTP %i says nothing of the schema", async (status) => {
  const { work, asked, told } = await setUp(() => refuse(status, { message: "no" }));
  await work("one", ["a"]).catch(() => undefined);
  expect(asked.filter((each) => !hasFormat(each))).toEqual([]);
  expect(told).toEqual([]);
});

test("a request that is refused for another reason is so without the schema, and its own error counts", async () => {
  const { work, asked, told } = await setUp(() => refuse(400, { message: "the prompt is odd" }));
  const { value } = await work("one", ["a"]);
  expect(value).toMatchObject([{ name: "CallError", message: expect.stringContaining("the prompt is odd") as string }]);
  expect(asked.map(hasFormat)).toEqual([true, false]);
  expect(told).toEqual([]);
});
