import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealSome, suiteOf } from "../../readers/split.ts";
import { readTasks } from "../../readers/tasks.ts";
import { TaskError } from "../../state/errors.ts";
import type { Task } from "../../state/task.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "skillgraph-tasks-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let count = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  count += 1;
  const file = join(root, `tasks-${count}.jsonl`);
  await writeFile(file, content);
  return file;
}

async function folderOf(files: Record<string, string>): Promise<string> {
  count += 1;
  const folder = join(root, `set-${count}`);
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

const taskOf = (number: number): Task => ({ id: `t${number}`, input: `question ${number}`, expected: `a${number}` });
const tasksOf = (size: number, from = 0): Task[] => Array.from({ length: size }, (_, index) => taskOf(from + index));
const linesOf = (tasks: readonly unknown[], end = "\n") => tasks.map((task) => JSON.stringify(task) + end).join("");
const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id);

function suitesOf(make: (index: number) => Task) {
  return new Set(tasksOf(60).map((_, index) => suiteOf(make(index))));
}

async function errorOf(path: string): Promise<TaskError> {
  const error: unknown = await readTasks(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TaskError) return error;
  throw new Error(`expected a TaskError, got ${String(error)}`);
}

describe("a folder of tasks", () => {
  test("is read in file order, test left empty where it is missing", async () => {
    const path = await folderOf({ "train.jsonl": linesOf(tasksOf(5)), "val.jsonl": linesOf(tasksOf(3, 10)) });
    const set = await readTasks(path);
    expect(set.train).toEqual(tasksOf(5));
    expect(set.validation).toEqual(tasksOf(3, 10));
    expect([set.sealed, set.test]).toEqual([[], []]);
    expect(set.overlap).toEqual({ validation: 0, sealed: 0, test: 0 });
  });

  test("may name its validation file in full, and hold tests", async () => {
    const files = { "train.jsonl": tasksOf(2), "validation.jsonl": tasksOf(2, 5), "test.jsonl": tasksOf(2, 8) };
    const texts = Object.entries(files).map(([name, tasks]) => [name, linesOf(tasks)]);
    expect(idsOf((await readTasks(await folderOf(Object.fromEntries(texts)))).test)).toEqual(["t8", "t9"]);
  });

  test("has 35 % of a validation file of 90 tasks sealed, and nothing of a smaller one", async () => {
    const train = linesOf(tasksOf(1));
    const large = await readTasks(await folderOf({ "train.jsonl": train, "val.jsonl": linesOf(tasksOf(2_000, 1)) }));
    expect(large.sealed.length + large.validation.length).toBe(2_000);
    expect(Math.abs(large.sealed.length / 2_000 - 0.35)).toBeLessThan(0.03);
    const small = await readTasks(await folderOf({ "train.jsonl": train, "val.jsonl": linesOf(tasksOf(89, 1)) }));
    expect(small.sealed).toEqual([]);
  });

  test("tells how many tasks ask what a train task asks", async () => {
    const again = [{ ...taskOf(1), id: "x" }, taskOf(9)];
    const files = {
      "train.jsonl": linesOf(tasksOf(3)),
      "val.jsonl": linesOf(again),
      "test.jsonl": linesOf(tasksOf(2)),
    };
    expect((await readTasks(await folderOf(files))).overlap).toEqual({ validation: 1, sealed: 0, test: 2 });
  });

  test("tells file and line of each task, blank lines counted", async () => {
    const path = await folderOf({ "train.jsonl": linesOf(tasksOf(2), "\n\n"), "val.jsonl": linesOf(tasksOf(1, 5)) });
    const { train, validation, places } = await readTasks(path);
    expect([...train, ...validation].map((task) => places.get(task))).toEqual([
      { file: join(path, "train.jsonl"), line: 1 },
      { file: join(path, "train.jsonl"), line: 3 },
      { file: join(path, "val.jsonl"), line: 1 },
    ]);
  });

  test.each([
    [
      "no validation",
      { "train.jsonl": "x", "other.txt": "" },
      /must contain train.jsonl, val.jsonl.*contains other.txt, train/,
    ],
    ["nothing", {}, /it contains nothing/],
    ["both names", { "train.jsonl": "", "val.jsonl": "", "validation.jsonl": "" }, /keep one of them/],
    ["an empty train", { "train.jsonl": "\n \n", "val.jsonl": linesOf([taskOf(1)]) }, /train.jsonl contains no tasks/],
    [
      "an empty test",
      { "train.jsonl": linesOf([taskOf(1)]), "val.jsonl": linesOf([taskOf(2)]), "test.jsonl": "" },
      /test/,
    ],
  ])("is refused with %s", async (_, files, message) => {
    const path = await folderOf(files as Record<string, string>);
    const error = await errorOf(path);
    expect(error.message).toMatch(message);
    expect(error.line).toBeUndefined();
  });
});

