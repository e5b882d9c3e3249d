import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCommandAgent, type CommandAgentOptions } from "../../../agents/command/command-agent.ts";
import { createSkillFolder } from "../../../skills/folder.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { HostError, PartError, ProviderError } from "../../../state/errors.ts";
import { noCost, type Answer, type Question } from "../../../state/task.ts";
import { aside, fakeCommand } from "./fake-command.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const house = minimalSkill("house", "Sorts messages about a house.");
const skill = createSkillFolder("house", { ...house.files, "scripts/sort.sh": bytes("#!/bin/sh\n") });
const question: Question = { id: "1", input: "the lamp is broken" };

/** Made of pieces, so that it stands nowhere but in the environment of this process. */
const canary = ["canary", "of", "the", "tests"].join("-");

type Given = Partial<CommandAgentOptions> & { question?: Question; signal?: AbortSignal };

function ask(body: string, { question: asked = question, signal, ...options }: Given = {}): Promise<Answer> {
  const agent = createCommandAgent({ fingerprint: "fake@1", command: fakeCommand(body), ...options });
  return agent.answer(asked, [skill], { sample: 0, signal: signal ?? new AbortController().signal });
}

/** What the body says of itself as JSON. */
async function report(body: string, options: Given = {}): Promise<Record<string, unknown>> {
  const { text } = await ask(`const tell = (value) => console.log(JSON.stringify(value)); ${body}`, options);
  return JSON.parse(text) as Record<string, unknown>;
}

const workspaces = () => readdirSync(tmpdir()).filter((name) => name.startsWith("skillgraph-rollout-"));

/** Workspaces of the tests have a place of their own, where no other process makes any. */
beforeEach(() => {
  mkdirSync(join(aside, "tmp"), { recursive: true });
  vi.stubEnv("TMPDIR", join(aside, "tmp"));
});
afterEach(() => vi.unstubAllEnvs());

describe("the workspace", () => {
  test("holds the skills in both folders and the files of the question, and is gone afterwards", async () => {
    const told = await report(
      `const fs = require("node:fs");
       const files = fs.readdirSync(".", { recursive: true }).filter((path) => fs.statSync(path).isFile()).toSorted();
       tell({ files, mode: fs.statSync(".agents/skills/house/scripts/sort.sh").mode & 0o111, root: process.cwd().slice(0, -5),
              text: fs.readFileSync("notes/today.txt", "utf8") })`,
      { question: { ...question, files: { "notes/today.txt": "rain" } } },
    );
    expect(told).toMatchObject({
      files: [
        ".agents/skills/house/SKILL.md",
        ".agents/skills/house/scripts/sort.sh",
        ".claude/skills/house/SKILL.md",
        ".claude/skills/house/scripts/sort.sh",
        "notes/today.txt",
      ],
      mode: 0o111,
      text: "rain",
    });
    expect(workspaces()).toEqual([]);
  });

  test("knows a skill by its folder's name and by the name in its frontmatter", async () => {
    const skills = ["house", "garden", "yard"].map((name) =>
      createSkillFolder(name, { "SKILL.md": bytes(`---\nname: vendor:${name}\ndescription: x\n---\n`) }),
    );
    const read = () => ({ text: "x", used: ["vendor:house", "yard"], trace: [], cost: noCost });
    const agent = createCommandAgent({ fingerprint: "fake@1", command: fakeCommand(""), read });
    const answer = await agent.answer(question, skills, { sample: 0, signal: new AbortController().signal });
    expect(answer.used).toEqual(["house", "yard"]);
  });

  test("holds a program that is one text as AGENTS.md and CLAUDE.md, which agents read on their own", async () => {
    const text = createSkillFolder("rules", { "rules.txt": bytes("Be brief.") });
    const command = fakeCommand(`console.log(require("node:fs").readdirSync(".").toSorted().join())`);
    const agent = createCommandAgent({ fingerprint: "fake@1", command });
    const { signal } = new AbortController();
    const answer = await agent.answer(question, [text], { sample: 0, signal });
    expect(answer).toMatchObject({ text: "AGENTS.md,CLAUDE.md", used: ["rules"] });
  });

  test.each(["../out.txt", "/etc/out.txt", ".agents/skills/house/SKILL.md", ".claude/skills/other/SKILL.md"])(
    "refuses a question's file at %s",
    async (path) => {
      const files = { [path]: "x" };
      await expect(ask("", { question: { ...question, files } })).rejects.toThrow(/cannot be written/);
      expect(workspaces()).toEqual([]);
    },
  );
});

