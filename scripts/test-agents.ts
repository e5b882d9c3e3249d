// Runs real command-line agents against a simulated model on this machine: installs each from npm into a temporary folder, lets
// it learn for a generation, and counts how often it picks the skill up by itself. Names of agents choose among them; `--record`
// keeps what they said as fixtures.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { claudeCode } from "../agents/command/claude-code.ts";
import { codex } from "../agents/command/codex.ts";
import { opencode } from "../agents/command/opencode.ts";
import { createPresetAgent, type Preset, type PresetOptions } from "../agents/command/preset.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { evaluate } from "../runs/evaluation/evaluate.ts";
import { optimize } from "../runs/cycle/optimize.ts";
import { show } from "../runs/reading/show.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import { createExact } from "../verifiers/exact.ts";
import { createAgentBrain } from "../tests/support/model-server/agent-brain.ts";
import { startModelServer } from "../tests/support/model-server/server.ts";
import { houseProgram, houseSuites } from "../tests/support/world.ts";

interface Subject {
  preset: Preset;
  packageName: string;
  /** Base URL of the server as this agent takes it. */
  baseUrl(url: string): string;
}

const subjects: Subject[] = [
  { preset: claudeCode, packageName: "@anthropic-ai/claude-code", baseUrl: (url) => url.replace(/\/v1$/, "") },
  { preset: codex, packageName: "@openai/codex", baseUrl: (url) => url },
  { preset: opencode, packageName: "opencode-ai", baseUrl: (url) => url },
];

const chosen = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isRecording = process.argv.includes("--record");
const fixtures = fileURLToPath(new URL("../tests/fixtures/streams/", import.meta.url));
const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Half of these speak of the house that the description of the skill names. */
const evaluated = houseSuites.test
  .slice(0, 4)
  .map((task, index) => (index % 2 === 0 ? task : { ...task, input: `in the house ${task.input}` }));

function install(packageName: string, folder: string): boolean {
  const words = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", packageName];
  const { status, stderr } = spawnSync("npm", words, { encoding: "utf8", timeout: 300_000 });
  if (status === 0) return true;
  say(`SKIPPED ${packageName}: npm could not install it. ${stderr.trim().split("\n").at(-1)}`);
  return false;
}

/** Codex brings a ripgrep along, which opencode needs. */
function addToPath(folder: string): void {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) =>
    /(^|\/)codex-path\/rg$/.test(path),
  );
  const places = [join(folder, "node_modules", ".bin"), ...(found === undefined ? [] : [dirname(join(folder, found))])];
  process.env["PATH"] = [...places, process.env["PATH"]].join(delimiter);
}

/** The preset with what it says kept, once for each way to use a skill. */
function recorded(preset: Preset, skill: string): Preset {
  if (!isRecording) return preset;
  return {
    ...preset,
    read(stdout) {
      const observed = preset.read(stdout);
      const kind = skill === "triggered" && observed.used.length === 0 ? "not-triggered" : skill;
      mkdirSync(fixtures, { recursive: true });
      writeFileSync(
        join(fixtures, `${preset.name}-${kind}.jsonl`),
        stdout.replaceAll(/-[\w-]*-rollout-\w+-work/g, "-workspace-work"),
      );
      return observed;
    },
  };
}

async function tryAgent({ preset, baseUrl }: Subject, url: string): Promise<boolean> {
  const agentWith = (options: PresetOptions) =>
    createPresetAgent(recorded(preset, options.skill ?? "forced"), {
      model: "simulated",
      baseUrl: baseUrl(url),
      seconds: 120,
      ...options,
    });
  const started = performance.now();
  const parts = { analyst: createStatisticalAnalyst(), verifier: createExact() };
  const agent = await agentWith({});
  say(`\n${agent.fingerprint}`);
  const { train, validation } = houseSuites;
  const store = createMemoryStore();
  const run = await optimize({
    ...parts,
    agent,
    program: houseProgram,
    tasks: { train: train.slice(0, 8), validation: validation.slice(0, 6), sealed: [], test: [] },
    settings: { generations: 1, batch: 8, wave: 6, edits: 3 },
    store,
    concurrency: 2,
  });
  const { score, spent } = await run.result();
  const { best: program } = await show("run", { store });
  say(
    `  one generation: validation ${score.validation.start} -> ${score.validation.best}, ${spent.executions} rollouts`,
  );
  const triggered = await agentWith({ skill: "triggered" });
  const look = await evaluate({ ...parts, agent: triggered, program, tasks: evaluated, suite: "test", concurrency: 2 });
  say(`  left to trigger: ${JSON.stringify(look.used)} of ${look.tasks} rollouts, ${look.missing} missing`);
  say(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const missing = look.failures.filter(({ feedback }) => feedback.startsWith("missing:"));
  for (const { task, feedback } of missing) say(`  ${task}: ${feedback}`);
  return (
    (score.validation.best ?? 0) > (score.validation.start ?? 1) && look.missing === 0 && look.used["house"] === 0.5
  );
}

const folder = mkdtempSync(join(tmpdir(), "skillgraph-agents-"));
const server = await startModelServer({ brain: createAgentBrain() });
for (const { preset } of subjects) process.env[preset.key] = "not-a-secret";
let failures = 0;
try {
  const wanted = subjects.filter(({ preset }) => chosen.length === 0 || chosen.includes(preset.name));
  const installed = wanted.filter(({ packageName }) => install(packageName, folder));
  addToPath(folder);
  for (const subject of installed) {
    try {
      if (await tryAgent(subject, server.url)) continue;
      say(`  FAILED: nothing was learned, an answer is missing, or the skill was not triggered by half of the tasks`);
    } catch (error) {
      say(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
    }
    failures += 1;
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