describe("one file of tasks", () => {
  test("is split 45 / 23 / 12 / 20 within a few per cent", async () => {
    const set = await readTasks(await fileOf(linesOf(tasksOf(2_000))));
    const shares = [set.train, set.validation, set.sealed, set.test].map(({ length }) => length / 2_000);
    [0.45, 0.23, 0.12, 0.2].forEach((share, index) =>
      expect(Math.abs((shares[index] ?? 0) - share)).toBeLessThan(0.03),
    );
  });

  test("keeps each task in its split when lines are added, removed or reordered", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.string(), (inputs, expected) => {
        const tasks = inputs.map((input, index) => ({ id: `${index}`, input }));
        const places = tasks.map(suiteOf);
        const other = tasks.map((task, index) => ({ ...task, id: `other-${index}`, expected, meta: { index } }));
        expect(other.toReversed().map(suiteOf).toReversed()).toEqual(places);
      }),
    );
  });

  test("puts equal questions into one split, and tells files apart", () => {
    expect(suitesOf((index) => ({ id: `${index}`, input: "same", expected: index })).size).toBe(1);
    expect(suitesOf((index) => ({ id: `${index}`, input: "same", files: { "a.txt": `${index}` } })).size).toBe(4);
  });

  test("has a split that is no matter of chance or platform", () => {
    // As computed with hashlib in Python.
    expect(tasksOf(8).map(suiteOf)).toMatchInlineSnapshot(`
      [
        "validation",
        "validation",
        "train",
        "train",
        "test",
        "validation",
        "train",
        "test",
      ]
    `);
  });

  test("seals by a hash of its own, so a validation split can be sealed again", () => {
    const validation = tasksOf(2_000).filter((task) => suiteOf(task) === "validation");
    const { sealed } = sealSome(validation);
    expect(Math.abs(sealed.length / validation.length - 0.35)).toBeLessThan(0.08);
  });

  test("is refused when no task falls into validation", async () => {
    const path = await fileOf(linesOf(tasksOf(40).filter((task) => suiteOf(task) === "train")));
    expect((await errorOf(path)).message).toMatch(/tasks falls into validation; add tasks, or give a folder/);
  });

  test("tolerates a byte order mark, CRLF, blank lines and a missing final newline", async () => {
    const lines = linesOf(tasksOf(30), "\r\n\r\n");
    const { places, ...plain } = await readTasks(await fileOf(linesOf(tasksOf(30))));
    expect(places.size).toBe(30);
    expect(await readTasks(await fileOf(`\uFEFF${lines.trimEnd()}`))).toMatchObject(plain);
  });

  test("keeps line separators, NUL and lone surrogates inside texts as they are", async () => {
    const odd = ["a\u2028b", "nul \0 byte", "half \ud800", "half \udfff"];
    const tasks = [...tasksOf(30), ...odd.map((input, index) => ({ id: `odd${index}`, input, expected: input }))];
    const raw = linesOf(tasks).replaceAll("\\u2028", "\u2028");
    const { train, validation, sealed, test: rest } = await readTasks(await fileOf(raw));
    const all = [...train, ...validation, ...sealed, ...rest];
    expect(
      all
        .filter(({ id }) => id.startsWith("odd"))
        .map(({ input }) => input)
        .toSorted(),
    ).toEqual(odd.toSorted());
  });

  test("of 50,000 lines is streamed in seconds", async () => {
    const path = await fileOf(linesOf(tasksOf(50_000)));
    const started = performance.now();
    const { train } = await readTasks(path);
    expect(train.length).toBeGreaterThan(20_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("a line", () => {
  const good = JSON.stringify(taskOf(0));

  test.each([
    ["broken JSON", '{"id": "1", ', /not valid JSON .*expected one task per line/],
    ["a JSON array", "[", /not valid JSON/],
    ["a whole array", '[{"id": "1", "input": "x"}]', /a JSON array; expected one task per line/],
    ["a number", "12", /not a JSON object/],
    ["a missing id", '{"input": "x"}', /"id" is missing; expected a task such as/],
    ["a missing input", '{"id": "1"}', /"input" is missing/],
    ["an empty id", '{"id": "", "input": "x"}', /"id" is empty/],
    ["an id that is a list", '{"id": [1], "input": "x"}', /"id" cannot be used .*expected string, received array/],
    ["a key given twice", '{"id": "1", "input": "x", "input": "y"}', /duplicate key "input"/],
    ["a key given twice further in", '{"id": "1", "input": "x", "meta": {"a": 1, "a": 2}}', /duplicate key "a"/],
    ["a comma after it", '{"id": "1", "input": "x"},', /trailing comma after the task/],
    ["a comma before the end", '{"id": "1", "input": "x",}', /trailing comma before a closing bracket/],
    ["a task over several lines", '{"id": "1",\n"input": "x"}', /spans several lines; write each task on one line/],
    [
      "lines that line ends are CR only",
      '{"id": "1", "input": "x"}\r{"id": "2", "input": "x"}',
      /line ends are CR only/,
    ],
    ["UTF-16 without a mark", [...'{"id": "1"}'].join("\0"), /NUL characters/],
    ["an input that is an object", '{"id": "1", "input": {}}', /"input" cannot be used/],
    ["files that are no texts", '{"id": "1", "input": "x", "files": {"a.txt": 1}}', /"files.a.txt" cannot be used/],
    ["an unknown key", '{"id": "1", "input": "x", "answer": "y"}', /unknown key "answer"; known keys are id, input/],
    ["a __proto__ key", '{"id": "1", "input": "x", "__proto__": {"a": 1}}', /"__proto__"/],
    ["a hidden one", '{"id": "1", "input": "x", "meta": {"\\u005f_proto__": 1}}', /"__proto__"/],
    ["a file path that leaves", '{"id": "1", "input": "x", "files": {"../a": "b"}}', /files stay inside/],
    ["an id that does not print", '{"id": "a\\u0000", "input": "x"}', /unprintable/],
    ["an id of half a character", '{"id": "a\\ud800", "input": "x"}', /unprintable/],
    [
      "endless nesting",
      `{"id": "1", "input": "x", "meta": {"a": ${"[".repeat(60_000)}${"]".repeat(60_000)}}}`,
      /nested/,
    ],
  ])("with %s is named by file and number", async (_, line, message) => {
    const path = await fileOf(`${good}\n\n${line}\n`);
    const error = await errorOf(path);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`${path}, line 3: `);
    expect([error.file, error.line]).toEqual([path, 3]);
  });

  test("keeps numbers of expected and meta that a double would change as they are written, and takes ids that are numbers", async () => {
    const big = "12345678901234567890";
    const rest = `"input": "x", "expected": {"a": [${big}, 0.10, "${big}"]}, "meta": {"n": ${big}}`;
    const path = await folderOf({
      "train.jsonl": `{"id": ${big}, ${rest}}\n{"id": 7, "input": "x"}\n`,
      "val.jsonl": `{"id": "1", "input": "y", "expected": ${big}}`,
    });
    const { train, validation } = await readTasks(path);
    expect(train[0]).toEqual({ id: big, input: "x", expected: { a: [big, 0.1, big] }, meta: { n: big } });
    expect([train[1]?.id, validation[0]?.expected]).toEqual(["7", big]);
  });

  test("of 20 MB is read, and one that is no JSON is named at once", async () => {
    const long = "x".repeat(20 * 2 ** 20);
    const path = await folderOf({ "train.jsonl": linesOf([{ id: "1", input: long }]), "val.jsonl": good });
    expect((await readTasks(path)).train[0]?.input.length).toBe(long.length);
    expect((await errorOf(await fileOf(`{"id": "1", "input": "${long}\n`))).message).toMatch(/line 1: not valid JSON/);
  });

  test("with an id used before names both lines", async () => {
    const error = await errorOf(await fileOf(`${good}\n${JSON.stringify(taskOf(1))}\n${good}\n`));
    expect(error.message).toMatch(/line 3: duplicate id "t0", first used in line 1/);
    const number = await errorOf(await fileOf('{"id": 1, "input": "x"}\n{"id": "1", "input": "y"}\n'));
    expect(number.message).toMatch(/line 2: duplicate id "1", first used in line 1/);
  });

  test("that is not UTF-8 is named, also in a UTF-16 file", async () => {
    const latin = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from('{"id": "ä"}', "latin1")]);
    expect(await errorOf(await fileOf(latin))).toMatchObject({ line: 2 });
    expect((await errorOf(await fileOf(Buffer.from(`\uFEFF${good}`, "utf16le")))).message).toMatch(/not UTF-8/);
  });
});

test("a missing path and an empty file are refused with what to give", async () => {
  expect((await errorOf(join(root, "none.jsonl"))).message).toMatch(/Task set not found at .*give a JSONL file/);
  expect((await errorOf(await fileOf(""))).message).toMatch(/contains no tasks/);
});

const data = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const noticed = existsSync(data) ? "" : " (skipped: there is no ../shared/data beside the repository)";
describe.skipIf(!existsSync(data))(`the development sets${noticed}`, () => {
  test.each([
    ["banking10", 1_000, 300, 400],
    ["sms_spam", 1_200, 400, 800],
    ["ua_brand", 1_500, 400, 800],
    ["price_amount", 400, 130, 250],
    ["address_field", 1_200, 400, 700],
    ["snips_slots", 1_000, 300, 280],
    ["bbh_word_sorting", 100, 50, 100],
    ["bbh_object_counting", 100, 50, 100],
    ["gsm8k_small", 200, 100, 200],
  ])("%s is read whole", async (name, train, validation, tests) => {
    const set = await readTasks(join(data, name));
    expect(set.train.length).toBe(train);
    expect(set.validation.length + set.sealed.length).toBe(validation);
    expect(set.test.length).toBe(tests);
  });
});
