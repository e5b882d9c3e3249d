import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import type { Check } from "../../runs/doctor/check.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-doctor-cli-"));
const bin = join(folder, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "claude"), "#!/bin/sh\necho 2.1.0\n", { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = keepWritten();
beforeEach(() => {
  vi.stubEnv("PATH", bin);
  vi.stubEnv("OPENAI_API_KEY", "canary-of-the-key");
  vi.stubEnv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const store = ["--store", `file:${join(folder, "runs.db")}`];

async function doctor(...words: string[]) {
  const code = await runCommandLine(["doctor", ...store, ...words, "--json"]);
  const { problems, warnings, checks } = JSON.parse(written.stdout) as {
    problems: number;
    warnings: number;
    checks: Check[];
  };
  written.stdout = "";
  return { code, problems, warnings, of: (name: string) => checks.filter((check) => check.name === name) };
}

describe("doctor", () => {
  test("finds nothing wrong with the embedded parts, which need no model and no other program", async () => {
    const { code, problems, of } = await doctor();
    expect({ code, problems }).toEqual({ code: 0, problems: 0 });
    expect(of("agent")).toMatchObject([{ status: "ok", text: expect.stringContaining("procedure@") }]);
    expect(of("claude")).toMatchObject([{ status: "ok", text: "2.1.0" }]);
    expect(of("codex")).toMatchObject([{ status: "ok", text: "not installed, not needed" }]);
    expect(of("key")).toEqual([]);
  });

  test("prints a line for each look, advice under it, and ends with 1 where there is a problem", async () => {
    const code = await runCommandLine(["doctor", ...store, "--agent", "codex", "--tasks", join(folder, "none")]);
    expect(code).toBe(1);
    expect(written.stdout).toMatch(/^ok {7}node {8}/m);
    expect(written.stdout).toMatch(
      /^problem {2}codex {7}It is not installed\.\n {21}npm install --global @openai\/codex$/m,
    );
    expect(written.stdout).toMatch(/^problem {2}tasks {7}Task set not found/m);
    expect(written.stdout.trimEnd()).toMatch(/\n\d problems?, \d warnings?$/);
  });

  test("says what keeps a skill from being published, with its line; with --strict that is a problem", async () => {
    const skill = join(folder, "foreign");
    mkdirSync(skill, { recursive: true });
    const write = (frontmatter: string) => writeFileSync(join(skill, "SKILL.md"), `---\n${frontmatter}\n---\n# x\n`);
    write("name: foreign\ndescription: x\nmetadata:\n  version: 1\nauthor: me");
    const lenient = await doctor("--skill", skill);
    expect(lenient.code).toBe(0);
    expect(lenient.of("skill")).toMatchObject([
      { status: "ok", text: "foreign is readable" },
      { status: "warning", text: expect.stringMatching(/^foreign\/SKILL.md, line 4: metadata "version" is a number/) },
      { status: "warning", text: expect.stringMatching(/^foreign\/SKILL.md, line 6: .* no key "author"/) },
    ]);
    const strict = await doctor("--skill", skill, "--strict");
    expect(strict.code).toBe(1);
    expect(strict.of("skill").map(({ status }) => status)).toEqual(["ok", "warning", "problem"]);
    write("name: foreign\ndescription: x");
    const fit = await doctor("--skill", skill, "--strict");
    expect(fit.of("skill")).toMatchObject([{ status: "ok", text: "foreign is readable and can be published" }]);
    write("- x");
    expect((await doctor("--skill", skill)).of("skill")).toMatchObject([{ status: "problem" }]);
  });

  test("looks at the models that agent, analyst and verifier name, each once, and never tells a key", async () => {
    const models = ["--agent", "chat:m1", "--analyst", "m2", "--verifier", "judge:m1"];
    const { code, of } = await doctor(...models);
    expect(code).toBe(1);
    expect(of("model m1")).toMatchObject([{ status: "problem", text: expect.stringContaining("Cannot reach") }]);
    expect(of("model m2")).toHaveLength(1);
    await runCommandLine(["doctor", ...store, ...models, "--verbose"]);
    expect(written.stdout + written.stderr).not.toContain("canary-of-the-key");
  });

  test("warns of a command that would run without a sandbox", async () => {
    const { of } = await doctor("--verifier", "command:/bin/sh -c :");
    expect(of("bubblewrap")).toMatchObject([{ status: "warning", text: expect.stringContaining("not installed") }]);
    expect(of("verifier")).toMatchObject([{ status: "ok", text: expect.stringContaining("command@1:/bin/sh -c :") }]);
  });

  test("tells what is wrong with the name of a part or a rubric", async () => {
    const rubric = join(folder, "rubric.md");
    writeFileSync(rubric, "Be kind.\n");
    expect((await doctor("--agent", "nobody")).of("agent")).toMatchObject([{ status: "problem" }]);
    const unfit = await doctor("--rubric", rubric);
    expect(unfit.of("verifier")).toMatchObject([
      { status: "problem", text: expect.stringContaining("does not use a rubric") },
    ]);
    const fit = await doctor("--verifier", "judge:m1", "--rubric", rubric);
    expect(fit.of("verifier")).toMatchObject([{ status: "ok", text: expect.stringContaining("judge@2:") }]);
  });
});
