import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClaudeCode } from "../../../agents/command/claude-code.ts";
import { createCodex } from "../../../agents/command/codex.ts";
import { createOpencode } from "../../../agents/command/opencode.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { aside } from "./fake-command.ts";

const house = minimalSkill("house", "Sorts messages about a house.");

/** Puts a program on the PATH that tells its version, notes how it was called, and says what the real one once said. */
function place(program: string, { version, stream }: { version: string; stream: string }): void {
  const folder = join(aside, "bin");
  mkdirSync(folder, { recursive: true });
  const [file, noted] = [join(folder, program), join(aside, `${program}.json`)];
  const said = fileURLToPath(new URL(`../../fixtures/streams/${stream}.jsonl`, import.meta.url));
  writeFileSync(
    file,
    `#!/usr/bin/env node
     const fs = require("node:fs");
     if (process.argv.includes("--version")) { console.log(${JSON.stringify(version)}); process.exit(0); }
     const call = { words: process.argv.slice(2), env: process.env, prompt: fs.readFileSync(0, "utf8") };
     fs.writeFileSync(${JSON.stringify(noted)}, JSON.stringify(call));
     fs.createReadStream(${JSON.stringify(said)}).pipe(process.stdout);`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter));
}

interface Call {
  words: string[];
  env: Record<string, string>;
  prompt: string;
}
const callOf = (program: string) => JSON.parse(readFileSync(join(aside, `${program}.json`), "utf8")) as Call;

async function ask(agent: Awaited<ReturnType<typeof createCodex>>) {
  const { signal } = new AbortController();
  return agent.answer({ id: "1", input: "the lamp is broken" }, [house], { sample: 0, signal });
}

beforeEach(() => {
  vi.stubEnv("ANTHROPIC_API_KEY", "key of anthropic");
  vi.stubEnv("OPENAI_API_KEY", "key of openai");
});
afterEach(() => vi.unstubAllEnvs());

test("Claude Code is called with its model, base URL and key, and may read alone", async () => {
  place("claude", { version: "2.1.197 (Claude Code)", stream: "claude-code-forced" });
  const agent = await createClaudeCode({ model: "m", baseUrl: "http://name:secret@localhost:1/" });
  expect(agent.fingerprint).toBe("claude-code@1 2.1.197 (model m, skill forced, at http://localhost:1/)");
  expect((await ask(agent)).used).toEqual(["house"]);
  const { words, env, prompt } = callOf("claude");
  expect(words).toContain("--model=m");
  expect(words).toContain("--allowedTools=Skill,Read,Glob,Grep");
  expect(env).toMatchObject({
    ANTHROPIC_API_KEY: "key of anthropic",
    ANTHROPIC_BASE_URL: "http://name:secret@localhost:1/",
  });
  expect(env).not.toHaveProperty("OPENAI_API_KEY");
  expect(prompt).toMatch(/SKILL\.md.*Task:\nthe lamp is broken/s);
});

test("Codex gets its provider by settings, without its bundled skills, and may write where it is told so", async () => {
  place("codex", { version: "codex-cli 0.169.0", stream: "codex-triggered" });
  const agent = await createCodex({ skill: "triggered", write: true, emptyAnswer: true });
  expect(agent.fingerprint).toBe("codex@1 0.169.0 (model default, skill triggered, write, empty answers)");
  expect((await ask(agent)).used).toEqual(["house"]);
  const { words, env, prompt } = callOf("codex");
  expect(words).toContain('--config=model_providers.chosen.env_key="OPENAI_API_KEY"');
  expect(words).toContain("--config=skills.bundled.enabled=false");
  expect(words).toContain("--sandbox=workspace-write");
  expect(env).not.toHaveProperty("ANTHROPIC_API_KEY");
  expect(prompt).toBe("the lamp is broken");
});

test("Codex, which tells tokens and no price, costs what the table of prices says", async () => {
  place("codex", { version: "codex-cli 0.169.0", stream: "codex-triggered" });
  const { cost: unpriced } = await ask(await createCodex({ model: "nobody-knows" }));
  expect(unpriced.usd).toBe(0);
  const { cost } = await ask(await createCodex({ model: "gpt-5" }));
  expect(cost.inputTokens).toBeGreaterThan(0);
  expect(cost.usd).toBeCloseTo((cost.inputTokens * 1.25 + cost.outputTokens * 10) / 1_000_000, 12);
});

test("opencode gets its provider by a configuration, and the key only by the name of its variable", async () => {
  place("opencode", { version: "1.18.33", stream: "opencode-not-triggered" });
  const agent = await createOpencode({ model: "m", baseUrl: "http://localhost:1/v1", seconds: 60 });
  expect((await ask(agent)).used).toEqual([]);
  const { words, env } = callOf("opencode");
  expect(words).toContain("--model=chosen/m");
  expect(env["OPENCODE_CONFIG_CONTENT"]).toContain("{env:OPENAI_API_KEY}");
  expect(env["OPENCODE_CONFIG_CONTENT"]).not.toContain("key of openai");
});

describe("an agent that cannot be had", () => {
  test("is named with what installs it", async () => {
    vi.stubEnv("PATH", join(aside, "empty"));
    vi.resetModules();
    const { createCodex: createAnew } = await import("../../../agents/command/codex.ts");
    await expect(createAnew()).rejects.toThrow(
      'The command "codex" is not installed or not on the PATH. Install it: npm install --global @openai/codex.',
    );
  });

  test("for want of its key is told which variable to set", async () => {
    place("codex", { version: "codex-cli 0.169.0", stream: "codex-forced" });
    vi.stubEnv("OPENAI_API_KEY", undefined);
    await expect(createCodex()).rejects.toThrow(/needs the environment variable OPENAI_API_KEY/);
  });
});