describe("the environment", () => {
  test("is PATH, HOME, TMPDIR and what is named; a secret beside it is out of reach", async () => {
    vi.stubEnv("SKILLGRAPH_CANARY", canary);
    vi.stubEnv("NAMED", "handed");
    const told = await report(
      `tell({ names: Object.keys(process.env).toSorted(), named: process.env.NAMED, fixed: process.env.FIXED,
              isOwnHome: process.env.HOME === process.cwd().replace(/work$/, "home"), all: JSON.stringify(process.env) })`,
      { pass: ["NAMED"], set: { FIXED: "as given" } },
    );
    expect(told).toMatchObject({ named: "handed", fixed: "as given", isOwnHome: true });
    expect(told["names"]).toEqual(["FIXED", "HOME", "NAMED", "PATH", "TMPDIR"]);
    expect(told["all"]).not.toContain(canary);
  });

  test("names a variable that is to be handed on and is not set", () => {
    const make = () => createCommandAgent({ fingerprint: "fake@1", command: ["fake"], pass: ["SKILLGRAPH_UNSET"] });
    expect(make).toThrow(/fake@1 needs the environment variable SKILLGRAPH_UNSET/);
  });
});

describe("the prompt", () => {
  const echo = `process.stdin.setEncoding("utf8"); let text = ""; process.stdin.on("data", (part) => (text += part));
    process.stdin.on("end", () => tell({ text, words: process.argv.slice(2) }));`;

  test("comes on stdin, which is closed, and orders the agent to follow the skill", async () => {
    const told = await report(echo);
    expect(told["text"]).toMatch(
      /^Read \.agents\/skills\/house\/SKILL\.md and follow it .*\n\nTask:\nthe lamp is broken$/s,
    );
  });

  test("is the question alone where the skill is left to trigger", async () => {
    expect(await report(echo, { skill: "triggered" })).toEqual({ text: question.input, words: [] });
  });

  test("stands where {prompt} is, whatever is in it", async () => {
    const input = "$& {prompt} \"quoted\" 'and' \\ -- $(id)";
    const command = fakeCommand(`const tell = (value) => console.log(JSON.stringify(value)); ${echo}`);
    const agent = createCommandAgent({
      fingerprint: "fake@1",
      command: [...command, "--task={prompt}"],
      skill: "triggered",
    });
    const { signal } = new AbortController();
    const { text } = await agent.answer({ id: "1", input }, [skill], { sample: 0, signal });
    expect(JSON.parse(text)).toEqual({ text: "", words: [`--task=${input}`] });
  });
});

describe("files the command leaves", () => {
  const writing = `const fs = require("node:fs"); fs.writeFileSync("answer.txt", "lights\\n"); fs.mkdirSync("logs");
    fs.writeFileSync("logs/steps.txt", "one"); console.log("done");`;

  test("are the answer and part of the trace where they are named", async () => {
    const answer = await ask(writing, { answerFile: "answer.txt", keepFiles: ["logs/steps.txt", "other.txt"] });
    expect(answer.text).toBe("lights");
    expect(answer.trace).toEqual([
      { event: "file", path: "logs/steps.txt", text: "one" },
      { event: "file-missing", path: "other.txt", text: "" },
    ]);
  });

  test("that are missing or empty are no answer, and neither is a link out of the workspace", async () => {
    const secret = join(aside, "secret.txt");
    writeFileSync(secret, canary);
    const body = `require("node:fs").symlinkSync(${JSON.stringify(secret)}, "answer.txt");`;
    for (const silent of [body, "", `require("node:fs").writeFileSync("answer.txt", " \\n")`])
      await expect(ask(silent, { answerFile: "answer.txt" })).rejects.toThrow(
        /returned no answer: it wrote nothing to answer.txt/,
      );
    expect(await ask(body, { answerFile: "answer.txt", emptyAnswer: true })).toMatchObject({ text: "", trace: [] });
    expect(readFileSync(secret, "utf8")).toBe(canary);
  });

  test("that cannot be read as the command left them are its fault, told without the path of this workspace", async () => {
    const body = `require("node:fs").symlinkSync("logs", "logs");`;
    const answer = ask(body, { keepFiles: ["logs/steps.txt"] });
    await expect(answer).rejects.toThrow(PartError);
    await expect(answer).rejects.toThrow(
      /^The file "logs\/steps.txt" cannot be read after \S+ has finished \(ELOOP\)\.$/,
    );
  });

  test("may not be read from outside", () => {
    const make = () => createCommandAgent({ fingerprint: "fake@1", command: ["fake"], answerFile: "../answer.txt" });
    expect(make).toThrow(/cannot be read back/);
  });
});

