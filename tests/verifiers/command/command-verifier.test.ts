import child from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { CallError, SettingsError } from "../../../state/errors.ts";
import type { Answer, Score, Task } from "../../../state/task.ts";
import { withCalls } from "../../../models/calls.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createCommandVerifier, type CommandVerifierNeeds } from "../../../verifiers/command/command-verifier.ts";
import { bubblewrapProblem } from "../../../verifiers/command/sandbox.ts";
import { answerOf, openRoom, tasksOf } from "../../support/nodes.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const problem = bubblewrapProblem();
if (problem !== undefined) {
  if (process.env["CI"] === "true" && problem.includes("not installed"))
    throw new Error(`Where CI=true bubblewrap must be installed. ${problem}`);
  console.warn(`SKIPPED: the tests of the sandbox. ${problem}`);
}
const kinds = [...(problem === undefined ? (["bubblewrap"] as const) : []), "none" as const];

const isLinux = process.platform === "linux";

/** A duration no other process sleeps for. */
const secondsOf = (name: string) => `${process.pid}${name.length}`.padStart(8, "8");

/** For how long the processes of this machine sleep that do. */
function sleepers(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.flatMap((id) => {
    try {
      const [program, seconds] = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
      return program === "sleep" && seconds !== undefined ? [seconds] : [];
    } catch {
      // It has ended.
      return [];
    }
  });
}

const task: Task = { id: "t", input: "q", expected: "yes", meta: { level: 3 } };

async function scoreOf(needs: Partial<CommandVerifierNeeds>, answer: Answer = answerOf("yes"), signal?: AbortSignal) {
  const verifier = createCommandVerifier({ command: [], sandbox: "none", folder, ...needs });
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const work = { name: () => "judged", ledger, signal: signal ?? new AbortController().signal };
  return (await withCalls(work, () => verifier.score(answer, task))).value;
}

const node = (script: string) => [process.execPath, "-e", script];
const shell = (script: string) => ["/bin/sh", "-c", script];
const says = (value: Partial<Score>) => shell(`cat >/dev/null; echo '${JSON.stringify(value)}'`);

describe.each(kinds)("a command in sandbox %s", (sandbox) => {
  const score = (command: string[], needs: Partial<CommandVerifierNeeds> = {}) =>
    scoreOf({ command, sandbox, ...needs });

  test("reads the whole task and answer and prints its score", async () => {
    const check = `
      const { task, answer } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const feedback = [task.expected, task.meta.level, answer.text].join("/");
      console.log(JSON.stringify({ value: 0.25, feedback, objectives: { brevity: 0.5 } }));`;
    expect(await score(node(check))).toEqual({ value: 0.25, feedback: "yes/3/yes", objectives: { brevity: 0.5 } });
  });

  test("scores with its exit code where it prints nothing", async () => {
    expect(await score(shell("exit 0"))).toMatchObject({ value: 1 });
    expect(await score(shell("echo note >&2"))).toMatchObject({ value: 1 });
    expect(await score(shell("exit 1"))).toMatchObject({ value: 0 });
  });

  test.each([
    ["falls over", "echo Traceback >&2; exit 1", /exit code 1.*Traceback/],
    ["ends with another code", "exit 3", /exit code 3/],
    ["prints a score and then falls over", `echo '{"value":1}'; exit 1`, /after it had printed/],
    ["prints no JSON", "echo fine", /printed "fine"; expected one JSON object/],
    ["prints more than JSON", `echo starting; echo '{"value":1}'`, /nothing else on stdout/],
    ["prints a value out of range", `echo '{"value":2}'`, /value in 0\.\.1/],
    ["prints no value", `echo '{"feedback":"x"}'`, /value in 0\.\.1/],
    ["is killed", "kill -9 $$", /SIGKILL|exit code 137/],
  ])("that %s gives no score", async (_, script, message) => {
    const failed = score(shell(script));
    await expect(failed).rejects.toThrow(CallError);
    await expect(failed).rejects.toThrow(message);
  });

  test.runIf(isLinux)("is ended after its time, with what it started", async () => {
    const seconds = secondsOf(sandbox);
    const late = score(shell(`sleep ${seconds} & sleep ${seconds}`), { timeoutSeconds: 1 });
    await expect(late).rejects.toThrow("timed out after 1 seconds");
    await vi.waitUntil(() => !sleepers().includes(seconds), { timeout: 20_000 });
  });

  test("is ended when it prints without end", async () => {
    await expect(score(shell("yes"))).rejects.toThrow("printed more than 1048576 bytes");
  });

  test.runIf(isLinux)("gets no more memory than the limit", async () => {
    const greedy = shell("head -c 40000000 /dev/zero | tail -n 1 > /dev/null");
    await expect(score(greedy, { memoryMegabytes: 20 })).rejects.toThrow(CallError);
    expect(await score(greedy, { memoryMegabytes: 2000 })).toMatchObject({ value: 1 });
  });

  test("has no variable of this process but PATH", async () => {
    vi.stubEnv("OPENAI_API_KEY", "canary-key");
    const names = shell(`echo "{\\"value\\":1,\\"feedback\\":\\"$(env | cut -d= -f1 | sort | tr '\\n' ' ')\\"}"`);
    // A shell sets some of its own.
    const given = (await score(names)).feedback.split(" ").filter((name) => !["", "PWD", "SHLVL", "_"].includes(name));
    expect(given).toEqual(["PATH"]);
  });

  test("that does not read what it is given is no error", async () => {
    const long = answerOf("x".repeat(5_000_000));
    expect(await scoreOf({ command: shell("exit 0"), sandbox }, long)).toMatchObject({ value: 1 });
  });
});

