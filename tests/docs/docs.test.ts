import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../cli/parts/config-file.ts";
import { Config } from "../../runs/config.ts";
import { openRuns, createSession } from "../../runs/session.ts";
import { RunState } from "../../state/channels.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { parseSettings, Settings } from "../../state/settings.ts";
import { withTables } from "../../scripts/settings-reference.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { houseParts } from "../support/world.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(`${root}/${file}`, "utf8");

/** The arrows of a mermaid flowchart, chains taken apart. */
function arrowsIn(markdown: string): string[] {
  const chart = /```mermaid\n([\s\S]*?)```/.exec(markdown)?.[1] ?? "";
  return chart.split("\n").flatMap((line) => {
    const names = line
      .trim()
      .split(/\s*(?:-->|-\.[^.]*\.->)\s*/)
      .map((name) => name.replace(/\(.*$/, ""));
    return names.slice(1).map((to, index) => `${names[index]} ${to}`);
  });
}

async function arrowsOfGraph(): Promise<string[]> {
  const runs = { ...openRuns(createMemoryStore()), saver: new MemorySaver() };
  const place = { name: "a", thread: "a", family: "a" };
  const session = await createSession({
    runs,
    place,
    parts: houseParts(),
    settings: parseSettings({}, hillClimb),
    concurrency: 1,
  });
  const { edges } = await session.graph.getGraphAsync();
  const nameOf = (node: string) => (node === "__start__" ? "START" : node === "__end__" ? "END" : node);
  return edges.map(({ source, target }) => `${nameOf(source)} ${nameOf(target)}`);
}

/** Runs the README's first example as it stands, beside the package as it is built. */
function runFirstExample(): string {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-readme-"));
  const file = join(folder, "example.mjs");
  writeFileSync(file, /```ts\n([\s\S]*?)```/.exec(read("README.md"))?.[1] ?? "");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/skillgraph"));
  symlinkSync(join(root, "examples"), join(folder, "examples"));
  const run = spawnSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return run.stderr + run.stdout;
}

describe("the documentation", () => {
  test("the README's example prints what the README says", () => {
    const output = /```\n(1 better than\b[\s\S]*?)```/.exec(read("README.md"))?.[1];
    expect(runFirstExample()).toBe(output);
  });

  test.each(["README.md", "docs/architecture.md"])("%s draws the graph as it is", async (file) => {
    expect(arrowsIn(read(file)).toSorted()).toEqual((await arrowsOfGraph()).toSorted());
  });

  test("the node table names every node file", () => {
    const files = readdirSync(`${root}/nodes`).filter((name) => name.endsWith(".ts") && name !== "node.ts");
    for (const file of files) expect(read("docs/architecture.md")).toContain(`\`nodes/${file}\``);
  });

  test("docs/configuration.md lists keys and settings as the schemas have them", () => {
    const text = read("docs/configuration.md");
    expect(text).toBe(withTables(text));
    for (const [name, value] of Object.entries(Settings.parse({}))) {
      const shown = value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value);
      expect(text).toContain(`| \`${name}\` | ${shown} |`);
    }
    for (const name of Object.keys(Config.shape)) expect(text).toContain(`| \`${name}\` |`);
  });
});

test("the configs of docs/configuration.md can be loaded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-configs-"));
  const codes = [...read("docs/configuration.md").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
  expect(codes).toHaveLength(2);
  for (const [index, code] of codes.entries()) {
    const file = join(folder, `${index}.ts`);
    writeFileSync(file, code);
    expect((await readConfig(file)).config).toHaveProperty("agent");
  }
  rmSync(folder, { recursive: true });
});

test("the node table names the channels that are written, each by one node", () => {
  const rows = [
    ...read("docs/architecture.md").matchAll(/^\| ([a-z-]+)[^|]* \| `nodes\/[^|]+\| ([^|]+) \| `([^`]+)` \|$/gm),
  ];
  const writers = new Map<string, string[]>();
  for (const [, node, , channels] of rows) {
    for (const channel of (channels ?? "").split(" "))
      writers.set(channel, [...(writers.get(channel) ?? []), node ?? ""]);
  }
  const atStart = ["settings", "suites", "start"];
  expect([...writers.keys(), ...atStart].toSorted()).toEqual(RunState.getChannelKeys().toSorted());
  // The reflector takes the place of the nodes whose channels it writes.
  const others = [...writers].map(
    ([channel, nodes]) => [channel, nodes.filter((node) => node !== "reflector")] as const,
  );
  const shared = others.filter(([, nodes]) => nodes.length > 1).map(([channel]) => channel);
  expect(shared).toEqual(["spent"]);
});
