import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { verifierNamed } from "../../cli/parts/parts.ts";
import { runCommandLine } from "../../cli/program.ts";
import { itemsOf } from "../../cli/parts/rubric.ts";
import { noCost } from "../../state/task.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-verifiers-"));
const [tasks, rubric, list] = [join(folder, "tasks"), join(folder, "rubric.md"), join(folder, "list.md")];
const store = ["--store", `file:${join(folder, "runs.db")}`];

/** A server whose model grades every answer with 8 of 10 and finds every item met. */
const requests: string[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (text) => (body += String(text)));
  request.on("end", () => {
    requests.push(body);
    const decision = { reason: "Fine.", isMet: true };
    const content = JSON.stringify(body.includes("checklist") ? { item1: decision } : { reason: "Kind.", grade: 8 });
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
    const completion = { id: "1", object: "chat.completion", created: 0, model: "m1", choices, usage };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(completion));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const path of [tasks, join(folder, "kind")]) mkdirSync(path);
  const line = (split: string) => (_: unknown, index: number) =>
    JSON.stringify({ id: `${index}`, input: `${split} ${index}` });
  for (const split of ["train", "val", "test"])
    writeFileSync(join(tasks, `${split}.jsonl`), Array.from({ length: 4 }, line(split)).join("\n"));
  writeFileSync(rubric, "# What counts\n\nBe kind.\n");
  writeFileSync(list, "# Items\n\n- says hello\n");
  writeFileSync(
    join(folder, "kind", "SKILL.md"),
    "---\nname: kind\ndescription: x\n---\n\n## Rules\n\n- Otherwise, answer `hello`.\n",
  );
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const written = keepWritten();
beforeEach(() => {
  requests.length = 0;
  vi.stubEnv("OPENAI_BASE_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  vi.stubEnv("OPENAI_API_KEY", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const evaluate = (...words: string[]) =>
  runCommandLine([
    "evaluate",
    "--skill",
    join(folder, "kind", "SKILL.md"),
    "--tasks",
    tasks,
    ...store,
    ...words,
    "--json",
  ]);

describe("on the command line", () => {
  test("a judge grades tasks without expected answers by a rubric, and is asked once for each", async () => {
    const words = ["--verifier", "judge:m1", "--rubric", rubric];
    expect(await evaluate(...words)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 0.8, tasks: 4, missing: 0 });
    expect(requests).toHaveLength(4);
    expect(requests[0]).toContain("Be kind.");
    await evaluate(...words);
    expect(requests).toHaveLength(4);
  });

  test("a checklist has the items of its file", async () => {
    expect(await evaluate("--verifier", "checklist:m1", "--rubric", list)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 1, missing: 0 });
    expect(requests[0]).toContain("item1: says hello");
  });

  test("a run that is judged by a rubric resumes without its file", async () => {
    const gone = join(folder, "gone.md");
    writeFileSync(gone, "Be kind.\n");
    const run = ["--run", "judged", ...store, "--out", join(folder, "out"), "--json"];
    const parts = ["--analyst", "random", "--verifier", "judge:m1", "--rubric", gone];
    const small = ["--generations", "1", "--set", "batch=2", "--set", "wave=2"];
    expect(await runCommandLine(["optimize", "--tasks", tasks, ...parts, ...small, ...run])).toBe(0);
    rmSync(gone);
    const asked = requests.length;
    expect(await runCommandLine(["resume", "judged", ...run.slice(2)])).toBe(0);
    expect(requests).toHaveLength(asked);
  });

  test("a command checks answers", async () => {
    const script = join(folder, "check.sh");
    writeFileSync(script, `grep -q '"text":"hello"'\n`);
    expect(await evaluate("--verifier", `command:/bin/sh ${script}`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 1, missing: 0 });
  });

  test("a command is split as a shell does, quotes included", async () => {
    expect(await evaluate("--verifier", `command:/bin/sh -c 'grep -q "hello"'`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 1, missing: 0 });
  });

  test("what does not fit is refused before anything is paid for", async () => {
    expect(await evaluate("--verifier", "judge:m1")).toBe(2);
    expect(written.stderr).toContain("the judge needs a rubric. Give one");
    expect(await evaluate("--verifier", "exact", "--rubric", rubric)).toBe(2);
    expect(written.stderr).toContain("does not use a rubric");
    expect(await evaluate("--verifier", "judge:m1", "--rubric", join(folder, "none.md"))).toBe(2);
    expect(written.stderr).toContain("cannot be read");
    expect(await evaluate("--verifier", "command:")).toBe(2);
    expect(written.stderr).toContain("cannot run");
    expect(await evaluate("--verifier", "judge:")).toBe(2);
    expect(requests).toEqual([]);
  });
});

describe("a module of one's own", () => {
  const good = `import { createInsensitive, CallError, type Verifier } from "skillgraph";
    enum Value { Wrong, Right }
    export async function createVerifier(): Promise<Verifier> {
      const own = createInsensitive();
      return {
        fingerprint: "mine@1",
        score: async (answer, task) => {
          if (task.id === "3") throw new CallError("the service is down");
          const { value, feedback } = await own.score(answer, { ...task, expected: "HELLO" });
          return { value: value === 1 ? Value.Right : Value.Wrong, objectives: {}, feedback };
        },
      };
    }`;
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return ["--verifier", `module:${join(folder, name)}`];
  };

  test("scores, in TypeScript with types and enums, and may find that nothing can be said", async () => {
    expect(await evaluate(...write("mine.ts", good))).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({
      score: 1,
      missing: 1,
      failures: [{ task: "3", feedback: "missing: not judged: the service is down" }],
    });
  });

  test("is known by its contents", async () => {
    const fingerprint = async (text: string) => (await verifierNamed(write("known.ts", text)[1] ?? "")).fingerprint;
    const first = await fingerprint(good);
    expect(first).toMatch(/^module@1:known\.ts:[0-9a-f]{16}:mine@1$/);
    expect(await fingerprint(good)).toBe(first);
    expect(await fingerprint(`${good}// other`)).not.toBe(first);
  });

  test.each([
    ["plain.js", 'export const verifier = { fingerprint: "a@1", score: () => 1, check: (task) => task };'],
    ["default.mjs", 'export default { fingerprint: "a@1", score: () => 1, expects: "pattern" };'],
    [
      "class.ts",
      'class Own { fingerprint = "a@1"; #n = 1; score() { return this.#n; } } export default () => new Own();',
    ],
  ])("may be %s", async (name, text) => {
    const verifier = await verifierNamed(write(name, text)[1] ?? "");
    expect(verifier.fingerprint).toContain(":a@1");
    expect(verifier.score({ text: "", used: [], trace: [], cost: noCost }, { id: "1", input: "" })).toBe(1);
    expect([verifier.check === undefined, verifier.expects]).toEqual([
      !text.includes("check"),
      text.includes("pattern") ? "pattern" : undefined,
    ]);
  });

  test.each([
    ["none.ts", "export const x = 1;", "has no verifier. Export `verifier`"],
    [
      "half.ts",
      "export const verifier = { score: 1 };",
      "lacks `fingerprint`, a string and `score(answer, task)`, a function",
    ],
    ["broken.ts", "export const verifier = {;", "cannot be loaded: ParseError"],
    ["throws.ts", 'throw new Error("no luck");', "cannot be loaded: no luck"],
  ])("that is %s is refused with what it must be", async (name, text, message) => {
    expect(await evaluate(...write(name, text))).toBe(2);
    expect(written.stderr).toContain(message);
  });

  test("that is not there is refused", async () => {
    expect(await evaluate("--verifier", `module:${join(folder, "gone.ts")}`)).toBe(2);
    expect(written.stderr).toContain("cannot be read");
    expect(await evaluate("--verifier", "module:")).toBe(2);
    expect(written.stderr).toContain("The path after");
  });
});