describe.runIf(problem === undefined)("bubblewrap", () => {
  const score = (command: string[], needs: Partial<CommandVerifierNeeds> = {}) =>
    scoreOf({ command, sandbox: "bubblewrap", ...needs });
  const feedback = async (script: string) =>
    (
      await score(
        node(
          `(async () => { ${script} })().then((x) => console.log(JSON.stringify({ value: 1, feedback: String(x) })))`,
        ),
      )
    ).feedback;

  let port = 0;
  const server = createServer((_, response) => response.end("reached"));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  test("keeps the network from the check; without it the check has it", async () => {
    const fetching = `return fetch("http://127.0.0.1:${port}").then((r) => r.text(), () => "no network")`;
    expect(await feedback(fetching)).toBe("no network");
    const open = node(
      `(async () => { ${fetching} })().then((x) => console.log(JSON.stringify({ value: 1, feedback: x })))`,
    );
    expect(await scoreOf({ command: open, sandbox: "none" })).toMatchObject({ feedback: "reached" });
  });

  test("lets the check write in a private /tmp and nowhere else", async () => {
    const name = `skillgraph-probe-${process.pid}`;
    expect(await score(shell(`exec 2>/dev/null; echo > /tmp/${name}`))).toMatchObject({ value: 1 });
    expect(existsSync(`/tmp/${name}`)).toBe(false);
    for (const place of [folder, process.cwd(), "/run"]) {
      await score(shell(`exec 2>/dev/null; (echo > ${place}/${name}); exit 0`));
      expect(existsSync(join(place, name))).toBe(false);
    }
  });

  test("shows the folder and the files of the command, but no .env and no other process", async () => {
    const hidden = mkdtempSync(join(tmpdir(), "skillgraph-env-"));
    writeFileSync(join(hidden, ".env"), "OPENAI_API_KEY=canary-key\n");
    writeFileSync(join(hidden, "words.txt"), "seen");
    const check = shell("cat words.txt .env > /tmp/all 2>&1; grep -q seen /tmp/all && ! grep -q canary /tmp/all");
    expect(await score(check, { folder: hidden })).toMatchObject({ value: 1 });
    expect(await score(shell(`! test -d /proc/${process.pid}`))).toMatchObject({ value: 1 });
    rmSync(hidden, { recursive: true });
  });

  test.each(["setsid", "setsid env -i", "env -i setsid"])("ends what the check leaves behind: %s", async (escape) => {
    const seconds = secondsOf(`left${escape}`);
    await score(shell(`${escape} /bin/sh -c 'sleep ${seconds} & exit 0' >/dev/null 2>&1 & sleep 0.1`));
    // The kernel ends what is left of the sandbox a moment after bubblewrap has told the exit code.
    await vi.waitUntil(() => !sleepers().includes(seconds), { timeout: 20_000 });
  });
});

test("a machine that can start nothing now is not taken for one without a sandbox", () => {
  const spawned = vi.spyOn(child, "spawnSync").mockReturnValue({
    error: Object.assign(new Error("spawnSync /bin/sh EAGAIN"), { code: "EAGAIN" }),
    status: null,
    stderr: "",
  } as never);
  syncBuiltinESMExports();
  try {
    expect(() => createCommandVerifier({ command: shell("exit 0"), folder })).toThrow(
      /could not try the sandbox .* \(EAGAIN\)/,
    );
  } finally {
    spawned.mockRestore();
    syncBuiltinESMExports();
  }
});

