import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { itemsOf } from "../../cli/rubric.ts";

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

let stdout = "";
let stderr = "";
beforeEach(() => {
  [stdout, stderr, requests.length] = ["", "", 0];
  vi.stubEnv("OPENAI_BASE_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  vi.stubEnv("OPENAI_API_KEY", "");
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
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
    expect(JSON.parse(stdout)).toMatchObject({ score: 0.8, tasks: 4, missing: 0 });
    expect(requests).toHaveLength(4);
    expect(requests[0]).toContain("Be kind.");
    await evaluate(...words);
    expect(requests).toHaveLength(4);
  });

  test("a checklist has the items of its file", async () => {
    expect(await evaluate("--verifier", "checklist:m1", "--rubric", list)).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ score: 1, missing: 0 });
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
    expect(JSON.parse(stdout)).toMatchObject({ score: 1, missing: 0 });
  });

  test("a command is split as a shell does, quotes included", async () => {
    expect(await evaluate("--verifier", `command:/bin/sh -c 'grep -q "hello"'`)).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ score: 1, missing: 0 });
  });

  test("what does not fit is refused before anything is paid for", async () => {
    expect(await evaluate("--verifier", "judge:m1")).toBe(2);
    expect(stderr).toContain("the judge needs a rubric to grade by");
    expect(await evaluate("--verifier", "exact", "--rubric", rubric)).toBe(2);
    expect(stderr).toContain("takes no rubric");
    expect(await evaluate("--verifier", "judge:m1", "--rubric", join(folder, "none.md"))).toBe(2);
    expect(stderr).toContain("cannot be read");
    expect(await evaluate("--verifier", "command:")).toBe(2);
    expect(stderr).toContain("cannot run");
    expect(await evaluate("--verifier", "judge:")).toBe(2);
    expect(requests).toEqual([]);
  });
});

test("items of a checklist are lines, without the marks of a list and headings", () => {
  expect(itemsOf("# Items\n\n- one\n* two\n3. three\r\nfour: #4\n")).toEqual(["one", "two", "three", "four: #4"]);
});