describe("what compares with expected", () => {
  test.each([
    ["one-of", "one-of@2:exact@1"],
    ["one-of:numeric:0.1", "one-of@2:numeric@2:0.1"],
    ["multi-tolerance", "multi-tolerance@1"],
    ["one-of:multi-tolerance", "one-of@2:multi-tolerance@1"],
    ["one-of:regex", "one-of@2:regex@2"],
    ["mix:insensitive", "mix@1:insensitive@1"],
    ["regex", "regex@2"],
    ["regex:^a:b$", "regex@2:^a:b$"],
    ["json", "json@2:0"],
    ["json:0.01", "json@2:0.01"],
    ["f1", "f1@1"],
    ["consistency", "consistency@1:0.5:f1@1"],
    ["consistency:exact", "consistency@1:0.5:exact@1"],
  ])("%s is known by its name", async (name, fingerprint) => {
    expect((await verifierNamed(name)).fingerprint).toBe(fingerprint);
  });

  test.each([
    "one-of:judge:m1",
    "one-of:one-of",
    "mix:mix",
    "consistency:judge:m1",
    "consistency:consistency",
    "one-of:module:x",
    "regex:",
    "regex:(",
    "json:2",
    "f1:2",
  ])("%s is refused", async (name) => {
    expect(await evaluate("--verifier", name)).toBe(2);
  });
});

test("an analyst that learns from expected answers is refused where there are none, before anything is paid for", async () => {
  const run = ["--run", "vain", ...store, "--out", join(folder, "vain"), "--verifier", "judge:m1", "--rubric", rubric];
  expect(await runCommandLine(["optimize", "--tasks", tasks, ...run])).toBe(2);
  expect(written.stderr).toMatch(
    /learns from expected answers, and none of the 4 train tasks has an expected.*--analyst MODEL/,
  );
  expect(requests).toEqual([]);
});

test("optimize warns of held-out tasks that ask nearly what a train task asks", async () => {
  const path = join(folder, "near");
  mkdirSync(path);
  const line = (id: string, input: string) => `${JSON.stringify({ id, input, expected: "hello" })}\n`;
  writeFileSync(join(path, "train.jsonl"), line("a", "Where is the parcel that I ordered last week?"));
  writeFileSync(join(path, "val.jsonl"), line("b", "where is the parcel that I ordered last week"));
  const run = ["--generations", "1", ...store, "--out", join(folder, "near-out"), "--json"];
  expect(await runCommandLine(["optimize", "--tasks", path, ...run])).toBe(0);
  expect(written.stderr).toContain(
    'warning: 1 validation tasks are near-duplicates of a train task, such as "b" (val.jsonl, line 1) and "a" (train.jsonl, line 1)\n',
  );
});

test("items of a checklist are lines, without the marks of a list and headings", () => {
  expect(itemsOf("# Items\n\n- one\n* two\n3. three\r\nfour: #4\n")).toEqual(["one", "two", "three", "four: #4"]);
});