describe("where bubblewrap cannot be used", () => {
  const bin = join(folder, "bin");
  const broken = 'echo "bwrap: No permissions to create a new namespace" >&2; exit 1';
  beforeAll(() => {
    mkdirSync(bin);
    writeFileSync(join(bin, "bwrap"), `#!/bin/sh\n${broken}\n`);
    chmodSync(join(bin, "bwrap"), 0o755);
  });

  test.each([
    ["is missing", () => join(folder, "nowhere"), "not installed"],
    ["is refused", () => bin, "No permissions to create a new namespace"],
  ])("as it %s, the command runs all the same, and a warning says once what that means", async (_, path, reason) => {
    vi.stubEnv("PATH", path());
    const warnings: string[] = [];
    const verifier = createCommandVerifier({
      command: ["/bin/sh", "-c", "exit 0"],
      onWarning: (text) => warnings.push(text),
    });
    const { executor, start, suites } = await openRoom({ train: tasksOf("train", ["a", "b"]), verifier });
    const request = { program: start, suite: "train" as const, tasks: suites.train, indices: [0, 1], samples: 1 };
    const { rows } = await executor.roll(request, {});
    expect(rows.map(({ score }) => score?.value)).toEqual([1, 1]);
    expect(warnings).toEqual([expect.stringContaining(reason)]);
    expect(warnings[0]).toContain("can reach the network");
  });

  test("a verifier that must have it is refused", () => {
    vi.stubEnv("PATH", bin);
    const make = () => createCommandVerifier({ command: ["/bin/sh"], sandbox: "bubblewrap" });
    expect(make).toThrow(SettingsError);
    expect(make).toThrow('is set to sandbox: "bubblewrap"');
  });
});

describe("the command verifier", () => {
  test("pays for a check once, and a check that failed stays missing in its run", async () => {
    const counted = join(folder, "counted");
    const count = (end: string) => shell(`echo x >> ${counted}; ${end}`);
    const calls = () => readFileSync(counted, "utf8").length / 2;
    const place = { store: createMemoryStore(), family: "f" };
    const judge = async (run: string, command: string[]) => {
      const work = {
        name: () => "judged",
        ledger: createLedger({ ...place, run }),
        signal: new AbortController().signal,
      };
      const verifier = createCommandVerifier({ command, sandbox: "none" });
      return (await withCalls(work, () => verifier.score(answerOf("yes"), task))).value;
    };
    expect(await judge("r", count("exit 0"))).toEqual(await judge("r", count("exit 0")));
    expect(calls()).toBe(1);
    await expect(judge("r", count("exit 7"))).rejects.toThrow("exit code 7");
    await expect(judge("r", count("exit 7"))).rejects.toThrow("exit code 7");
    expect(calls()).toBe(2);
    await expect(judge("other", count("exit 7"))).rejects.toThrow(CallError);
    expect(calls()).toBe(3);
  });

  test("makes a rollout missing where the check fails, and keeps the others", async () => {
    const check = `grep -q '"input":"b"' && { echo "no such table" >&2; exit 1; }; echo '{"value":0.5}'`;
    const verifier = createCommandVerifier({ command: shell(check), sandbox: "none" });
    const { executor, start, suites } = await openRoom({ train: tasksOf("train", ["a", "b", "c"]), verifier });
    const request = { program: start, suite: "train" as const, tasks: suites.train, indices: [0, 1, 2], samples: 1 };
    const { rows } = await executor.roll(request, {});
    expect(rows.map(({ status, score }) => [status, score?.value])).toEqual([
      ["answered", 0.5],
      ["missing", undefined],
      ["answered", 0.5],
    ]);
    expect(rows[1]?.reason).toMatch(/^not judged: the check ended with exit code 1/);
  });

  test("ends with the work around it, which is no failed attempt", async () => {
    const controller = new AbortController();
    const started = join(folder, "started");
    const running = scoreOf({ command: shell(`touch ${started}; sleep 60`) }, answerOf(""), controller.signal);
    await vi.waitUntil(() => existsSync(started), { timeout: 20_000 });
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });

  test("names the command, its limits and what is in its files", () => {
    const script = join(folder, "check.sh");
    const fingerprint = (needs: Partial<CommandVerifierNeeds> = {}) =>
      createCommandVerifier({ command: ["/bin/sh", "check.sh"], folder, sandbox: "none", ...needs }).fingerprint;
    writeFileSync(script, "exit 0\n");
    const before = fingerprint();
    expect(before).toMatch(/^command@1:\/bin\/sh check\.sh:[0-9a-f]{16}$/);
    expect(fingerprint()).toBe(before);
    expect(fingerprint({ timeoutSeconds: 5 })).not.toBe(before);
    writeFileSync(script, "exit 1\n");
    expect(fingerprint()).not.toBe(before);
  });

  test("refuses a command that is not there and limits out of range", () => {
    const make = (needs: Partial<CommandVerifierNeeds>) =>
      createCommandVerifier({ command: ["/bin/sh"], sandbox: "none", ...needs });
    expect(() => make({ command: ["no-such-program"] })).toThrow('cannot run "no-such-program"');
    expect(() => make({ command: [] })).toThrow(SettingsError);
    expect(() => make({ timeoutSeconds: 0 })).toThrow("timeoutSeconds of the command verifier is 0");
    expect(() => make({ memoryMegabytes: 1.5 })).toThrow("integer of at least 1");
  });

  test("takes tasks without an expected value", async () => {
    const { id, input } = task;
    const verifier = createCommandVerifier({ command: says({ value: 1 }), sandbox: "none" });
    expect(() => verifier.check?.({ id, input })).not.toThrow();
  });
});
