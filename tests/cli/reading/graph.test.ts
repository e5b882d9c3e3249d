import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { recipes } from "../../../graphs/recipes/all.ts";
import { runCommandLine } from "../../../cli/program.ts";
import { keepWritten } from "../../support/written.ts";

const written = keepWritten();

const files = ["task-sampler", "failure-analyzer", "diagnostician", "accept-gate", "archivist"];

describe("graph", () => {
  test("writes Mermaid by default, with the arrows of the README", async () => {
    expect(await runCommandLine(["graph"])).toBe(0);
    const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
    const dashed = [...written.stdout.matchAll(/^\t(\S+) -\.-> (\S+);$/gm)].map(([, from, to]) => [from, to]);
    expect(dashed).toEqual([
      ["archivist", "task-sampler"],
      ["archivist", "__end__"],
    ]);
    const solid = [...written.stdout.matchAll(/^\t(\S+) --> (\S+);$/gm)].filter(([, from]) => from !== "__start__");
    expect(solid).toHaveLength(9);
    for (const [, from, to] of solid) expect(readme).toContain(`${from} --> ${to}`);
  });

  test("draws SVG that holds every node and edge, and refers to nothing outside of it", async () => {
    expect(await runCommandLine(["graph", "hill-climb", "--format", "svg"])).toBe(0);
    for (const name of files) expect(written.stdout).toContain(`>${name}</text>`);
    expect(written.stdout.match(/<path d="M[^"]*" marker-end/g)).toHaveLength(12);
    expect(written.stdout.match(/class="conditional"/g)).toHaveLength(2);
    expect(written.stdout).toContain('role="img"');
    expect(written.stdout).not.toMatch(/NaN|undefined|href|@import/);
    expect(written.stdout.match(/https?:[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  });

  test("writes JSON as LangGraph has it", async () => {
    expect(await runCommandLine(["graph", "--format", "json"])).toBe(0);
    const { nodes, edges } = JSON.parse(written.stdout) as { nodes: Array<{ id: string }>; edges: unknown[] };
    expect(nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(files));
    expect(edges).toHaveLength(12);
  });

  test("refuses a recipe that is not there", async () => {
    expect(await runCommandLine(["graph", "spiral"])).toBe(2);
    expect(written.stderr).toContain(`Recipes are: ${recipes.map(({ name }) => name).join(", ")}.`);
  });
});