describe("what goes wrong", () => {
  test("an exit code other than 0 is an error with the last lines of stderr", async () => {
    const body = `for (let line = 1; line <= 9; line += 1) console.error("line " + line); process.exitCode = 3;`;
    await expect(ask(body)).rejects.toThrow(
      /ended with exit code 3\. Last lines of its stderr:\nline 5\n(.*\n)*line 9$/,
    );
  });

  test("a missing command is the provider's, and says what to install", async () => {
    const agent = createCommandAgent({
      fingerprint: "fake@1",
      command: ["skillgraph-no-such-command"],
      install: "npm install --global it",
    });
    const { signal } = new AbortController();
    const answer = agent.answer(question, [skill], { sample: 0, signal });
    await expect(answer).rejects.toThrow(ProviderError);
    await expect(answer).rejects.toThrow(/not installed or not on the PATH\. Install it: npm install --global it\./);
    expect(workspaces()).toEqual([]);
  });

  test.each([
    ["", "Its stderr was empty."],
    [`console.log("  \\n\\n ")`, "Its stderr was empty."],
    [`console.error("no idea")`, "Last lines of its stderr:\nno idea"],
  ])("silence with exit code 0 is no answer, unless it can be one: %s", async (body, told) => {
    await expect(ask(body)).rejects.toThrow(
      `exited with code 0 but returned no answer: stdout was empty. If an empty answer is valid, set emptyAnswer. ${told}`,
    );
    expect((await ask(body, { emptyAnswer: true })).text).toBe("");
  });

  test.each([
    "cat: write error: No space left on device",
    "Error: ENOSPC: no space left on device, write",
    "sh: 0: Cannot fork",
    "bash: fork: retry: Resource temporarily unavailable",
    "Error: EMFILE: too many open files, open 'x'",
    "touch: Disk quota exceeded",
  ])("a command that the host let down is the host's fault, and not the task's: %s", async (line) => {
    const said = `console.error(${JSON.stringify(line)})`;
    const failing = ask(`${said}; process.exitCode = 1`);
    await expect(failing).rejects.toThrow(HostError);
    await expect(failing).rejects.toThrow(/in .*skillgraph-rollout-.* then resume the run; no result was affected/);
    await expect(ask(said)).rejects.toThrow(HostError);
    // An answer stands, whatever a command says beside it.
    expect((await ask(`${said}; console.log("lights")`)).text).toBe("lights");
  });

  test("too much output stops the command", async () => {
    const body = `setInterval(() => process.stdout.write("x".repeat(100_000)), 1)`;
    await expect(ask(body, { maxOutput: 1_000_000 })).rejects.toThrow(
      /printed more than 1000000 bytes and was stopped/,
    );
  });

  test("output in pieces of a character is put together again", async () => {
    const body = `const euro = Buffer.from("€"); process.stdout.write(euro.subarray(0, 1)); setTimeout(() => process.stdout.write(euro.subarray(1)), 20)`;
    expect((await ask(body)).text).toBe("€");
  });
});

/** Starts a child that ignores requests to stop and beats as long as it lives; `detached` gives it a session of its own. */
function withChild(file: string, { detached = false, after = "" } = {}): string {
  const beat = `process.on("SIGTERM", () => {}); setInterval(() => require("node:fs").appendFileSync(${JSON.stringify(file)}, "x"), 5)`;
  return `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(beat)}],
      { stdio: "inherit", detached: ${detached} });
    const timer${detached ? 2 : 1} = setInterval(() => {
      if (!require("node:fs").existsSync(${JSON.stringify(file)})) return;
      clearInterval(timer${detached ? 2 : 1});
      ${after}
    }, 5);`;
}

/** Whether a file no longer grows. */
async function isStill(file: string): Promise<boolean> {
  const before = readFileSync(file).length;
  await sleep(100);
  return readFileSync(file).length === before;
}

describe("the process tree", () => {
  test("is killed when the time is up: grandchildren, and on Linux those that got away", async () => {
    const [near, far] = [join(aside, "beat-near"), join(aside, "beat-far")];
    const body = withChild(near) + (process.platform === "linux" ? withChild(far, { detached: true }) : "");
    await expect(ask(body, { seconds: 4 })).rejects.toThrow(
      /timed out after 4 s and was stopped with all processes it had/,
    );
    expect(await isStill(near)).toBe(true);
    if (process.platform === "linux") expect(await isStill(far)).toBe(true);
  });

  test("is killed when the run is aborted", async () => {
    const file = join(aside, "beat-abort");
    const controller = new AbortController();
    const answer = ask(withChild(file), { signal: controller.signal });
    const ended = expect(answer).rejects.toThrow(/aborted/);
    while (!existsSync(file)) await sleep(10);
    controller.abort();
    await ended;
    expect(await isStill(file)).toBe(true);
    expect(workspaces()).toEqual([]);
  });

  test("is killed when the command leaves something running, and the answer stands", async () => {
    const file = join(aside, "beat-left");
    const body = withChild(file, { after: `console.log("lights"); process.exit(0);` });
    expect((await ask(body)).text).toBe("lights");
    expect(await isStill(file)).toBe(true);
  });
});
